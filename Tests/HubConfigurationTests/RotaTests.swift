import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Testing

@Suite struct RotaTests {
    private func desk(_ rota: String, swaps: String = "[]", calendar: String? = nil) throws -> HubDirectory {
        let people = #"[{"id":"a","roles":["duty"]},{"id":"b","roles":["duty"]},{"id":"m","roles":["mash-manager"]}]"#
        let hours = calendar.map { #""calendar":"\#($0)","# } ?? ""
        return try CalendarTests.directory(
            CalendarTests.directoryJSON.dropLast().description
                + #","desks":[{"id":"desk","name":"d","authority":"E09000002",\#(hours)"people":\#(people),"rota":\#(rota),"swaps":\#(swaps)}]}"#
        )
    }
    private static let nights =
        #"[{"days":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"],"open":"17:00","close":"09:00","people":["a","b"],"from":"2026-11-23"},{"days":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"],"open":"09:00","close":"17:00","people":["a"],"from":"2026-11-23"}]"#
    private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    @Test func peopleTakeAWeekInTurnAndANightBelongsToTheDayOnWhichItBegan() throws {
        let desk = try #require(desk(Self.nights).desks.first)
        for (time, person) in [
            ("2026-11-23T17:00:00Z", "a"), ("2026-11-30T08:59:59Z", "a"), ("2026-11-30T17:00:00Z", "b"),
            ("2026-12-07T17:00:00Z", "a"), ("2026-11-22T18:00:00Z", "b"), ("2026-11-16T18:00:00Z", "b"),
            ("2026-11-15T18:00:00Z", "a"),
        ] {
            #expect(desk.onCall(at: try instant(time)).map(\.text) == [person], "\(time)")
        }
        #expect(desk.onCall(as: .mashManager, at: try instant("2026-11-23T18:00:00Z")) == nil)
    }

    @Test func aSwapIsForItsTimeOnly() throws {
        let swap = #"[{"from":"2026-11-24T17:00:00Z","until":"2026-11-25T09:00:00Z","person":"b","takes":"a"}]"#
        let desk = try #require(desk(Self.nights, swaps: swap).desks.first)
        #expect(desk.onCall(at: try instant("2026-11-24T16:59:59Z")).map(\.text) == ["a"])
        #expect(desk.onCall(at: try instant("2026-11-24T17:00:00Z")).map(\.text) == ["b"])
        #expect(desk.onCall(at: try instant("2026-11-25T09:00:00Z")).map(\.text) == ["a"])
        let spans = desk.onCallSpans(
            from: try instant("2026-11-24T12:00:00Z"), until: try instant("2026-11-25T12:00:00Z"))
        #expect(
            spans.map { "\($0.from) \($0.people.map(\.text).joined())" } == [
                "2026-11-24T12:00:00Z a", "2026-11-24T17:00:00Z b", "2026-11-25T09:00:00Z a",
            ])
    }

    @Test func aFullRotaHasNoGapThroughBothChangesOfTheClocks() throws {
        for time in ["2026-10-20T00:00:00Z", "2027-03-20T00:00:00Z", "2026-12-20T00:00:00Z"] {
            #expect(try desk(Self.nights).rotaProblems(at: instant(time)).isEmpty)
        }
    }

    @Test func gapsAreFoundWithinTheDesksHoursAlone() throws {
        let weekdays =
            #"[{"days":["monday","tuesday","wednesday","thursday"],"open":"09:00","close":"17:00","people":["a"],"from":"2026-11-23"},{"days":["friday"],"open":"09:00","close":"12:30","people":["m","a"],"from":"2026-11-23"}]"#
        let problems = try desk(weekdays, calendar: "office").rotaProblems(at: instant("2026-11-23T00:00:00Z"))
        // In the first week Friday is the manager's, who is not on duty; in the second the afternoon is nobody's.
        #expect(
            problems.prefix(2) == [
                "desk desk: nobody with the role duty is on call from 2026-11-27T09:00:00Z until 2026-11-27T17:00:00Z",
                "desk desk: nobody with the role duty is on call from 2026-12-04T12:30:00Z until 2026-12-04T17:00:00Z",
            ])
        #expect(problems.count == 4)
    }

    @Test func namesThatNobodyHasAreFound() throws {
        let rota =
            #"[{"days":["monday"],"open":"00:00","close":"24:00","people":["nobody"],"from":"2026-11-23"},{"days":[],"open":"00:00","close":"24:00","people":[],"from":"2026-11-23"}]"#
        let swaps = #"[{"from":"2026-11-24T17:00:00Z","until":"2026-11-24T17:00:00Z","person":"x","takes":"a"}]"#
        let problems = try desk(rota, swaps: swaps, calendar: "none").rotaProblems(at: instant("2026-11-23T00:00:00Z"))
        for expected in [
            "there is no calendar none", "nobody is on the rota", "x is on the rota", "rota[1] names nobody",
            "rota[1] is on no day",
            "the swap of a by x ends before it begins",
        ] {
            #expect(problems.contains { $0.contains(expected) }, "\(expected) in \(problems)")
        }
    }

    @Test func theShippedConfigurationHasNobodyMissing() throws {
        let directory = try #require(ShippedConfigurationTests.configuration).directory
        for time in ["2026-11-26T00:00:00Z", "2026-12-15T00:00:00Z", "2027-03-15T00:00:00Z"] {
            #expect(try directory.rotaProblems(at: instant(time)) == [])
        }
        #expect(directory.coverProblems == [])
        #expect(directory.calendarProblems(on: try #require(CivilDate(iso8601: "2026-11-26"))) == [])
    }
}
