#pragma once
/* The checks of types are macros that want a constant option. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <string.h>

/* curl_easy_setopt and curl_easy_getinfo are variadic and do not import: one wrapper for each type of argument. */

static inline CURLcode frontdoor_set_text(CURL *handle, CURLoption option, const char *text) {
    return curl_easy_setopt(handle, option, text);
}

static inline CURLcode frontdoor_set_number(CURL *handle, CURLoption option, long number) {
    return curl_easy_setopt(handle, option, number);
}

static inline CURLcode frontdoor_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(handle, option, list);
}

/* The bytes are copied. */
static inline CURLcode frontdoor_set_post(CURL *handle, const char *bytes, long count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, count);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline long frontdoor_get_number(CURL *handle, CURLINFO info) {
    long number = 0;
    curl_easy_getinfo(handle, info, &number);
    return number;
}

static inline long long frontdoor_get_offset(CURL *handle, CURLINFO info) {
    curl_off_t number = 0;
    curl_easy_getinfo(handle, info, &number);
    return (long long)number;
}

/* Callbacks in C: libcurl calls them on the thread that drives the handle, and nothing of Swift is entered. */

typedef struct {
    const char *bytes;
    size_t left;
} frontdoor_upload;

static size_t frontdoor_read_upload(char *buffer, size_t size, size_t count, void *context) {
    frontdoor_upload *upload = (frontdoor_upload *)context;
    size_t wanted = size * count;
    if (wanted > upload->left) wanted = upload->left;
    memcpy(buffer, upload->bytes, wanted);
    upload->bytes += wanted;
    upload->left -= wanted;
    return wanted;
}

/* What a tool answers is not read: it could repeat what it was sent, and nobody here acts on it. */
static size_t frontdoor_drop(char *buffer, size_t size, size_t count, void *context) {
    (void)buffer;
    (void)context;
    return size * count;
}

static inline CURLcode frontdoor_drop_answer(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, frontdoor_drop);
}

/* The upload must stay where it is until the transfer is done. */
static inline CURLcode frontdoor_set_upload(CURL *handle, frontdoor_upload *upload) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, frontdoor_read_upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    return code;
}

/* The next transfer that is done; null where there is none. The message is a union in C. */
static inline CURL *frontdoor_next_done(CURLM *multi, CURLcode *code) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
