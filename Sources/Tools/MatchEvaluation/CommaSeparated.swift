/// A table of comma-separated values (RFC 4180), and what is found in the wild beside it: a byte-order mark, either line
/// end, blanks around a value, empty lines. Columns are found by name, in whatever order.
public struct CommaSeparated: Sendable {
    public private(set) var columns: [String] = []
    public private(set) var rows: [[String]] = []

    public struct Fault: Error, Hashable, Sendable {
        public let line: Int
        public let what: String
    }

    public init(_ bytes: [UInt8]) throws(Fault) {
        var start = 0
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
        var reader = Reader(bytes: bytes, place: start)
        guard let header = try reader.next() else { throw Fault(line: 1, what: "there is no header") }
        columns = header.map { $0.lowercased() }
        while let row = try reader.next() {
            if row.count == 1, row[0].isEmpty { continue }
            guard row.count <= columns.count || row[columns.count...].allSatisfy(\.isEmpty) else {
                throw Fault(line: reader.line, what: "\(row.count) values under \(columns.count) columns")
            }
            rows.append(row)
        }
    }

    /// Refuses a header that names a column twice: which of the two is meant nobody could tell, and the one that is not
    /// read would be lost unsaid. Asked once it is known that the first line is a header, since the name is told, and a
    /// file without one begins with somebody's values.
    public func requireColumnsOnce() throws(Fault) {
        for (place, column) in columns.enumerated() where !column.isEmpty && columns[..<place].contains(column) {
            throw Fault(line: 1, what: "the column '\(column)' is named twice")
        }
    }

    /// The place of a column, nil where there is none.
    public func column(_ name: String) -> Int? { columns.firstIndex(of: name) }

    /// A value; nil where the column is not there, the row is short, or the value is empty.
    public func value(_ row: [String], _ column: Int?) -> String? {
        guard let column, column < row.count, !row[column].isEmpty else { return nil }
        return row[column]
    }

    /// A value as it is written: in quotation marks where it has to be.
    public static func quoted(_ value: String) -> String {
        value.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
            ? "\"" + value.replacing("\"", with: "\"\"") + "\"" : value
    }

    private struct Reader {
        let bytes: [UInt8]
        var place: Int
        var line = 0

        mutating func next() throws(Fault) -> [String]? {
            guard place < bytes.count else { return nil }
            line += 1
            var values: [String] = []
            while true {
                let (value, isLast) = try value()
                values.append(value)
                if isLast { return values }
            }
        }

        private mutating func value() throws(Fault) -> (String, isLast: Bool) {
            while place < bytes.count, bytes[place] == 32 || bytes[place] == 9 { place += 1 }
            var out: [UInt8] = []
            if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
                place += 1
                while true {
                    guard place < bytes.count else { throw Fault(line: line, what: "a quotation that does not end") }
                    let byte = bytes[place]
                    place += 1
                    if byte == UInt8(ascii: "\"") {
                        guard place < bytes.count, bytes[place] == byte else { break }
                        place += 1
                    }
                    out.append(byte)
                }
            }
            while place < bytes.count, bytes[place] != UInt8(ascii: ","), bytes[place] != 10, bytes[place] != 13 {
                out.append(bytes[place])
                place += 1
            }
            while let last = out.last, last == 32 || last == 9 { out.removeLast() }
            let text = String(decoding: out, as: UTF8.self)
            guard place < bytes.count else { return (text, true) }
            let end = bytes[place]
            place += 1
            if end == 13, place < bytes.count, bytes[place] == 10 { place += 1 }
            return (text, end != UInt8(ascii: ","))
        }
    }
}
