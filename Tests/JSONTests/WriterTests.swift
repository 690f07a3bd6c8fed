import Testing

@testable import JSON

struct WriterTests {
    func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(reserving: 16)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `Commas come by themselves in every kind of nesting`() {
        let written = text { json in
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.endArray()
            json.key("b")
            json.beginArray()
            json.value(1)
            json.beginObject()
            json.endObject()
            json.beginArray()
            json.null()
            json.value(false)
            json.endArray()
            json.value("x")
            json.endArray()
            json.key("dyn" + "amic")
            json.raw(Array("{\"r\":1}".utf8))
            json.key("t")
            json.value(true)
            json.endObject()
        }
        #expect(written == #"{"a":[],"b":[1,{},[null,false],"x"],"dynamic":{"r":1},"t":true}"#)
    }

    @Test func `Text that ends like structure does not confuse the commas`() {
        let written = text { json in
            json.beginArray()
            for ending in ["{", "[", ":", ",", ""] { json.value(ending) }
            json.endArray()
        }
        #expect(written == #"["{","[",":",",",""]"#)
    }

    @Test func `Only what JSON requires is escaped`() {
        #expect(text { $0.value("a\"b\\c/d\u{7F}é😀") } == "\"a\\\"b\\\\c/d\u{7F}é😀\"")
        #expect(text { $0.value("\0\n\u{1F}") } == #""\u0000\u000a\u001f""#)
        #expect(
            text { $0.value("a long text with \"quotes\" inside"[...].dropFirst(2)) }
                == #""long text with \"quotes\" inside""#)
        #expect(text { $0.key("k\n") } == #""k\u000a":"#)
    }

    @Test func `Every byte at every place of a text is escaped where it must be, and only there`() throws {
        for length in 1...19 {
            for place in 0..<length {
                for byte in UInt8(0)..<0x80 {
                    var bytes = [UInt8](repeating: 0x20, count: length)
                    bytes[place] = byte
                    let piece: String =
                        switch byte {
                        case 0x22: #"\""#
                        case 0x5C: #"\\"#
                        case 0..<0x20: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                        default: String(UnicodeScalar(byte))
                        }
                    let expected =
                        String(repeating: " ", count: place) + piece + String(repeating: " ", count: length - place - 1)
                    #expect(text { $0.value(utf8: bytes) } == "\"\(expected)\"")
                }
            }
        }
        // No byte of a longer character is taken for one that needs an escape.
        #expect(text { $0.value("ééééééé\u{A0}\u{10FFFF}ß") } == "\"ééééééé\u{A0}\u{10FFFF}ß\"")
    }

    @Test func `Bytes that are not UTF-8 are repaired, so that the output is JSON`() throws {
        let written = text { $0.value(utf8: [0x61, 0xFF, 0x62]) }
        #expect(written == "\"a\u{FFFD}b\"")
        #expect(text { $0.value(utf8: Array("é\"".utf8)) } == "\"é\\\"\"")
        #expect(text { $0.value(utf8: []) } == "\"\"")
    }

    @Test func `Numbers are written shortest and to their limits`() {
        #expect(text { $0.value(Int64.min) } == "-9223372036854775808")
        #expect(text { $0.value(Int64.max) } == "9223372036854775807")
        #expect(text { $0.value(UInt64.max) } == "18446744073709551615")
        #expect(text { $0.value(0) } == "0")
        #expect(text { $0.value(0.1) } == "0.1")
        #expect(text { $0.value(Double.infinity) } == "null")
        #expect(text { $0.value(Double.nan) } == "null")
    }

    @Test func `A text can write itself`() {
        #expect(
            text { json in
                json.value(plain: 4) { buffer in
                    buffer[0] = 65
                    buffer[1] = 66
                    return 2
                }
            } == "\"AB\"")
    }

    @Test func `A cleared writer begins anew`() {
        var writer = JSONWriter()
        writer.value(1)
        writer.removeAll()
        writer.value(2)
        #expect(writer.bytes == [50])
    }

    @Test func `A value is written again as it stood, unknown and repeated members included`() throws {
        let parser = JSONParser()
        let source = " { \"z\" : [ 1 , 2.50 , -0 , 1E2 ] , \"a\" : null , \"a\" : { } , \"\\u006b\" : \"\\u00e9\\/\" } "
        let value = try parser.parse(Array(source.utf8))
        let written = String(decoding: value.serialised(), as: UTF8.self)
        #expect(written == #"{"z":[1,2.5,0,100.0],"a":null,"a":{},"k":"é/"}"#)
    }
}
