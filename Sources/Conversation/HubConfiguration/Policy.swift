import DomainJSON
public import DomainModel
public import JSON

/// When a rule applies: every criterion that is given must hold; of a list, one member is enough.
public struct Condition: Hashable, Sendable, JSONCodable {
    /// The referral says that a child is in immediate danger.
    public var immediateDanger: Bool?
    /// One of these factors is stated about the child or an adult of the referral.
    public var factors: [FactorCode]
    /// Only historic (true) or only current (false) concerns count towards `factors`; nil: both.
    public var historic: Bool?
    public var ageBands: [AgeBand]
    public var sources: [ReferralSource]
    /// At least so many different factors.
    public var concernsAtLeast: Int?
    /// The child was referred within the twelve months before.
    public var rereferral: Bool?

    public init(
        immediateDanger: Bool? = nil, factors: [FactorCode] = [], historic: Bool? = nil, ageBands: [AgeBand] = [],
        sources: [ReferralSource] = [], concernsAtLeast: Int? = nil, rereferral: Bool? = nil
    ) {
        self.immediateDanger = immediateDanger
        self.factors = factors
        self.historic = historic
        self.ageBands = ageBands
        self.sources = sources
        self.concernsAtLeast = concernsAtLeast
        self.rereferral = rereferral
    }

    public init(json: JSONValue) throws(JSONError) {
        immediateDanger = try json.optional("immediateDanger")
        factors = try json.list("factors")
        historic = try json.optional("historic")
        ageBands = try json.list("ageBands")
        sources = try json.list("sources")
        concernsAtLeast = try json.optional("concernsAtLeast")
        rereferral = try json.optional("rereferral")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("immediateDanger", immediateDanger)
        json.field("factors", factors)
        json.field("historic", historic)
        json.field("ageBands", ageBands)
        json.field("sources", sources)
        json.field("concernsAtLeast", concernsAtLeast)
        json.field("rereferral", rereferral)
        json.endObject()
    }
}

/// A rule of the policy: what it gives where its condition holds. The highest of all that apply counts, in urgency and
/// in level apart.
public struct RatingRule: Hashable, Sendable, JSONCodable {
    /// Kebab-case; stands in the events as the reason.
    public var id: String
    public var when: Condition
    public var rating: RAG
    public var level: LevelOfNeed
    /// For people, one sentence.
    public var reason: String

    public init(id: String, when: Condition, rating: RAG, level: LevelOfNeed, reason: String) {
        self.id = id
        self.when = when
        self.rating = rating
        self.level = level
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        when = try json.required("when")
        rating = try json.required("rating")
        level = try json.required("level")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("when", when)
        json.field("rating", rating)
        json.field("level", level)
        json.field("reason", reason)
        json.endObject()
    }
}

/// What no rule covers.
public struct Fallback: Hashable, Sendable, JSONCodable {
    public var rating: RAG
    public var level: LevelOfNeed
    public var reason: String

    public init(rating: RAG, level: LevelOfNeed, reason: String) {
        self.rating = rating
        self.level = level
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        rating = try json.required("rating")
        level = try json.required("level")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("rating", rating)
        json.field("level", level)
        json.field("reason", reason)
        json.endObject()
    }
}

/// Which agencies are asked what, and why that is necessary.
public struct AskRule: Hashable, Sendable, JSONCodable {
    public var ratings: [RAG]
    public var kinds: [AgencyKind]
    /// Codes of what is asked, such as `known-concerns`.
    public var topics: [String]
    /// A code of the policy's, such as `safeguarding-assessment`.
    public var purpose: String
    /// A code of the policy's.
    public var necessity: String

    public init(
        ratings: [RAG] = [], kinds: [AgencyKind] = [], topics: [String] = [], purpose: String, necessity: String
    ) {
        self.ratings = ratings
        self.kinds = kinds
        self.topics = topics
        self.purpose = purpose
        self.necessity = necessity
    }

    public init(json: JSONValue) throws(JSONError) {
        ratings = try json.list("ratings")
        kinds = try json.list("kinds")
        topics = try json.list("topics")
        purpose = try json.required("purpose")
        necessity = try json.required("necessity")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("ratings", ratings)
        json.field("kinds", kinds)
        json.field("topics", topics)
        json.field("purpose", purpose)
        json.field("necessity", necessity)
        json.endObject()
    }
}

/// Where a child is proposed to; the first rule that matches counts.
public struct RouteRule: Hashable, Sendable, JSONCodable {
    /// Empty: any.
    public var ratings: [RAG]
    /// Empty: any.
    public var levels: [LevelOfNeed]
    public var lead: TeamKind
    /// The MASH gets a decide entry at the same time.
    public var decide: Bool

    public init(ratings: [RAG] = [], levels: [LevelOfNeed] = [], lead: TeamKind, decide: Bool = false) {
        self.ratings = ratings
        self.levels = levels
        self.lead = lead
        self.decide = decide
    }

    public init(json: JSONValue) throws(JSONError) {
        ratings = try json.list("ratings")
        levels = try json.list("levels")
        lead = try json.required("lead")
        decide = try json.optional("decide") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("ratings", ratings)
        json.field("levels", levels)
        json.field("lead", lead)
        json.fieldIfTrue("decide", decide)
        json.endObject()
    }
}

/// What a class of referrer is told of an outcome; no entry: nothing but the receipt.
public struct OutcomeWords: Hashable, Sendable, JSONCodable {
    public var outcome: Outcome
    public var sources: [ReferralSource]
    public var words: String

    public init(outcome: Outcome, sources: [ReferralSource] = [], words: String) {
        self.outcome = outcome
        self.sources = sources
        self.words = words
    }

    public init(json: JSONValue) throws(JSONError) {
        outcome = try json.required("outcome")
        sources = try json.list("sources")
        words = try json.required("words")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("outcome", outcome)
        json.field("sources", sources)
        json.field("words", words)
        json.endObject()
    }
}

/// A lawful gateway for sharing, in force from a day on.
public struct Gateway: Hashable, Sendable, JSONCodable {
    public var id: String
    /// Nil: not yet in force, and refused as a basis.
    public var inForceFrom: CivilDate?
    /// Empty: all.
    public var authorities: [AuthorityCode]
    public var source: String

    public init(id: String, inForceFrom: CivilDate? = nil, authorities: [AuthorityCode] = [], source: String) {
        self.id = id
        self.inForceFrom = inForceFrom
        self.authorities = authorities
        self.source = source
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        inForceFrom = try json.optional("inForceFrom")
        authorities = try json.list("authorities")
        source = try json.required("source")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("inForceFrom", inForceFrom)
        json.field("authorities", authorities)
        json.field("source", source)
        json.endObject()
    }
}

/// How a safeguarding partnership has agreed to triage. Decisions carry its version.
public struct Policy: Hashable, Sendable, JSONCodable {
    public var formatVersion: Int
    public var id: PolicyName
    public var version: String
    public var title: String
    public var profile: PolicyProfile
    public var agreedBy: String
    public var agreedOn: CivilDate
    public var reviewOn: CivilDate
    public var rules: [RatingRule]
    public var fallback: Fallback
    /// Besides immediate danger, what wakes the desk at once, evaluated on submission alone.
    public var atOnce: [Condition]
    public var asks: [AskRule]
    public var routes: [RouteRule]
    public var clocks: [ClockRule]
    public var ladders: [Ladder]
    /// How long, and how often, a desk's answer may put off what is owed; the first rule that matches counts.
    public var snoozes: [SnoozeRule]
    public var outcomes: [OutcomeWords]
    public var gateways: [Gateway]

    public init(
        formatVersion: Int, id: PolicyName, version: String, title: String, profile: PolicyProfile,
        agreedBy: String, agreedOn: CivilDate, reviewOn: CivilDate, rules: [RatingRule] = [], fallback: Fallback,
        atOnce: [Condition] = [], asks: [AskRule] = [], routes: [RouteRule] = [], clocks: [ClockRule] = [],
        ladders: [Ladder] = [], snoozes: [SnoozeRule] = [], outcomes: [OutcomeWords] = [], gateways: [Gateway] = []
    ) {
        self.formatVersion = formatVersion
        self.id = id
        self.version = version
        self.title = title
        self.profile = profile
        self.agreedBy = agreedBy
        self.agreedOn = agreedOn
        self.reviewOn = reviewOn
        self.rules = rules
        self.fallback = fallback
        self.atOnce = atOnce
        self.asks = asks
        self.routes = routes
        self.clocks = clocks
        self.ladders = ladders
        self.snoozes = snoozes
        self.outcomes = outcomes
        self.gateways = gateways
    }

    public init(json: JSONValue) throws(JSONError) {
        formatVersion = try json.required("formatVersion")
        id = try json.required("id")
        version = try json.required("version")
        title = try json.required("title")
        profile = try json.required("profile")
        agreedBy = try json.required("agreedBy")
        agreedOn = try json.required("agreedOn")
        reviewOn = try json.required("reviewOn")
        rules = try json.list("rules")
        fallback = try json.required("fallback")
        atOnce = try json.list("atOnce")
        asks = try json.list("asks")
        routes = try json.list("routes")
        clocks = try json.list("clocks")
        ladders = try json.list("ladders")
        snoozes = try json.list("snoozes")
        outcomes = try json.list("outcomes")
        gateways = try json.list("gateways")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("formatVersion", formatVersion)
        json.field("id", id)
        json.field("version", version)
        json.field("title", title)
        json.field("profile", profile)
        json.field("agreedBy", agreedBy)
        json.field("agreedOn", agreedOn)
        json.field("reviewOn", reviewOn)
        json.field("rules", rules)
        json.field("fallback", fallback)
        json.field("atOnce", atOnce)
        json.field("asks", asks)
        json.field("routes", routes)
        json.field("clocks", clocks)
        json.field("ladders", ladders)
        json.field("snoozes", snoozes)
        json.field("outcomes", outcomes)
        json.field("gateways", gateways)
        json.endObject()
    }
}
