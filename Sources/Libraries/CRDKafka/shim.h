#pragma once
#include <stdlib.h>
#include <string.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* What does not import, typed: rd_kafka_producev is variadic, and so are the macros that name its arguments. */

static inline uint32_t frontdoor_little_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline uint8_t *frontdoor_put_length(uint8_t *place, size_t length) {
    place[0] = (uint8_t)length;
    place[1] = (uint8_t)(length >> 8);
    place[2] = (uint8_t)(length >> 16);
    place[3] = (uint8_t)(length >> 24);
    return place + 4;
}

/* Enqueues a copy of one record. A key or value at no address is null, as Kafka means it; an empty one lies somewhere.
   Headers are packed: for each a length of the name (four bytes, little endian), the name, a length of the value, the
   value. Packed headers must be well formed; what is left over at the end is ignored. */
static inline rd_kafka_resp_err_t frontdoor_produce(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_count,
    const void *value, size_t value_count, const uint8_t *headers, size_t headers_count, void *opaque) {
    rd_kafka_vu_t arguments[7];
    size_t count = 0;
    arguments[count].vtype = RD_KAFKA_VTYPE_RKT;
    arguments[count++].u.rkt = topic;
    arguments[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[count++].u.i32 = partition;
    arguments[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[count++].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[count].vtype = RD_KAFKA_VTYPE_VALUE;
    arguments[count].u.mem.ptr = (void *)value;
    arguments[count++].u.mem.size = value_count;
    arguments[count].vtype = RD_KAFKA_VTYPE_KEY;
    arguments[count].u.mem.ptr = (void *)key;
    arguments[count++].u.mem.size = key_count;
    arguments[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
    arguments[count++].u.ptr = opaque;
    rd_kafka_headers_t *list = NULL;
    if (headers_count > 0) {
        list = rd_kafka_headers_new(16);
        size_t place = 0;
        while (place + 4 <= headers_count) {
            size_t name_count = frontdoor_little_endian(headers + place);
            const uint8_t *name = headers + place + 4;
            place += 4 + name_count;
            if (place + 4 > headers_count) break;
            size_t length = frontdoor_little_endian(headers + place);
            if (length > headers_count - place - 4) break;
            /* An empty value is not a null one: its address must be one. */
            rd_kafka_header_add(list, (const char *)name, (ssize_t)name_count, headers + place + 4, (ssize_t)length);
            place += 4 + length;
        }
        arguments[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        arguments[count++].u.headers = list;
    }
    rd_kafka_error_t *error = rd_kafka_produceva(client, arguments, count);
    if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    /* The library owns the headers once it has taken the record. */
    if (list) rd_kafka_headers_destroy(list);
    return code;
}

/* Enqueues a copy of a message for another topic, headers included. */
static inline rd_kafka_resp_err_t frontdoor_forward(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, const rd_kafka_message_t *message) {
    rd_kafka_vu_t arguments[6];
    size_t count = 0;
    arguments[count].vtype = RD_KAFKA_VTYPE_RKT;
    arguments[count++].u.rkt = topic;
    arguments[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[count++].u.i32 = partition;
    arguments[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[count++].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[count].vtype = RD_KAFKA_VTYPE_VALUE;
    arguments[count].u.mem.ptr = message->payload;
    arguments[count++].u.mem.size = message->len;
    arguments[count].vtype = RD_KAFKA_VTYPE_KEY;
    arguments[count].u.mem.ptr = message->key;
    arguments[count++].u.mem.size = message->key_len;
    rd_kafka_headers_t *found = NULL, *list = NULL;
    if (rd_kafka_message_headers(message, &found) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        list = rd_kafka_headers_copy(found);
        arguments[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        arguments[count++].u.headers = list;
    }
    rd_kafka_error_t *error = rd_kafka_produceva(client, arguments, count);
    if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    if (list) rd_kafka_headers_destroy(list);
    return code;
}

/* How many bytes a message's headers take when packed as above. */
static inline size_t frontdoor_packed_headers_count(const rd_kafka_message_t *message) {
    rd_kafka_headers_t *list = NULL;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    size_t total = 0, length;
    const char *name;
    const void *value;
    for (size_t index = 0; rd_kafka_header_get_all(list, index, &name, &value, &length) == RD_KAFKA_RESP_ERR_NO_ERROR;
         index++)
        total += 8 + strlen(name) + length;
    return total;
}

static inline void frontdoor_pack_headers(const rd_kafka_message_t *message, uint8_t *place) {
    rd_kafka_headers_t *list = NULL;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    size_t length;
    const char *name;
    const void *value;
    for (size_t index = 0; rd_kafka_header_get_all(list, index, &name, &value, &length) == RD_KAFKA_RESP_ERR_NO_ERROR;
         index++) {
        size_t name_count = strlen(name);
        place = frontdoor_put_length(place, name_count);
        memcpy(place, name, name_count);
        place = frontdoor_put_length(place + name_count, length);
        if (length > 0) memcpy(place, value, length);
        place += length;
    }
}
