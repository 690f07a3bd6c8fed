import DomainModel
import HubConfiguration
import JSON
import Testing
import WorkingTime

/// Calendars as `hub.yaml` writes them.
@Suite struct CalendarTests {
    static let directoryJSON = """
        {"formatVersion":1,
         "bankHolidays":{"added":["2027-06-14"],"removed":["2027-05-03"]},
         "schoolTerms":[
          {"id":"authority","dates":[{"first":"2026-11-02","last":"2026-12-18"},{"first":"2027-01-04","last":"2027-02-12"}]},
          {"id":"academy","dates":[{"first":"2026-10-26","last":"2026-12-11"},{"first":"2027-01-06","last":"2027-02-12"}]}],
         "calendars":[
          {"id":"office","hours":[{"days":["monday","tuesday","wednesday","thursday","friday"],"open":"09:00","close":"17:00"}],"bankHolidays":true},
          {"id":"edt","hours":[{"days":["monday","tuesday","wednesday","thursday"],"open":"17:00","close":"09:00"},
            {"days":["friday"],"open":"17:00","close":"24:00"},{"days":["saturday","sunday"],"open":"00:00","close":"24:00"},
            {"days":["monday"],"open":"00:00","close":"09:00"}],"bankHolidayHours":[{"open":"00:00","close":"24:00"}]},
          {"id":"school","hours":[{"days":["monday","tuesday","wednesday","thursday","friday"],"open":"08:30","close":"16:00"}],
            "bankHolidays":true,"terms":"authority","closed":["2027-01-04"],"opened":[{"date":"2026-12-21","open":"10:00","close":"12:00"}]},
          {"id":"academy","hours":[{"days":["monday","tuesday","wednesday","thursday","friday"],"open":"08:30","close":"16:00"}],
            "bankHolidays":true,"terms":"academy"}]}
        """

    static func directory(_ json: String = directoryJSON) throws -> HubDirectory {
        try HubDirectory(json: JSONParser().parse(Array(json.utf8)))
    }

    private func due(_ start: String, _ budget: String, _ calendar: String) throws -> String {
        let directory = try Self.directory()
        let name = try #require(CalendarName(calendar))
        return try WorkingTime.dueInstant(
            from: #require(Instant(rfc3339: start)), budget: Budget(parsing: budget),
            calendar: #require(directory.workingCalendar(name))
        ).description
    }

    @Test func everyAuthorityAndEverySchoolKeepsItsOwnTerms() throws {
        // Friday 11 December 2026, 15:00: the academy's last day, one week before its authority's.
        #expect(try due("2026-12-11T15:00:00Z", "1wd", "academy") == "2027-01-06T15:00:00Z")
        #expect(try due("2026-12-11T15:00:00Z", "1wd", "school") == "2026-12-14T15:00:00Z")
        // After the last day of term: an open morning on the Monday; then a training day on 4 January.
        #expect(try due("2026-12-18T15:00:00Z", "2wh", "school") == "2026-12-21T11:00:00Z")
        #expect(try due("2026-12-18T15:00:00Z", "4wh", "school") == "2027-01-05T09:30:00Z")
    }

    @Test func theEmergencyDutyTeamIsOpenWheneverTheOfficeIsNot() throws {
        let directory = try Self.directory()
        let office = try #require(CalendarName("office").flatMap(directory.workingCalendar))
        let edt = try #require(CalendarName("edt").flatMap(directory.workingCalendar))
        var moment = try #require(Instant(rfc3339: "2026-12-20T00:00:00Z"))
        let end = try #require(Instant(rfc3339: "2027-06-20T00:00:00Z"))
        while moment < end {
            #expect(office.isOpen(at: moment) != edt.isOpen(at: moment), "\(moment)")
            moment = moment.adding(milliseconds: 900_000)
        }
    }

    @Test func proclaimedDaysAreCountedAndMovedOnesAreNot() throws {
        #expect(try due("2027-06-11T10:00:00Z", "1wd", "office") == "2027-06-15T10:00:00Z")
        #expect(try due("2027-04-30T10:00:00Z", "1wd", "office") == "2027-05-03T10:00:00Z")
    }

    @Test func whatIsWrongWithThemIsSaid() throws {
        let day = try #require(CivilDate(iso8601: "2026-11-26"))
        #expect(
            try Self.directory().calendarProblems(on: day) == [
                "schoolTerms authority: they end on 2027-02-12; list the next school year's",
                "schoolTerms academy: they end on 2027-02-12; list the next school year's",
            ])
        let wrong = """
            {"formatVersion":1,"bankHolidays":{"added":["2026-12-25"],"removed":["2026-11-26"]},
             "schoolTerms":[{"id":"none"},{"id":"back","dates":[{"first":"2027-02-01","last":"2027-01-01"}]}],
             "calendars":[{"id":"a","terms":"missing"},{"id":"b","terms":"none"},{"id":"c","terms":"back"},{"id":"d"},
              {"id":"e","continuous":true,"bankHolidays":true},
              {"id":"f","hours":[{"days":["monday"],"open":"09:00","close":"17:00"}],"bankHolidays":true,
               "bankHolidayHours":[{"open":"10:00","close":"12:00"}]}]}
            """
        let problems = try Self.directory(wrong).calendarProblems(on: day)
        for expected in [
            "calendar a: there are no school terms 'missing'", "calendar b: the school terms 'none' have no dates",
            "calendar c: the term from 2027-02-01 to 2027-01-01 ends before it begins",
            "calendar d: the calendar is never open",
            "calendar e: it is continuous", "calendar f: bankHolidays closes", "bankHolidays: 2026-12-25 is added",
            "bankHolidays: 2026-11-26 is removed",
        ] {
            #expect(problems.contains { $0.hasPrefix(expected) }, "\(expected) in \(problems)")
        }
    }
}
