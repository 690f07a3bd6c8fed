import DomainModel

/// One call to a tool.
struct Call: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        /// JSON by POST.
        case post([UInt8])
        case mail(from: String, to: [String], [UInt8])
    }

    var url: String
    var content: Content
    var access: Access
}

/// What a tool wants to know of who calls. Never printed.
struct Access: Hashable, Sendable {
    var user = ""
    var password = ""
    var token = ""
    /// Certificates trusted instead of the system's.
    var caFile = ""
    var proxy = ""
}

/// Begins calls and tells later how each ended. Used by one thread.
protocol Transport: AnyObject {
    func begin(_ call: Call, number: Int)
    /// Works for at most so long, and less where one ends.
    func work(milliseconds: Int64) -> [(number: Int, outcome: CallOutcome)]
}
