import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deduplication

@Suite struct SharedAddressTests {
    let first = Told(
        key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1), postcode: "RM1 1AA",
        line: "2 Quay Road")
    /// All but the number, and a slip in the name: the household would make it certain.
    let second = Told(
        key: 2, given: "Thomsa", family: "Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: "2 Quay Road")

    private func list(_ addresses: [SharedAddress], _ desk: inout Desk) throws {
        var directory = desk.names.directory
        let keyed = try Desk.equipment().keyed
        directory.sharedAddresses = addresses.map { $0.marked(by: keyed) }
        desk.say(.configurationAdopted(ConfigurationAdopted(hash: "2", content: directory)))
    }

    private func outcome(_ told: Told, _ number: UInt128, _ desk: Desk) throws -> [IdentityOutcome] {
        var desk = desk
        return try desk.refer(number, told).identified.map(\.outcome)
    }

    @Test func aListedAddressIsNoHousehold() throws {
        var desk = try Desk()
        try desk.refer(1, first)
        #expect(try outcome(second, 2, desk) == [.linked])
        try list([SharedAddress(authority: desk.names.authority, postcode: "rm11aa")], &desk)
        #expect(try outcome(second, 2, desk) == [.review])
        // However it is written, and whichever of the two lacks the postcode.
        var other = second
        other.line = "Harbour Hse, Quay Rd"
        #expect(try outcome(other, 2, desk) == [.review])
        other = second
        other.postcode = "RM1 1AB"
        #expect(try outcome(other, 2, desk) == [.review])
        try list([], &desk)
        #expect(try outcome(second, 2, desk) == [.linked])
    }

    @Test func aListedPropertyNumberIsNoHousehold() throws {
        var desk = try Desk()
        try desk.refer(1, first)
        try list([SharedAddress(authority: desk.names.authority, uprn: "00100012345")], &desk)
        #expect(try outcome(second, 2, desk) == [.linked])
        var numbered = second
        numbered.uprn = "100012345"
        #expect(try outcome(numbered, 2, desk) == [.review])
    }

    @Test func anotherAuthoritysListSaysNothingHere() throws {
        var desk = try Desk()
        try desk.refer(1, first)
        try list([SharedAddress(authority: desk.names.other, postcode: "RM1 1AA")], &desk)
        #expect(try outcome(second, 2, desk) == [.linked])
    }

    /// The rows of a restart come in any order: the list before the children or after.
    @Test func theListIsThereAfterARestart() throws {
        var desk = try Desk()
        try desk.refer(1, first)
        try list([SharedAddress(authority: desk.names.authority, postcode: "RM1 1AA")], &desk)
        var slip = second
        slip.postcode = "RM1 1AB"
        for _ in 0..<2 {
            try desk.restart()
            #expect(try outcome(second, 2, desk) == [.review])
            #expect(try outcome(slip, 2, desk) == [.review])
        }
        // Listed before anybody lived there.
        var early = try Desk()
        try list([SharedAddress(authority: early.names.authority, postcode: "RM1 1AA")], &early)
        try early.refer(1, first)
        #expect(try outcome(slip, 2, early) == [.review])
        try early.restart()
        #expect(try outcome(slip, 2, early) == [.review])
    }
}
