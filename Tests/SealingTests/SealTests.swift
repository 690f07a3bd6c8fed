import DomainModel
import Testing

@testable import Sealing

private let someEvent = EventID(bits: 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f)
private let child = KeyName(event: someEvent, part: .child(0))

/// From "The Galois/Counter Mode of Operation" (McGrew and Viega), as NIST took it up: test cases 13, 14 and 16.
@Suite struct GaloisCounterMode {
    private static let cases: [(key: String, nonce: String, plain: String, associated: String, sealed: String)] = [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), String(repeating: "00", count: 16),
            "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test func givesThePublishedBytesWithOneSealerForAll() throws {
        let sealer = Sealer()
        for vector in GaloisCounterMode.cases + GaloisCounterMode.cases.reversed() {
            let key = try #require(Hex.bytes(of: vector.key.utf8).flatMap { PartKey(bytes: $0) })
            let nonce = try #require(Hex.bytes(of: vector.nonce.utf8).flatMap { Nonce(bytes: $0) })
            let plain = try #require(Hex.bytes(of: vector.plain.utf8))
            let associated = try #require(Hex.bytes(of: vector.associated.utf8))
            let sealed = plain.withUnsafeBytes {
                sealer.seal($0, key: key.storage, nonce: nonce, prefix: [], associated: associated)
            }
            #expect(Hex.text(of: sealed) == vector.nonce + vector.sealed)
            var opened = [UInt8](repeating: 0, count: plain.count)
            let isAuthentic = opened.withUnsafeMutableBytes { output in
                sealed.withUnsafeBytes { sealer.open($0, key: key.storage, associated: associated, into: output) }
            }
            #expect(isAuthentic)
            #expect(opened == plain)
        }
    }
}

@Suite struct SealedParts {
    private let sealer = Sealer()
    private let key: PartKey
    private let nonce: Nonce

    init() throws {
        key = try #require(PartKey(bytes: Array(0..<32)))
        nonce = try #require(Nonce(bytes: Array(100..<112)))
    }

    /// Worked out by another program; must never change, since the log keeps them for ever.
    @Test func haveAFrozenLayout() {
        let sealed = sealer.seal(Array("Zo".utf8), key: key, nonce: nonce, binding: child)
        #expect(Hex.text(of: sealed) == "016465666768696a6b6c6d6e6f1274a44054a751f5c51de48a7e0d7ea86109")
    }

    @Test func openAgainAtEveryLength() throws {
        var draws = SeededDraws(seed: 1)
        for length in Array(0...70) + [400, 4096, 1_000_000] {
            let plain = draws.draw(count: length)
            let name = KeyName(event: someEvent, part: .adult(length % 1000))
            let key = PartKey.drawn(from: &draws)
            let sealed = sealer.seal(plain, key: key, nonce: .drawn(from: &draws), binding: name)
            #expect(sealed.count == length + Sealer.overheadBytes)
            #expect(try Sealer().open(sealed, key: key, binding: name) == plain)
        }
    }

    @Test func doNotOpenWithAnyByteChangedOrMissing() throws {
        let sealed = sealer.seal(Array("a child's name".utf8), key: key, nonce: nonce, binding: child)
        for place in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[place] ^= 1 << bit
                #expect(throws: place == 0 ? SealError.unknownLayout : .notAuthentic) {
                    try sealer.open(changed, key: key, binding: child)
                }
            }
            #expect(throws: SealError.self) { try sealer.open(Array(sealed[..<place]), key: key, binding: child) }
        }
        #expect(throws: SealError.notAuthentic) { try sealer.open(sealed + [0], key: key, binding: child) }
        // A failure leaves the sealer fit for the next part.
        #expect(try sealer.open(sealed, key: key, binding: child) == Array("a child's name".utf8))
    }

    @Test func doNotOpenUnderAnotherNameOrKey() throws {
        let sealed = sealer.seal([1, 2, 3], key: key, nonce: nonce, binding: child)
        let others = [
            KeyName(event: someEvent, part: .child(1)), KeyName(event: someEvent, part: .adult(0)),
            KeyName(event: someEvent, part: .text), KeyName(event: EventID(bits: someEvent.bits + 1), part: .child(0)),
        ]
        for other in others {
            #expect(throws: SealError.notAuthentic) { try sealer.open(sealed, key: key, binding: other) }
        }
        let otherKey = try #require(PartKey(bytes: Array(1..<33)))
        #expect(throws: SealError.notAuthentic) { try sealer.open(sealed, key: otherKey, binding: child) }
    }

    @Test func keyNamesAreReadBackFromTheirBytesAndInOneSpellingOnly() {
        for part in [PartName.child(0), .child(999), .adult(12), .text, .original] {
            let name = KeyName(event: someEvent, part: part)
            #expect(KeyName(bytes: name.bytes) == name)
        }
        #expect(child.description == "00041061050r3gg28a1c60t3gf/child-0")
        let event = Array(child.bytes.prefix(27))
        for text in ["", "child", "child-", "child-01", "child-+1", "child--1", "Text", "text ", "child-1000"] {
            #expect(KeyName(bytes: event + Array(text.utf8)) == nil, "\(text)")
        }
        #expect(KeyName(bytes: event + [0xff]) == nil)
        #expect(KeyName(bytes: [UInt8]()) == nil)
    }

    @Test func keysAndErrorsShowNothingOfASecret() {
        var dumped = ""
        dump(key, to: &dumped)
        let shown = "\(key) \(String(reflecting: key)) \([key]) \(dumped)"
        #expect(!shown.contains("1, 2") && !shown.contains("0001") && !shown.contains("0x"))
        #expect("\(SealError.notAuthentic)" == "does not open: changed, under another key, or of another event or part")
    }
}

@Suite struct MasterKeys {
    private let sealer = Sealer()
    private let key: PartKey
    private let old: MasterKey
    private let new: MasterKey

    init() throws {
        key = try #require(PartKey(bytes: Array(0..<32)))
        old = MasterKey(try #require(SecretKey(bytes: Array(32..<64))))
        new = MasterKey(try #require(SecretKey(bytes: Array(64..<96))))
    }

    /// A source that gives the bytes of the frozen example.
    private struct FixedDraws: Draws {
        mutating func draw(count: Int) -> [UInt8] { (0..<count).map { UInt8(100 + $0) } }
    }

    /// Worked out by another program; must never change, since the key table outlives versions.
    @Test func wrapInAFrozenLayout() throws {
        var draws = FixedDraws()
        let ring = MasterKeyring(current: old)
        let wrapped = ring.wrap(key, named: child, with: sealer, draws: &draws)
        let frozen =
            "01eaa5daea9b4958d06465666768696a6b6c6d6e6f9d3e3d6567b7999cd656e63d9de71c1b"
            + "fcaa46086a3cb05ac1fdebec143c4a90de51a275fe730b43e1a1ad30aa72f1f0"
        #expect(Hex.text(of: wrapped) == frozen)
        #expect(wrapped.count == MasterKeyring.wrappedBytes)
        #expect(try ring.unwrap(wrapped, named: child, with: sealer) == key)
    }

    @Test func ofTheRingOpenWhatFormerOnesWrapped() throws {
        var draws = SeededDraws(seed: 3)
        let before = MasterKeyring(current: old)
        let after = MasterKeyring(current: new, former: [old])
        let wrapped = before.wrap(key, named: child, with: sealer, draws: &draws)
        #expect(try after.unwrap(wrapped, named: child, with: sealer) == key)
        #expect(after.isOutdated(wrapped))
        let rewrapped = after.wrap(key, named: child, with: sealer, draws: &draws)
        #expect(!after.isOutdated(rewrapped))
        #expect(throws: SealError.unknownMaster(new.id)) {
            try before.unwrap(rewrapped, named: child, with: sealer)
        }
    }

    @Test func doNotUnwrapWhatWasChangedOrIsNamedOtherwise() {
        var draws = SeededDraws(seed: 3)
        let ring = MasterKeyring(current: new, former: [old])
        let wrapped = ring.wrap(key, named: child, with: sealer, draws: &draws)
        for place in wrapped.indices {
            var changed = wrapped
            changed[place] ^= 0x10
            #expect(throws: SealError.self) { try ring.unwrap(changed, named: child, with: sealer) }
        }
        #expect(throws: SealError.unknownLayout) {
            try ring.unwrap(Array(wrapped.dropLast()), named: child, with: sealer)
        }
        let other = KeyName(event: someEvent, part: .child(1))
        #expect(throws: SealError.notAuthentic) { try ring.unwrap(wrapped, named: other, with: sealer) }
        // The id of one master on what another wrapped.
        var moved = wrapped
        withUnsafeBytes(of: old.id.bits.bigEndian) { moved.replaceSubrange(1..<9, with: $0) }
        #expect(throws: SealError.notAuthentic) { try ring.unwrap(moved, named: child, with: sealer) }
    }

    @Test func showTheirIDAndNothingElse() {
        var dumped = ""
        dump(old, to: &dumped)
        dump(MasterKeyring(current: old), to: &dumped)
        #expect("\(old)" == "(master key eaa5daea9b4958d0)")
        #expect(!dumped.contains("0x") && !dumped.contains("202122") && !dumped.contains("32, 33"))
    }
}
