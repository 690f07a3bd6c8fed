#pragma once
#include <sqlite3.h>

/* SQLITE_TRANSIENT and SQLITE_STATIC are casts of integers to function pointers and do not import. */

/* The bytes must stay where they are until the statement is reset. No bytes at no address are an empty blob, for
   which sqlite3_bind_blob would bind NULL: a tombstone. */
static inline int frontdoor_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int count) {
    if (count == 0) return sqlite3_bind_zeroblob(statement, place, 0);
    return sqlite3_bind_blob(statement, place, bytes, count, SQLITE_STATIC);
}

static inline int frontdoor_bind_text(sqlite3_stmt *statement, int place, const char *text, int count) {
    return sqlite3_bind_text(statement, place, text, count, SQLITE_TRANSIENT);
}
