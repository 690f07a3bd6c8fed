/// A word that may not stand in code, where, and what to do instead. Comments and texts may hold it.
struct WordRule: Sendable {
    /// Letters before it would make it another word: `validUpdate()` is not `Date()`.
    var word: String
    /// Folders from the root.
    var folders: [String]
    /// Files that may: each with the reason, given here and nowhere else.
    var allowed: [String] = []
    var remedy: String

    static let pure = ["Sources/Domain", "Sources/Participants", "Sources/Projections"]

    static let all: [WordRule] =
        [
            WordRule(
                word: "Date()", folders: ["Sources"],
                remedy: "Time is a record: take it from the event, or from the clock that the runtime was given"),
            WordRule(word: "try!", folders: ["Sources"], remedy: "Handle the error, or pass it on"),
            WordRule(
                word: "fatalError(", folders: ["Sources"],
                // Without memory there is nobody left to tell.
                allowed: ["Sources/Conversation/JSON/JSONParser.swift"],
                remedy: "Throw an error that says what to do; a broken invariant of our own is a preconditionFailure"),
        ]
        + ["Task.sleep", "Thread.sleep", "usleep(", "nanosleep("].map {
            WordRule(
                word: $0, folders: ["Sources/Participants", "Tests"],
                remedy:
                    "Wait for what you wait for, or move the clock that was handed in: a guessed pause fails one day")
        }
        + ["SystemRandomNumberGenerator", ".random(", ".randomElement(", ".shuffle(", ".shuffled("].map {
            WordRule(
                word: $0, folders: pure,
                remedy: "A decision is the same in every run: take ids and keys from the runtime")
        }
        + ["ContinuousClock", "SuspendingClock", "Date.now"].map {
            WordRule(word: $0, folders: pure, remedy: "A decision reads no clock: 'now' is the event's time")
        }

    /// The numbers of the lines that break it.
    func lines(in source: String) -> [Int] {
        SwiftText.code(of: source).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { holds(String($0.element)) }.map { $0.offset + 1 }
    }

    private func holds(_ line: String) -> Bool {
        var rest = line[...]
        while let found = rest.firstRange(of: word) {
            let before = found.lowerBound > line.startIndex ? line[line.index(before: found.lowerBound)] : " "
            if word.hasPrefix(".") || !(before.isLetter || before.isNumber || before == "_") { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }
}
