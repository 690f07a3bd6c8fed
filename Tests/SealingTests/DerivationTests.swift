import DomainModel
import Testing

@testable import Sealing

private let someEvent = EventID(bits: 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f)

/// The expected ids were worked out by another program from the encoding as documented. They must never change: an id
/// lives as long as the log does.
@Suite struct FrozenIDs {
    @Test func aDomainAlone() {
        #expect("\(Derivation("case").id(of: CaseSubject.self))" == "0b896jaz2j6zma2f3ah6nwf1nh")
    }

    @Test func anEventAndAText() {
        var derivation = Derivation("case")
        derivation.add(someEvent)
        derivation.add("child-0")
        #expect("\(derivation.id(of: CaseSubject.self))" == "1nczcps3np4vx5k0mhh9m794rt")
    }

    @Test func everyKindOfPart() throws {
        var derivation = Derivation("every part")
        derivation.add(someEvent)
        derivation.add("Zoë")
        derivation.add(-7)
        derivation.add(try #require(AuthorityCode(gss: "E09000002")))
        derivation.add([0x00, 0xff] as [UInt8])
        derivation.add(try #require(AgencyName("met-police")))
        derivation.add(Instant(milliseconds: 1_763_903_280_000))
        derivation.add(CivilDate(daysSinceEpoch: 20_780))
        derivation.add(true)
        derivation.addNone()
        #expect("\(derivation.id(of: EventSubject.self))" == "5kyhezjvxxg47f2tmd2cfhwgv5")
    }

    @Test func partsThatOutgrowTheInlineBuffer() {
        var derivation = Derivation("long")
        derivation.add(String(repeating: "x", count: 100))
        derivation.add([UInt8](repeating: 121, count: 300))
        derivation.add(1)
        #expect("\(derivation.id(of: EventSubject.self))" == "3xvpara8xhdrft3509wygt4a85")
    }

    @Test func aKeyedID() throws {
        let keyed = KeyedHash(try #require(SecretKey(bytes: Array(0..<32))))
        var derivation = keyed.derivation("referral")
        derivation.add(try #require(AgencyName("nhs-hospital")))
        derivation.add("9434765919")
        let id: ReferralID = derivation.id()
        #expect("\(id)" == "7btee8jxsww2pvnw1sda751h1j")
    }
}

@Suite struct Derivations {
    private func id(_ domain: StaticString, _ build: (inout Derivation) -> Void) -> EventID {
        var derivation = Derivation(domain)
        build(&derivation)
        return derivation.id()
    }

    @Test func differByDomain() {
        #expect(id("case") { $0.add(1) } != id("alert") { $0.add(1) })
    }

    @Test func differByWherePartsAreCut() {
        let cuts = [
            id("d") {
                $0.add("ab"); $0.add("c")
            },
            id("d") {
                $0.add("a"); $0.add("bc")
            }, id("d") { $0.add("abc") },
            id("d") {
                $0.add("abc"); $0.add("")
            },
            id("d") {
                $0.add(""); $0.add("abc")
            },
            id("d") {
                $0.add("abc"); $0.addNone()
            },
        ]
        #expect(Set(cuts).count == cuts.count)
    }

    @Test func differByTheTypeOfAPart() throws {
        let name = try #require(AgencyName("a"))
        let ids = [
            id("d") { $0.add("a") }, id("d") { $0.add([97] as [UInt8]) }, id("d") { $0.add(name) },
            id("d") { $0.add(97) }, id("d") { $0.add(Instant(milliseconds: 97)) },
            id("d") { $0.add(CivilDate(daysSinceEpoch: 97)) }, id("d") { $0.add(true) }, id("d") { $0.addNone() },
        ]
        #expect(Set(ids).count == ids.count)
    }

    /// Just before, at and just after the inline buffer is full, and the parts after that.
    @Test func doNotDependOnWhereTheBytesLie() {
        var ids: Set<EventID> = []
        for length in 150...200 {
            let text = String(repeating: "z", count: length)
            let split = id("d") {
                $0.add(text); $0.add(7)
            }
            let again = id("d") {
                $0.add(Array(text.utf8).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }); $0.add(7)
            }
            #expect(split == again)
            ids.insert(split)
        }
        #expect(ids.count == 51)
    }

    @Test func canGoOnAfterAnID() {
        var derivation = Derivation("d")
        derivation.add(1)
        let first: EventID = derivation.id()
        derivation.add(2)
        let second: EventID = derivation.id()
        #expect(first == id("d") { $0.add(1) })
        #expect(
            second
                == id("d") {
                    $0.add(1); $0.add(2)
                })
    }

    @Test func keyedOnesDifferByKeyAndFromUnkeyedOnes() throws {
        let one = KeyedHash(try #require(SecretKey(bytes: [UInt8](repeating: 1, count: 32))))
        let other = KeyedHash(try #require(SecretKey(bytes: [UInt8](repeating: 2, count: 32))))
        let ids: [EventID] = [one.derivation("d").id(), other.derivation("d").id(), Derivation("d").id()]
        #expect(Set(ids).count == 3)
        #expect(one.derivation("d").id(of: EventSubject.self) == ids[0])
    }

    @Test func keyedOnesAreTheSameFromManyThreadsAtOnce() async throws {
        let keyed = KeyedHash(try #require(SecretKey(bytes: [UInt8](repeating: 1, count: 32))))
        let alone: [EventID] = (0..<200).map { number in
            var derivation = keyed.derivation("d")
            derivation.add(number)
            return derivation.id()
        }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    alone.indices.allSatisfy { number in
                        var derivation = keyed.derivation("d")
                        derivation.add(number)
                        return derivation.id() == alone[number]
                    }
                }
            }
            for await same in group { #expect(same) }
        }
    }
}
