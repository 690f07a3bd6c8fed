import Foundation
import Room
import Testing

struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func itIsThatOfTheRFC(_ plain: String, _ encoded: String) {
        #expect(String(decoding: Base64.encode(Array(plain.utf8)), as: UTF8.self) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test func itAgreesWithFoundationsOnAnyBytes() {
        var random = SplitMix(state: 64)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let encoded = String(decoding: Base64.encode(bytes), as: UTF8.self)
            #expect(encoded == Data(bytes).base64EncodedString())
            #expect(Base64.decode(encoded) == bytes)
        }
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Z===", "====", "Zg==Zg==", "Zm9 ", "Zm9\n", "Zm-_", "Zm9v=", "Zmé9"])
    func whatIsNotIsRefused(_ text: String) { #expect(Base64.decode(text) == nil) }
}
