import ConfigurationFiles
import Deadlines
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import JSON
import Room
import Testing
import WorkingTime

@testable import HubRuntime

/// A year of one authority: requests to its agencies, returns early, late, partial and repeated, answers of the desk,
/// while the hub is killed and restarted and its clock jumps by an hour. What was posted is compared with a model that
/// knows nothing of the participant: no alert lost, none twice, none after its return was read, every one cleared.
@Suite struct YearTests {
    /// `FRONTDOOR_YEAR_OBLIGATIONS=20000` for the whole of it.
    private static let count =
        ProcessInfo.processInfo.environment["FRONTDOOR_YEAR_OBLIGATIONS"].flatMap { Int($0) }
        ?? 1200

    @Test func aYearOfKillsAndJumpsLosesNoAlertAndSaysNoneTwice() throws {
        var year = Year(seed: 20_261_126, obligations: Self.count)
        try year.play()
        #expect(year.kills > 10, "too few kills to tell anything")
        var model = Model()
        let events = try year.log.events()
        for event in events { model.read(event) }
        #expect(model.faults == [])
        #expect(model.expected == model.found)
        #expect(model.opened == Self.count)
        #expect(model.met == Self.count, "everything was returned in the end")
        #expect(model.standing == 0, "every alert is cleared")
        #expect(model.raised > Self.count / 10 && model.repeats > 0 && model.promises > 0)
        #expect(try Picture(year.log).twice.isEmpty)
        guard Self.count > 1200 else { return }
        print(
            "\(model.opened) obligations, \(year.kills) kills: \(model.raised) alerts and escalations,",
            "\(model.promises) promises, \(model.repeats) returns that came again, \(events.count) events; none differs"
        )
    }
}

/// The year as it is played.
private struct Year {
    let log: MemoryEventLog
    private(set) var kills = 0
    private let failing: FailingLog
    private let clock = StillClock()
    private var process: Process
    private var random: SplitMix
    private var script: [(at: Instant, body: EventBody)] = []
    private var next = 0
    private var answers: [(at: Instant, body: EventBody)] = []
    private var tail = NextOffset.start
    private var written = 0
    private let codec = RoomCodec(topics: Given.topics)

    static let start = Instant(milliseconds: 1_772_409_600_000)  // 2 March 2026, midnight in London
    static let barking: AuthorityCode = {
        guard let code = AuthorityCode(gss: "E09000002") else { preconditionFailure("it is a GSS code") }
        return code
    }()

    init(seed: UInt64, obligations: Int) {
        let clock = clock
        log = MemoryEventLog(clock: { clock.now })
        failing = FailingLog(log)
        process = Process(failing, clock: clock, batch: 200, intake: nil, hosts: [HostOf(Deadlines.self)])
        random = SplitMix(state: seed)
        write(obligations)
    }

    /// Who is asked what when, and when it answers.
    private mutating func write(_ obligations: Int) {
        let agencies = ["bd-police", "bd-gps", "bd-housing", "bd-health-visitors"]
        for number in 0..<obligations {
            let at = Self.start.adding(seconds: Int64(random.below(365 * 86_400)))
            let agency = Given.name(AgencyName.self, agencies[random.below(agencies.count)])
            let rating = [RAG.red, .amber, .amber, .green][random.below(4)]
            let request = "req-\(number)"
            let caseID = CaseID(authority: Self.barking, number: Identifier(bits: UInt128(10_000 + number)))
            script.append(
                (
                    at,
                    .returnRequested(
                        ReturnRequested(
                            request: request, agency: agency, caseID: caseID, child: Identifier(bits: UInt128(number)),
                            referral: Identifier(bits: UInt128(1 + number)), rating: rating, purpose: "p",
                            necessity: "n"))
                ))
            // Early, before the request is read; in time; late; very late.
            let delay: Int64 =
                switch random.below(10) {
                case 0: -Int64(random.below(7200))
                case 1...4: Int64(random.below(4 * 3600))
                case 5...7: Int64(random.below(6 * 86_400))
                default: Int64(86_400 + random.below(30 * 86_400))
                }
            if random.below(5) == 0 { give(request, agency, .partial, at.adding(seconds: max(0, delay / 2)), number) }
            give(request, agency, .full, at.adding(seconds: delay), number)
            if random.below(6) == 0 {
                give(request, agency, .full, at.adding(seconds: delay + Int64(random.below(86_400))), number)
            }
        }
        script.sort { $0.at < $1.at }
    }

    private mutating func give(
        _ request: String, _ agency: AgencyName, _ kind: ReturnKind, _ at: Instant, _ number: Int
    ) {
        let submission = EventID(bits: UInt128(1_000_000 + number * 2 + (kind == .partial ? 1 : 0)))
        script.append(
            (
                at,
                .returnSubmitted(
                    ReturnSubmitted(
                        content: ReturnContent(request: request, agency: agency, submission: submission, kind: kind)))
            ))
    }

    mutating func play() throws {
        try process.hub.start(topics: Given.specifications())
        try append([
            .configurationAdopted(ConfigurationAdopted(hash: "c", content: Given.shipped.directory)),
            .policyAdopted(PolicyAdopted(hash: "p", content: try policy())),
        ])
        var now = Self.start
        // Two months on: the last returns come a month after they are due, and the last promises after them.
        let end = Self.start.adding(seconds: (365 + 60) * 86_400)
        var offset: Int64 = 0
        while now < end {
            now = now.adding(seconds: Int64(1800 + random.below(5400)))
            // A clock that is set wrong by an hour, and right again.
            if random.below(200) == 0 { offset = [-3_600_000, 0, 3_600_000][random.below(3)] }
            clock.now = now.adding(milliseconds: offset)
            var due: [EventBody] = []
            while next < script.count, script[next].at <= now {
                due.append(script[next].body)
                next += 1
            }
            for place in answers.indices.reversed() where answers[place].at <= now {
                due.append(answers.remove(at: place).body)
            }
            try append(due)
            if random.below(300) == 0 { failing.fail(at: 1 + random.below(3)) }
            try run()
            try listen(now)
        }
        failing.live()
        try run()
        try process.hub.stop()
    }

    private func policy() throws -> Policy {
        try #require(Given.shipped.policies.first { $0.id.text == "needs-assessment" })
    }

    private mutating func append(_ bodies: [EventBody]) throws {
        guard !bodies.isEmpty else { return }
        var records: [NewRecord] = []
        for body in bodies {
            written += 1
            records.append(
                codec.record(
                    of: Event(
                        id: Identifier(bits: UInt128(9_000_000_000 + written)), source: .intake, time: clock.now,
                        authority: Self.barking, subject: .authority(Self.barking), body: body)))
        }
        // In the place of the services that do not run here: the hub knows of what it wrote itself.
        if let last = try log.append(records).last {
            process.hub.ends[Int(Given.topics.partition(of: Self.barking))] = last.next
        }
    }

    /// Strikes and comes to rest; where it is killed, another process takes over.
    private mutating func run() throws {
        for _ in 0..<20 {
            do {
                _ = try process.hub.strike(now: clock.now)
                try process.drain()
                // What fell due while it was at it.
                if try process.hub.strike(now: clock.now) == 0 { return }
            } catch HubError.log(.aborted) {
                kills += 1
                failing.live()
                process = Process(
                    failing, clock: clock, batch: 200, seed: UInt64(kills + 1), intake: nil,
                    hosts: [HostOf(Deadlines.self)])
                try process.hub.start(topics: Given.specifications())
            }
        }
        Issue.record("the hub does not come to rest")
    }

    /// The desk reads its alerts and answers some of them.
    private mutating func listen(_ now: Instant) throws {
        let room = TopicPartition(Given.topics.events, Given.topics.partition(of: Self.barking))
        while true {
            let read = try log.read(room, from: tail, limit: ReadLimit(records: 1000, bytes: 8 << 20))
            guard read.next > tail else { return }
            tail = read.next
            for record in read.records {
                guard let event = try codec.event(from: record, parser: Given.parser),
                    case .alertRaised(let raised) = event.body, random.below(5) == 0
                else { continue }
                let at = now.adding(seconds: Int64(random.below(4 * 3600)))
                let until = random.below(3) == 0 ? nil : at.adding(seconds: Int64(random.below(48 * 3600)))
                answers.append(
                    (
                        at,
                        .alertAnswered(
                            AlertAnswered(
                                alert: raised.alert, desk: raised.desk,
                                staff: Given.name(StaffName.self, "bd.ines"), until: until))
                    ))
            }
        }
    }
}

/// What must come of the inputs of a room, by the words of the policy: each obligation by hand, in the order of the log.
private struct Model {
    private struct Owed {
        var due: Instant
        var rungs: [Int64]
        var snoozeLongest: Int64
        var snoozeMost: Int
        var base: Instant
        var arming = 1
        var rung = 0
        var promises = 0
        var stands = false
    }

    private var owed: [String: Owed] = [:]
    private var returned: Set<String> = []
    private var requestOf: [AlertID: String] = [:]
    private(set) var expected: [String: Int] = [:]
    private(set) var found: [String: Int] = [:]
    private(set) var faults: [String] = []
    private(set) var opened = 0
    private(set) var met = 0
    private(set) var raised = 0
    private(set) var repeats = 0
    private(set) var promises = 0
    private var up: Set<String> = []
    private let calendars: [String: WorkingCalendar]

    var standing: Int { up.count }

    init() {
        var calendars: [String: WorkingCalendar] = [:]
        for agency in Given.shipped.directory.agencies {
            calendars[agency.id.text] = Given.shipped.directory.workingCalendar(agency.calendar)
        }
        self.calendars = calendars
    }

    mutating func read(_ event: Event) {
        switch event.body {
        case .returnRequested(let asked): request(asked, at: event.time)
        case .returnSubmitted(let given) where given.content.kind == .full: give(given.content.request)
        case .clockStruck(let struck): strike(struck.now)
        case .alertAnswered(let answer): answered(answer, at: event.time)
        default: found(event)
        }
    }

    private mutating func request(_ asked: ReturnRequested, at now: Instant) {
        expect("opened \(asked.request)")
        if returned.contains(asked.request) { return expect("met \(asked.request)") }
        let (budget, isRed) =
            asked.rating == .red ? ("4h", true) : asked.rating == .amber ? ("1wd", false) : ("3wd", false)
        let calendar = isRed ? WorkingCalendar.continuous : calendars[asked.agency.text] ?? .continuous
        guard let parsed = try? Budget(parsing: budget),
            let due = try? WorkingTime.dueInstant(from: now, budget: parsed, calendar: calendar)
        else { return faults.append("no due time for \(asked.request)") }
        let hour: Int64 = 3_600_000
        owed[asked.request] = Owed(
            due: due, rungs: isRed ? [0, hour] : [0, 8 * hour], snoozeLongest: isRed ? 2 * hour : 24 * hour,
            snoozeMost: isRed ? 2 : 3, base: due)
    }

    private mutating func give(_ request: String) {
        if !returned.insert(request).inserted { repeats += 1 }
        guard let row = owed.removeValue(forKey: request) else { return }
        expect("met \(request)")
        if row.stands { expect("cleared \(request)") }
    }

    private mutating func strike(_ now: Instant) {
        for (request, row) in owed where row.base <= now {
            var row = row
            while row.rung < row.rungs.count, row.base.adding(milliseconds: row.rungs[row.rung]) <= now {
                expect("rung \(request) \(row.arming) \(row.rung)")
                row.rung += 1
                row.stands = true
            }
            owed[request] = row
        }
    }

    private mutating func answered(_ answer: AlertAnswered, at now: Instant) {
        guard let request = requestOf[answer.alert], var row = owed[request], row.stands else { return }
        expect("answered \(request)")
        if answer.until == nil, row.due > now {
            // A clock that went back: not due yet, so there is nothing to put off.
            row.base = row.due
            row.arming += 1
            row.rung = 0
            owed[request] = row
            return
        }
        guard row.promises < row.snoozeMost else { return }
        let longest = now.adding(milliseconds: row.snoozeLongest)
        row.promises += 1
        row.base = min(max(answer.until ?? longest, now), longest)
        row.arming += 1
        row.rung = 0
        promises += 1
        owed[request] = row
    }

    private mutating func expect(_ what: String) { expected[what, default: 0] += 1 }

    /// What the hub posted.
    private mutating func found(_ event: Event) {
        switch event.body {
        case .obligationOpened(let opened):
            guard let request = returnOf(opened.facts) else { return }
            self.opened += 1
            found["opened \(request)", default: 0] += 1
        case .obligationMet(let met):
            guard let request = returnOf(met.facts) else { return }
            self.met += 1
            if !returned.contains(request) { faults.append("met before its return: \(request)") }
            found["met \(request)", default: 0] += 1
        case .alertRaised(let alert), .alertEscalated(let alert):
            guard let request = returnOf(alert.facts) else { return }
            raised += 1
            requestOf[alert.alert] = request
            up.insert(request)
            // It may have been decided before the return was read, and written after it came.
            found["rung \(request) \(alert.arming) \(alert.rung)", default: 0] += 1
        case .alertAcknowledged(let answer):
            guard let request = requestOf[answer.alert] else { return }
            found["answered \(request)", default: 0] += 1
        case .alertCleared(let cleared):
            guard let request = requestOf[cleared.alert] else { return }
            up.remove(request)
            found["cleared \(request)", default: 0] += 1
        default: break
        }
    }

    private func returnOf(_ facts: ObligationFacts) -> String? {
        facts.kind == .informationReturn ? facts.request : nil
    }
}

/// Seeded, so that a year can be had again.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((word ^ (word >> 31)) % UInt64(bound))
    }
}
