import DomainJSON
public import DomainModel
public import JSON

/// Opening hours of a day, without saying of which: half-open, `HH:MM`; `24:00` closes the day.
public struct DayHours: Hashable, Sendable, JSONCodable {
    public var open: ClockTime
    public var close: ClockTime

    public init(open: ClockTime, close: ClockTime) {
        self.open = open
        self.close = close
    }

    public init(json: JSONValue) throws(JSONError) {
        open = try json.required("open")
        close = try json.required("close")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("open", open)
        json.field("close", close)
        json.endObject()
    }
}

/// Hours on one date, besides what the weekday has: a Saturday clinic, a school's open evening.
public struct DatedHours: Hashable, Sendable, JSONCodable {
    public var date: CivilDate
    public var open: ClockTime
    public var close: ClockTime

    public init(date: CivilDate, open: ClockTime, close: ClockTime) {
        self.date = date
        self.open = open
        self.close = close
    }

    public init(json: JSONValue) throws(JSONError) {
        date = try json.required("date")
        open = try json.required("open")
        close = try json.required("close")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("date", date)
        json.field("open", open)
        json.field("close", close)
        json.endObject()
    }
}

/// A stretch of days, both ends within it.
public struct DateSpan: Hashable, Sendable, JSONCodable {
    public var first: CivilDate
    public var last: CivilDate

    public init(first: CivilDate, last: CivilDate) {
        self.first = first
        self.last = last
    }

    public init(json: JSONValue) throws(JSONError) {
        first = try json.required("first")
        last = try json.required("last")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("first", first)
        json.field("last", last)
        json.endObject()
    }
}

/// When a school is in session. Half-terms part a term in two.
public struct SchoolTerms: Hashable, Sendable, JSONCodable {
    public var id: TermsName
    public var dates: [DateSpan]

    public init(id: TermsName, dates: [DateSpan] = []) {
        self.id = id
        self.dates = dates
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        dates = try json.list("dates")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("dates", dates)
        json.endObject()
    }
}

/// What proclamations change in the bank holidays of England and Wales, after this version of the hub was built.
public struct BankHolidayChanges: Hashable, Sendable, JSONCodable {
    public var added: [CivilDate]
    public var removed: [CivilDate]

    public init(added: [CivilDate] = [], removed: [CivilDate] = []) {
        self.added = added
        self.removed = removed
    }

    public init(json: JSONValue) throws(JSONError) {
        added = try json.list("added")
        removed = try json.list("removed")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("added", added)
        json.field("removed", removed)
        json.endObject()
    }
}

/// A calendar: always open, or weekly hours with or without England's bank holidays.
public struct CalendarHours: Hashable, Sendable, JSONCodable {
    public var id: CalendarName
    public var continuous: Bool
    public var hours: [OpenHours]
    /// Closed on the bank holidays of England and Wales.
    public var bankHolidays: Bool
    /// Open for these hours on bank holidays in place of the weekday's: an Emergency Duty Team works all day then.
    public var bankHolidayHours: [DayHours]
    /// Further days closed.
    public var closed: [CivilDate]
    /// Open on these dates as well, whatever the weekday, bank holiday or term.
    public var opened: [DatedHours]
    /// Open within these school terms only.
    public var terms: TermsName?

    public init(
        id: CalendarName, continuous: Bool = false, hours: [OpenHours] = [], bankHolidays: Bool = false,
        bankHolidayHours: [DayHours] = [], closed: [CivilDate] = [], opened: [DatedHours] = [],
        terms: TermsName? = nil
    ) {
        self.id = id
        self.continuous = continuous
        self.hours = hours
        self.bankHolidays = bankHolidays
        self.bankHolidayHours = bankHolidayHours
        self.closed = closed
        self.opened = opened
        self.terms = terms
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        continuous = try json.optional("continuous") ?? false
        hours = try json.list("hours")
        bankHolidays = try json.optional("bankHolidays") ?? false
        bankHolidayHours = try json.list("bankHolidayHours")
        closed = try json.list("closed")
        opened = try json.list("opened")
        terms = try json.optional("terms")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.fieldIfTrue("continuous", continuous)
        json.field("hours", hours)
        json.fieldIfTrue("bankHolidays", bankHolidays)
        json.field("bankHolidayHours", bankHolidayHours)
        json.field("closed", closed)
        json.field("opened", opened)
        json.field("terms", terms)
        json.endObject()
    }
}
