import CommandLine
import Foundation

/// Where the log lies: the folder given, which must be new, or one of our own that goes when we go.
struct TrialFolder {
    let path: String
    let kept: String?

    init(given: String?) throws(CommandFailure) {
        if let given {
            guard !FileManager.default.fileExists(atPath: given + "/log.sqlite") else {
                throw CommandFailure(
                    .cannotCreate, "there is a log in \(given) already",
                    remedy: "The demo begins with an empty one: name another folder, or remove that one.")
            }
            path = given
            kept = given
            return
        }
        var template = Array((NSTemporaryDirectory() + "/frontdoor-demo-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure(
                .cannotCreate, "no temporary folder can be made", remedy: "Name one with --data.")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        kept = nil
    }

    func remove() {
        if kept == nil { try? FileManager.default.removeItem(atPath: path) }
    }
}
