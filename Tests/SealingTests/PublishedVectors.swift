import Testing

@testable import Sealing

@Suite struct PublishedVectors {
    /// FIPS 180-4 examples (NIST), and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(_ message: String, _ expected: String) {
        let digest = Digest.sha256(Array(message.utf8))
        #expect(digest.description == expected)
        #expect(Digest32(hex: expected) == digest)
        #expect(Digest32(bytes: digest.bytes) == digest)
    }

    /// RFC 4231, cases 1 to 4. Their keys are shorter than 32 bytes: HMAC fills a key with zeros to 64 bytes by itself,
    /// so filling it to 32 first changes nothing.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
    ])
    func hmacSHA256(_ key: String, _ message: String, _ expected: String) throws {
        var bytes = try #require(Hex.bytes(of: key.utf8))
        bytes += [UInt8](repeating: 0, count: 32 - bytes.count)
        let keyed = KeyedHash(try #require(SecretKey(bytes: bytes)))
        let input = try #require(Hex.bytes(of: message.utf8))
        // Twice: the context is used again with the key that it keeps.
        for _ in 0..<2 {
            #expect(input.withUnsafeBytes { keyed.hash($0) }.description == expected)
        }
    }
}
