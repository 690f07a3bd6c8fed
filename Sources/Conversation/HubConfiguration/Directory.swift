import DomainJSON
public import DomainModel
public import JSON

/// Which decisions a role may take.
public struct Permission: Hashable, Sendable, JSONCodable {
    public var role: Role
    public var verbs: [DecisionVerb]

    public init(role: Role, verbs: [DecisionVerb] = []) {
        self.role = role
        self.verbs = verbs
    }

    public init(json: JSONValue) throws(JSONError) {
        role = try json.required("role")
        verbs = try json.list("verbs")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("role", role)
        json.field("verbs", verbs)
        json.endObject()
    }
}

/// A member of staff, as the only people whose decisions and answers count. The id is what events carry.
public struct StaffMember: Hashable, Sendable, JSONCodable {
    public var id: StaffName
    public var roles: [Role]

    public init(id: StaffName, roles: [Role] = []) {
        self.id = id
        self.roles = roles
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        roles = try json.list("roles")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("roles", roles)
        json.endObject()
    }
}

/// An organisation that refers and answers requests. Its topics are `agency.<id>.…`.
public struct Agency: Hashable, Sendable, JSONCodable {
    public var id: AgencyName
    public var name: String
    public var kind: AgencyKind
    /// The referral sources (census codes) that it may state; the first is taken where it states none.
    public var sources: [ReferralSource]
    /// The authorities that it serves; empty for all.
    public var authorities: [AuthorityCode]
    /// The hours in which its working time runs.
    public var calendar: CalendarName
    /// Who is asked in its place outside its terms, in this order: a school's head, then the area education officer.
    public var cover: [AgencyName]
    /// A budget on its own calendar: heard of for longer than that by nothing, it is silent, which is an alert. Nil: what
    /// the policy says for its kind.
    public var silentAfter: String?
    /// A budget on its own calendar: longer than that after its last heartbeat, and from the adoption on if it has sent
    /// none, there is an alert. Nil: what the policy says for its kind, once it has sent one.
    public var heartbeatWithin: String?

    public init(
        id: AgencyName, name: String, kind: AgencyKind, sources: [ReferralSource] = [],
        authorities: [AuthorityCode] = [], calendar: CalendarName, cover: [AgencyName] = [],
        silentAfter: String? = nil, heartbeatWithin: String? = nil
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.sources = sources
        self.authorities = authorities
        self.calendar = calendar
        self.cover = cover
        self.silentAfter = silentAfter
        self.heartbeatWithin = heartbeatWithin
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        name = try json.required("name")
        kind = try json.required("kind")
        sources = try json.list("sources")
        authorities = try json.list("authorities")
        calendar = try json.required("calendar")
        cover = try json.list("cover")
        silentAfter = try json.optional("silentAfter")
        heartbeatWithin = try json.optional("heartbeatWithin")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("name", name)
        json.field("kind", kind)
        json.field("sources", sources)
        json.field("authorities", authorities)
        json.field("calendar", calendar)
        json.field("cover", cover)
        json.field("silentAfter", silentAfter)
        json.field("heartbeatWithin", heartbeatWithin)
        json.endObject()
    }
}

/// A team with a queue. Its topics are `team.<id>.…`; it belongs to one authority.
public struct Team: Hashable, Sendable, JSONCodable {
    public var id: TeamName
    public var name: String
    public var kind: TeamKind
    public var authority: AuthorityCode
    public var calendar: CalendarName
    public var people: [StaffMember]

    public init(
        id: TeamName, name: String, kind: TeamKind, authority: AuthorityCode, calendar: CalendarName,
        people: [StaffMember] = []
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.authority = authority
        self.calendar = calendar
        self.people = people
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        name = try json.required("name")
        kind = try json.required("kind")
        authority = try json.required("authority")
        calendar = try json.required("calendar")
        people = try json.list("people")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("name", name)
        json.field("kind", kind)
        json.field("authority", authority)
        json.field("calendar", calendar)
        json.field("people", people)
        json.endObject()
    }
}

/// An on-call desk. Its topics are `oncall.<id>.…`; it belongs to one authority.
public struct Desk: Hashable, Sendable, JSONCodable {
    public var id: DeskName
    public var name: String
    public var authority: AuthorityCode
    /// When somebody is there; nil: round the clock. Outside it the authority's out-of-hours desk is woken.
    public var calendar: CalendarName?
    public var people: [StaffMember]
    /// Who is on call when. Empty: no names are kept, and an alert is the whole desk's.
    public var rota: [Shift]
    public var swaps: [Swap]

    public init(
        id: DeskName, name: String, authority: AuthorityCode, calendar: CalendarName? = nil,
        people: [StaffMember] = [], rota: [Shift] = [], swaps: [Swap] = []
    ) {
        self.id = id
        self.name = name
        self.authority = authority
        self.calendar = calendar
        self.people = people
        self.rota = rota
        self.swaps = swaps
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        name = try json.required("name")
        authority = try json.required("authority")
        calendar = try json.optional("calendar")
        people = try json.list("people")
        rota = try json.list("rota")
        swaps = try json.list("swaps")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("name", name)
        json.field("authority", authority)
        json.field("calendar", calendar)
        json.field("people", people)
        json.field("rota", rota)
        json.field("swaps", swaps)
        json.endObject()
    }
}

/// Opening hours on some days of the week: half-open, `HH:MM`; `24:00` closes a day.
public struct OpenHours: Hashable, Sendable, JSONCodable {
    public var days: [Weekday]
    public var open: ClockTime
    public var close: ClockTime

    public init(days: [Weekday] = [], open: ClockTime, close: ClockTime) {
        self.days = days
        self.open = open
        self.close = close
    }

    public init(json: JSONValue) throws(JSONError) {
        days = try json.list("days")
        open = try json.required("open")
        close = try json.required("close")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("days", days)
        json.field("open", open)
        json.field("close", close)
        json.endObject()
    }
}

/// A local authority that this hub serves.
public struct AuthorityEntry: Hashable, Sendable, JSONCodable {
    public var gss: AuthorityCode
    /// The DfE's three-digit code, accepted from senders and mapped.
    public var dfe: String?
    public var name: String
    public var policy: PolicyName
    /// The duty desk that is woken.
    public var desk: DeskName
    /// The Emergency Duty Team's, which is woken outside the duty desk's hours for what cannot wait.
    public var outOfHours: DeskName?

    public init(
        gss: AuthorityCode, dfe: String? = nil, name: String, policy: PolicyName, desk: DeskName,
        outOfHours: DeskName? = nil
    ) {
        self.gss = gss
        self.dfe = dfe
        self.name = name
        self.policy = policy
        self.desk = desk
        self.outOfHours = outOfHours
    }

    public init(json: JSONValue) throws(JSONError) {
        gss = try json.required("gss")
        dfe = try json.optional("dfe")
        name = try json.required("name")
        policy = try json.required("policy")
        desk = try json.required("desk")
        outOfHours = try json.optional("outOfHours")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("gss", gss)
        json.field("dfe", dfe)
        json.field("name", name)
        json.field("policy", policy)
        json.field("desk", desk)
        json.field("outOfHours", outOfHours)
        json.endObject()
    }
}

/// Who takes part: the whole of `hub.yaml`, or the part of one authority as `configuration.adopted` carries it.
public struct HubDirectory: Hashable, Sendable, JSONCodable {
    public var formatVersion: Int
    public var authorities: [AuthorityEntry]
    public var agencies: [Agency]
    public var teams: [Team]
    public var desks: [Desk]
    public var calendars: [CalendarHours]
    /// The terms that calendars name: an authority's, and those of schools that keep their own.
    public var schoolTerms: [SchoolTerms]
    /// Days that the rule for bank holidays does not give, or no longer does.
    public var bankHolidays: BankHolidayChanges
    /// Addresses that say nothing of a household.
    public var sharedAddresses: [SharedAddress]
    public var permissions: [Permission]

    public init(
        formatVersion: Int, authorities: [AuthorityEntry] = [], agencies: [Agency] = [], teams: [Team] = [],
        desks: [Desk] = [], calendars: [CalendarHours] = [], schoolTerms: [SchoolTerms] = [],
        bankHolidays: BankHolidayChanges = BankHolidayChanges(), sharedAddresses: [SharedAddress] = [],
        permissions: [Permission] = []
    ) {
        self.formatVersion = formatVersion
        self.authorities = authorities
        self.agencies = agencies
        self.teams = teams
        self.desks = desks
        self.calendars = calendars
        self.schoolTerms = schoolTerms
        self.bankHolidays = bankHolidays
        self.sharedAddresses = sharedAddresses
        self.permissions = permissions
    }

    public init(json: JSONValue) throws(JSONError) {
        formatVersion = try json.required("formatVersion")
        authorities = try json.list("authorities")
        agencies = try json.list("agencies")
        teams = try json.list("teams")
        desks = try json.list("desks")
        calendars = try json.list("calendars")
        schoolTerms = try json.list("schoolTerms")
        bankHolidays = try json.optional("bankHolidays") ?? BankHolidayChanges()
        sharedAddresses = try json.list("sharedAddresses")
        permissions = try json.list("permissions")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("formatVersion", formatVersion)
        json.field("authorities", authorities)
        json.field("agencies", agencies)
        json.field("teams", teams)
        json.field("desks", desks)
        json.field("calendars", calendars)
        json.field("schoolTerms", schoolTerms)
        json.field("bankHolidays", bankHolidays == BankHolidayChanges() ? nil : bankHolidays)
        json.field("sharedAddresses", sharedAddresses)
        json.field("permissions", permissions)
        json.endObject()
    }
}
