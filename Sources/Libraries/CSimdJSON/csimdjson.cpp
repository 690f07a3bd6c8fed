#include "csimdjson.h"

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>
#include <string_view>

namespace dom = simdjson::dom;
using simdjson::internal::tape_ref;
using simdjson::internal::tape_type;

struct csj_parser {
    dom::parser parser;
    std::unique_ptr<uint8_t[]> bytes;
    size_t capacity = 0;
    size_t bytes_max;

    explicit csj_parser(size_t max) noexcept : parser(max), bytes_max(max) {}
};

namespace {

tape_ref tape(csj_value value) noexcept {
    return tape_ref(static_cast<const dom::document *>(value.document), value.index);
}

csj_value value(const tape_ref &tape) noexcept { return {tape.doc, tape.json_index}; }

int hex(const uint8_t *digits) noexcept {
    int code = 0;
    for (int place = 0; place < 4; place++) {
        const uint8_t digit = digits[place];
        const uint8_t lower = digit | 32;
        if (digit >= '0' && digit <= '9') {
            code = code * 16 + (digit - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            code = code * 16 + (lower - 'a' + 10);
        } else {
            return -1;
        }
    }
    return code;
}

// simdjson writes an escaped low half alone as three bytes that are not UTF-8, and refuses a high half alone. Both
// become \uFFFD here, in place: a sender's broken emoji must neither lose a referral nor spoil a text. A backslash
// outside a text is malformed anyway, so texts need not be told apart.
void replace_lone_surrogates(uint8_t *bytes, size_t length) noexcept {
    uint8_t *const end = bytes + length;
    uint8_t *at = bytes;
    while ((at = static_cast<uint8_t *>(std::memchr(at, '\\', end - at))) != nullptr) {
        if (end - at < 6 || at[1] != 'u') {
            if (end - at < 2) { return; }
            at += 2;
            continue;
        }
        const int code = hex(at + 2);
        if (code < 0xD800 || code > 0xDFFF) {
            at += code < 0 ? 2 : 6;
            continue;
        }
        if (code < 0xDC00 && end - at >= 12 && at[6] == '\\' && at[7] == 'u') {
            const int low = hex(at + 8);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                at += 12;
                continue;
            }
        }
        std::memcpy(at + 2, "FFFD", 4);
        at += 6;
    }
}

bool is_space(uint8_t byte) noexcept { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// Where the first value ends if it is whole, else `length`.
size_t end_of_first_value(const uint8_t *bytes, size_t length) noexcept {
    size_t depth = 0;
    bool in_text = false;
    size_t at = 0;
    while (at < length && is_space(bytes[at])) { at++; }
    for (; at < length; at++) {
        const uint8_t byte = bytes[at];
        if (in_text) {
            if (byte == '\\') {
                at++;
            } else if (byte == '"') {
                in_text = false;
                if (depth == 0) { return at + 1; }
            }
        } else if (byte == '"') {
            in_text = true;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if (byte == '}' || byte == ']') {
            if (depth <= 1) { return depth == 1 ? at + 1 : at; }
            depth--;
        } else if (depth == 0 && (is_space(byte) || byte == ',' || byte == ':')) {
            return at;
        }
    }
    return length;
}

// simdjson calls everything that is wrong in the structure a tape error; 'two documents in one record' is a mistake
// of its own, which a sender can be told.
bool is_followed_by_more(csj_parser *parser, size_t length) noexcept {
    const size_t end = end_of_first_value(parser->bytes.get(), length);
    size_t rest = end;
    while (rest < length && is_space(parser->bytes[rest])) { rest++; }
    return end > 0 && rest < length
        && parser->parser.parse(parser->bytes.get(), end, false).error() == simdjson::SUCCESS;
}

csj_error reason(simdjson::error_code code) noexcept {
    switch (code) {
    case simdjson::SUCCESS: return CSJ_OK;
    case simdjson::CAPACITY: return CSJ_TOO_LARGE;
    case simdjson::MEMALLOC: return CSJ_MEMORY;
    case simdjson::DEPTH_ERROR: return CSJ_TOO_DEEP;
    case simdjson::UTF8_ERROR: return CSJ_NOT_UTF8;
    case simdjson::EMPTY: return CSJ_EMPTY;
    case simdjson::TRAILING_CONTENT: return CSJ_TRAILING;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return CSJ_NUMBER_RANGE;
    default: return CSJ_MALFORMED;
    }
}

}  // namespace

csj_parser *csj_parser_new(size_t bytes_max, size_t depth_max) {
    auto *parser = new (std::nothrow) csj_parser(bytes_max);
    if (parser == nullptr) { return nullptr; }
    if (parser->parser.allocate(bytes_max < 4096 ? bytes_max : 4096, depth_max) != simdjson::SUCCESS) {
        delete parser;
        return nullptr;
    }
    return parser;
}

void csj_parser_free(csj_parser *parser) { delete parser; }

csj_error csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, csj_value *root) {
    if (length >= 3 && std::memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (length > parser->bytes_max) { return CSJ_TOO_LARGE; }
    if (length == 0) { return CSJ_EMPTY; }
    if (length > parser->capacity || !parser->bytes) {
        const size_t capacity = length < 4096 ? 4096 : length + length / 2;
        parser->bytes.reset(new (std::nothrow) uint8_t[capacity + simdjson::SIMDJSON_PADDING]);
        parser->capacity = parser->bytes ? capacity : 0;
        if (!parser->bytes) { return CSJ_MEMORY; }
    }
    std::memcpy(parser->bytes.get(), bytes, length);
    // What lies behind the document is read, never used; a blank keeps the former record's text out of it.
    std::memset(parser->bytes.get() + length, ' ', simdjson::SIMDJSON_PADDING);
    replace_lone_surrogates(parser->bytes.get(), length);

    const auto parsed = parser->parser.parse(parser->bytes.get(), length, false);
    const simdjson::error_code code = parsed.error();
    if (code == simdjson::SUCCESS) {
        *root = {&parser->parser.doc, 1};
        return CSJ_OK;
    }
    const csj_error named = reason(code);
    return named == CSJ_MALFORMED && is_followed_by_more(parser, length) ? CSJ_TRAILING : named;
}

csj_kind csj_kind_of(csj_value given) {
    switch (tape(given).tape_ref_type()) {
    case tape_type::TRUE_VALUE:
    case tape_type::FALSE_VALUE: return CSJ_BOOL;
    case tape_type::INT64: return CSJ_INT64;
    case tape_type::UINT64: return CSJ_UINT64;
    case tape_type::DOUBLE: return CSJ_DOUBLE;
    case tape_type::STRING: return CSJ_STRING;
    case tape_type::START_ARRAY: return CSJ_ARRAY;
    case tape_type::START_OBJECT: return CSJ_OBJECT;
    default: return CSJ_NULL;
    }
}

csj_error csj_get_string(csj_value given, const uint8_t **bytes, size_t *length) {
    const tape_ref place = tape(given);
    if (place.tape_ref_type() != tape_type::STRING) { return CSJ_WRONG_KIND; }
    *bytes = reinterpret_cast<const uint8_t *>(place.get_c_str());
    *length = place.get_string_length();
    return CSJ_OK;
}

csj_error csj_get_int64(csj_value given, int64_t *number) {
    const tape_ref place = tape(given);
    if (place.is_uint64()) { return CSJ_NUMBER_RANGE; }
    if (place.is_double()) {
        const double decimal = place.next_tape_value<double>();
        // Outside this range the conversion itself is undefined.
        if (!(decimal >= -0x1p63 && decimal < 0x1p63)) { return CSJ_NUMBER_RANGE; }
        *number = static_cast<int64_t>(decimal);
        return static_cast<double>(*number) == decimal ? CSJ_OK : CSJ_WRONG_KIND;
    }
    if (!place.is_int64()) { return CSJ_WRONG_KIND; }
    *number = place.next_tape_value<int64_t>();
    return CSJ_OK;
}

csj_error csj_get_uint64(csj_value given, uint64_t *number) {
    const tape_ref place = tape(given);
    if (place.is_int64()) {
        const int64_t read = place.next_tape_value<int64_t>();
        if (read < 0) { return CSJ_NUMBER_RANGE; }
        *number = static_cast<uint64_t>(read);
        return CSJ_OK;
    }
    if (!place.is_uint64()) { return CSJ_WRONG_KIND; }
    *number = place.next_tape_value<uint64_t>();
    return CSJ_OK;
}

csj_error csj_get_double(csj_value given, double *number) {
    const tape_ref place = tape(given);
    if (place.is_double()) {
        *number = place.next_tape_value<double>();
    } else if (place.is_int64()) {
        *number = static_cast<double>(place.next_tape_value<int64_t>());
    } else if (place.is_uint64()) {
        *number = static_cast<double>(place.next_tape_value<uint64_t>());
    } else {
        return CSJ_WRONG_KIND;
    }
    return CSJ_OK;
}

csj_error csj_get_bool(csj_value given, bool *truth) {
    const tape_ref place = tape(given);
    if (place.is_true()) {
        *truth = true;
    } else if (place.is_false()) {
        *truth = false;
    } else {
        return CSJ_WRONG_KIND;
    }
    return CSJ_OK;
}

csj_error csj_object_find(csj_value object, const uint8_t *name, size_t length, csj_value *found) {
    tape_ref place = tape(object);
    if (place.tape_ref_type() != tape_type::START_OBJECT) { return CSJ_WRONG_KIND; }
    const size_t end = place.after_element() - 1;
    place.json_index++;
    while (place.json_index < end) {
        const bool matches = place.get_string_length() == length
            && std::memcmp(place.get_c_str(), name, length) == 0;
        place.json_index++;
        if (matches) {
            *found = value(place);
            return CSJ_OK;
        }
        place.json_index = place.after_element();
    }
    return CSJ_ABSENT;
}

static csj_error begin(csj_value given, tape_type type, csj_value *next, csj_value *end, size_t *count) {
    const tape_ref place = tape(given);
    if (place.tape_ref_type() != type) { return CSJ_WRONG_KIND; }
    *next = {given.document, given.index + 1};
    *end = {given.document, place.after_element() - 1};
    *count = place.scope_count();
    return CSJ_OK;
}

csj_error csj_array_begin(csj_value array, csj_value *next, csj_value *end, size_t *count) {
    return begin(array, tape_type::START_ARRAY, next, end, count);
}

bool csj_array_next(csj_value *next, csj_value end, csj_value *element) {
    if (next->index >= end.index) { return false; }
    *element = *next;
    next->index = tape(*next).after_element();
    return true;
}

csj_error csj_object_begin(csj_value object, csj_value *next, csj_value *end, size_t *count) {
    return begin(object, tape_type::START_OBJECT, next, end, count);
}

bool csj_object_next(
    csj_value *next, csj_value end, const uint8_t **name, size_t *name_length, csj_value *member) {
    if (next->index >= end.index) { return false; }
    const tape_ref place = tape(*next);
    *name = reinterpret_cast<const uint8_t *>(place.get_c_str());
    *name_length = place.get_string_length();
    *member = {next->document, next->index + 1};
    next->index = tape(*member).after_element();
    return true;
}
