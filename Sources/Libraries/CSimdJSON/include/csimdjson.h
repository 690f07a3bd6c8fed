#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A plain C face for simdjson's document tree. No exception leaves it, no function aborts on what it is given to parse.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csj_parser csj_parser;

// A place in the parser's present document, to be passed by value. Meaningless after the parser's next parse.
typedef struct csj_value {
    const void *document;
    size_t index;
} csj_value;

typedef enum csj_error : int32_t {
    CSJ_OK = 0,
    CSJ_MEMORY,
    CSJ_TOO_LARGE,
    CSJ_TOO_DEEP,
    CSJ_NOT_UTF8,
    CSJ_EMPTY,
    CSJ_TRAILING,
    CSJ_NUMBER_RANGE,
    CSJ_MALFORMED,
    CSJ_WRONG_KIND,
    CSJ_ABSENT,
} csj_error;

typedef enum csj_kind : int32_t {
    CSJ_NULL = 0,
    CSJ_BOOL,
    CSJ_INT64,
    CSJ_UINT64,
    CSJ_DOUBLE,
    CSJ_STRING,
    CSJ_ARRAY,
    CSJ_OBJECT,
} csj_kind;

// NULL where memory is short. The limits are in bytes of one document and in levels of nesting.
csj_parser *csj_parser_new(size_t bytes_max, size_t depth_max);
void csj_parser_free(csj_parser *parser);

// Copies the bytes, so they may go away. A byte order mark is skipped; an escaped half of a surrogate pair reads as
// U+FFFD, because it has no UTF-8.
csj_error csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, csj_value *root);

csj_kind csj_kind_of(csj_value value);
// The text lies in the document, is valid UTF-8 and may hold NUL.
csj_error csj_get_string(csj_value value, const uint8_t **bytes, size_t *length);
// A double counts where it is whole.
csj_error csj_get_int64(csj_value value, int64_t *number);
csj_error csj_get_uint64(csj_value value, uint64_t *number);
csj_error csj_get_double(csj_value value, double *number);
csj_error csj_get_bool(csj_value value, bool *truth);

// The first member of that name.
csj_error csj_object_find(csj_value object, const uint8_t *name, size_t length, csj_value *found);

// Elements of an array or members of an object; `next` and `end` are places, not values. Counts are exact up to
// 2^24 - 1.
csj_error csj_array_begin(csj_value array, csj_value *next, csj_value *end, size_t *count);
bool csj_array_next(csj_value *next, csj_value end, csj_value *element);
csj_error csj_object_begin(csj_value object, csj_value *next, csj_value *end, size_t *count);
bool csj_object_next(
    csj_value *next, csj_value end, const uint8_t **name, size_t *name_length, csj_value *member);

#ifdef __cplusplus
}
#endif
