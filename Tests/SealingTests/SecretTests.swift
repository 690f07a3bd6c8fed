import Testing

@testable import Sealing

@Suite struct Secrets {
    private let bytes = [UInt8](200..<232)
    private let hex = "c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7"
    private let base64 = "yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5uc="

    @Test func areReadFromHexAndBase64() throws {
        let expected = try #require(SecretKey(bytes: bytes))
        for text in [hex, hex.uppercased(), base64, String(base64.dropLast()), " \(hex)\n", "\t\(base64)\r\n"] {
            let read = try #require(SecretKey(text: text))
            #expect(read.storage.equals(expected.storage))
        }
    }

    @Test func areRefusedWhereTheTextIsNotOne() {
        let wrong = [
            "", "   ", String(hex.dropLast()), hex + "0", "g" + hex.dropFirst(), base64 + "=",
            base64.dropLast(2) + "d=",
            "-" + base64.dropFirst(), String(repeating: "é", count: 32), "\(hex.prefix(32)) \(hex.suffix(31))",
        ]
        for text in wrong { #expect(SecretKey(text: text) == nil) }
        #expect(SecretKey(bytes: Array(bytes.dropLast())) == nil)
    }

    @Test func areShownByNoDescription() throws {
        let key = try #require(SecretKey(text: hex))
        var dumped = ""
        dump(key, to: &dumped)
        dump(key.storage, to: &dumped)
        let shown = "\(key)\(String(reflecting: key))\([key])\(Optional(key) as Any)\(key.storage)\(dumped)"
            .lowercased()
        for trace in ["c8", "200", "201", "ymnk", "pointer", "0x"] { #expect(!shown.contains(trace)) }
    }

    @Test func seededDrawsRepeatAndDifferBySeed() {
        var one = SeededDraws(seed: 7)
        var same = SeededDraws(seed: 7)
        var other = SeededDraws(seed: 8)
        let drawn = [one.draw(count: 32), one.draw(count: 12), one.draw(count: 3)]
        #expect(drawn == [same.draw(count: 32), same.draw(count: 12), same.draw(count: 3)])
        #expect(drawn.map(\.count) == [32, 12, 3])
        #expect(drawn[0] != other.draw(count: 32))
        #expect(one.draw(count: 32) != drawn[0])
    }

    @Test func systemDrawsDoNotRepeat() {
        var draws = SystemDraws()
        #expect(Set((0..<100).map { _ in draws.draw(count: 32) }).count == 100)
        #expect(draws.draw(count: 0).isEmpty)
    }
}
