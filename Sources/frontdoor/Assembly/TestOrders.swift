import CommandLine
import DomainModel
import EventLog
import Foundation
import HubRuntime
import Room

/// What a test of real processes asks of `frontdoor run` on brokers, by variables that nobody else sets: a fault at one
/// point, a participant that traps, and, of a build for tests alone, a bug.
///
/// Faults are in every build, so that what is put to the test is the very command that is put to use. Whoever may set
/// the environment of a process may end it anyway. A bug would do harm that nobody sees, and so a release has none.
struct TestOrders {
    static let faultVariable = "FRONTDOOR_FAULT"
    static let plantVariable = "FRONTDOOR_PLANT"

    var faults: Faults?
    var trap: (participant: ParticipantName, text: String)?
    var plant: PlantedBug?
    /// The one bug that lies in the log and not in the loop.
    var isWithoutFencing: Bool { plant == .noFencing }
    /// What is said of it where the process begins.
    var remarks: [String] = []

    /// - Throws: with the exit code of wrong use, for what is malformed or cannot be had.
    init(_ environment: [String: String], onBrokers: Bool) throws(CommandFailure) {
        func given(_ name: String) throws(CommandFailure) -> String? {
            guard let text = environment[name], !text.isEmpty else { return nil }
            guard onBrokers else {
                throw CommandFailure(
                    .usage, "\(name) is for tests of a hub on brokers, and this one has none",
                    remedy: "Unset it, or name the brokers.")
            }
            return text
        }
        if let text = try given(TestOrders.faultVariable) { try arm(text) }
        if let text = try given(TestOrders.plantVariable) { try plant(text) }
    }

    private mutating func arm(_ text: String) throws(CommandFailure) {
        let loops: [Service] = [.intake, .deduplication, .triage, .routing, .deadlines]
        do throws(FaultPlan.Refusal) {
            let plan = try FaultPlan(text, participants: loops.map(\.rawValue))
            if case .trap(let participant, let text) = plan { trap = (participant, text) }
            faults = Faults(plan, act: TestOrders.harm)
        } catch {
            throw CommandFailure(
                .usage, "\(TestOrders.faultVariable): \(error)", remedy: "It is for tests: unset it in every other run."
            )
        }
        remarks.append("a fault is armed, for a test: \(text)")
    }

    private mutating func plant(_ name: String) throws(CommandFailure) {
        #if DEBUG
            guard let bug = PlantedBug(rawValue: name) else {
                throw CommandFailure(
                    .usage,
                    "\(TestOrders.plantVariable): there is no bug '\(name)': there are \(PlantedBug.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            plant = bug
            remarks.append("a bug is planted, for a test: \(name)")
        #else
            throw CommandFailure(
                .usage, "\(TestOrders.plantVariable) is set, and this is no build for tests: it plants no bug",
                remedy: "Unset it; 'swift build' makes a build for tests.")
        #endif
    }

    private static func harm(_ harm: FaultPlan.Harm) {
        switch harm {
        // Sent to this thread, which so goes no further; both end or freeze the whole process.
        case .kill: raise(SIGKILL)
        case .stop: raise(SIGSTOP)
        case .slow(let seconds): Thread.sleep(forTimeInterval: TimeInterval(seconds))
        }
    }

    func host<P: Participant>(_ participant: P.Type) -> RoomHost {
        guard let trap, trap.participant.text == P.service.rawValue else { return HostOf(participant) }
        return HeraldedHost(HostOf(participant)) { event in
            let referral = event.correlation?.description ?? ""
            if [event.id.description, event.subject.description, referral].contains(where: { $0.contains(trap.text) }) {
                preconditionFailure("\(P.service.rawValue) was told to trap on this input")
            }
        }
    }

    func ingressHost<P: IngressParticipant>(_ participant: P.Type) -> IngressHost {
        guard let trap, trap.participant.text == P.service.rawValue else { return IngressHostOf(participant) }
        // Intake sees what a sender wrote.
        return HeraldedIngressHost(IngressHostOf(participant)) { record in
            if String(decoding: record.value ?? [], as: UTF8.self).contains(trap.text) {
                preconditionFailure("\(P.service.rawValue) was told to trap on this input")
            }
        }
    }

    /// None: every command but `run`.
    static let none = TestOrders()
    private init() {}
}
