import DomainModel
import JSON
import Room
import Testing

@testable import Intake

/// The examples of what agencies, teams and desks send, through Intake. The schema is the strict form: what passes it is
/// accepted without a mark, and what fails it is refused, or accepted and marked, at the same place.
struct IngressExampleTests {
    @Test func everyTypeHasASchemaAndExamples() {
        let types = IngressType.allCases.map { String($0.rawValue.dropFirst(10).dropLast(3)) }.sorted()
        #expect(Tree.schemas(of: "ingress") == types)
        for type in types {
            #expect(Example.good("ingress").contains { $0.type == type }, "\(type) has no good example")
            #expect(Example.bad("ingress").contains { $0.type == type }, "\(type) has no bad example")
        }
    }

    @Test(arguments: Example.good("ingress"))
    func aGoodOneIsAcceptedWithoutAMark(_ example: Example) throws {
        var sender = try Sender()
        let postings = try sender.publish(example)
        #expect(postings.refusal == nil)
        #expect(postings.marks.isEmpty)
        #expect(postings.events.count == 1)
    }

    @Test(arguments: Example.bad("ingress"))
    func aBadOneIsRefusedOrMarkedAtItsFault(_ example: Example) throws {
        let fault = try #require(try Example.faults()[example.path])
        var sender = try Sender()
        let postings = try sender.publish(example)
        if let refusal = postings.refusal {
            #expect(refusal.pointer == fault)
        } else {
            #expect(postings.marks.map(\.pointer) == [fault])
        }
    }
}

extension [Posting] {
    var events: [Event] { compactMap { if case .room(let event) = $0 { event } else { nil } } }
    var outgoing: [Outgoing] { compactMap { if case .outgoing(let sent) = $0 { sent } else { nil } } }

    var refusal: SubmissionRefused? {
        for event in events { if case .submissionRefused(let facts) = event.body { return facts } }
        return nil
    }

    /// As the sender's receipt shows them: those of a withdrawal stand nowhere else.
    var marks: [Mark] {
        var marks: [Mark] = []
        for sent in outgoing {
            if let json = try? JSONParser().parse(sent.data), let listed: [Mark] = try? json.list("marks") {
                marks += listed
            }
        }
        return marks
    }
}
