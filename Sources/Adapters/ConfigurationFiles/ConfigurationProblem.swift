/// What is wrong in a configuration file, where it stands, and what to do about it.
///
/// Configuration holds no personal data, so a problem may name keys; it never repeats values, because a secret could
/// have been put into the wrong field.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as the reader knows it: a path, or `deploy/hub.yaml (shipped)`.
    public var file: String
    /// Counted from 1; 0 where the whole file is meant (it is missing, or too large).
    public var line: Int
    /// Characters from 1; 0 where the whole file is meant.
    public var column: Int
    public var message: String
    /// One sentence that says what to do.
    public var remedy: String

    public init(file: String, line: Int, column: Int, message: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
    }

    init(file: String, message: String, remedy: String) {
        self.init(file: file, line: 0, column: 0, message: message, remedy: remedy)
    }

    /// `hub.yaml:12:5: message. Remedy.`, the form that editors can jump to.
    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return remedy.isEmpty ? "\(place): \(message)" : "\(place): \(message). \(remedy)"
    }
}
