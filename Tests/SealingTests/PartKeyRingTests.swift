import DomainModel
import Testing

@testable import Sealing

/// Fixed bytes, different for each number.
private func key(_ number: Int) throws -> PartKey {
    try #require(PartKey(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) }))
}

struct PartKeyRingTests {
    private func name(_ number: Int) -> KeyName {
        // Several parts of one event, and events that differ in their high half alone.
        KeyName(event: EventID(bits: UInt128(number / 5) << 64 | 9), part: number % 5 == 4 ? .text : .child(number % 5))
    }

    @Test func everyKeyIsFoundByItsNameHoweverManyThereAre() throws {
        var ring = PartKeyRing()
        for number in 0..<2000 {
            let isThere = ring.contains(name(number))
            #expect(!isThere)
            ring.add(try key(number), named: name(number))
        }
        let count = ring.count
        #expect(count == 2000)
        for number in 0..<2000 {
            let found = ring[name(number)]
            #expect(found == (try key(number)))
        }
        let absent = [ring[name(2000)], ring[KeyName(event: EventID(bits: 9), part: .adult(0))]]
        #expect(absent == [nil, nil])
    }

    @Test func theLastKeyOfANameCounts() throws {
        var ring = PartKeyRing()
        ring.add(try key(1), named: name(1))
        ring.add(try key(2), named: name(1))
        let (count, found) = (ring.count, ring[name(1)])
        #expect(count == 1)
        #expect(found == (try key(2)))
    }

    @Test func whatItHoldsSealsAndOpensAsTheKeyItself() throws {
        var ring = PartKeyRing()
        ring.add(try key(7), named: name(3))
        let nonce = try #require(Nonce(bytes: Array(0..<12)))
        let sealer = Sealer()
        let sealed = sealer.seal([1, 2, 3], key: try key(7), nonce: nonce, binding: name(3))
        let found = ring[name(3)]
        let held = try #require(found)
        #expect(try sealer.open(sealed, key: held, binding: name(3)) == [1, 2, 3])
    }
}
