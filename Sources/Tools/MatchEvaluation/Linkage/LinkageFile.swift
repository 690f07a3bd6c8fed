import PersonMatching

/// A file of people in the form of FEBRL's sets: name, address, birth date, and an identifier that has no check digit.
/// `rec_id` names a record in what is written out; nothing that decides reads it.
public struct LinkageFile: Sendable {
    enum Field: Int, CaseIterable {
        case given, surname, number, street, locality, suburb, postcode, state, birth, identifier

        var column: String {
            switch self {
            case .given: "given_name"
            case .surname: "surname"
            case .number: "street_number"
            case .street: "address_1"
            case .locality: "address_2"
            case .suburb: "suburb"
            case .postcode: "postcode"
            case .state: "state"
            case .birth: "date_of_birth"
            case .identifier: "soc_sec_id"
            }
        }
    }

    struct Record: Sendable {
        /// By field; empty where there is none. Small letters, no accents.
        var values: [[UInt8]]
        subscript(field: Field) -> [UInt8] { values[field.rawValue] }
        func has(_ field: Field) -> Bool { !values[field.rawValue].isEmpty }
    }

    public private(set) var ids: [String] = []
    private(set) var records: [Record] = []
    public var count: Int { records.count }

    /// - Parameter withoutID: leaves the identifier aside, as if the column were not there.
    public init(_ table: CommaSeparated, withoutID: Bool = false) throws(CommaSeparated.Fault) {
        guard table.column(Field.given.column) != nil || table.column(Field.surname.column) != nil else {
            throw CommaSeparated.Fault(line: 1, what: "neither a column 'given_name' nor 'surname'")
        }
        try table.requireColumnsOnce()
        let id = table.column("rec_id")
        let columns = Field.allCases.map { field in
            withoutID && field == .identifier ? nil : table.column(field.column)
        }
        for (place, row) in table.rows.enumerated() {
            ids.append(table.value(row, id) ?? String(place + 1))
            records.append(
                Record(
                    values: columns.map { column in
                        table.value(row, column).flatMap(Folding.fold).map { Array($0.utf8) } ?? []
                    }))
        }
    }

    /// Some of the records, by place.
    func picked(_ isWanted: (Int) -> Bool) -> LinkageFile {
        var picked = self
        let places = ids.indices.filter(isWanted)
        picked.ids = places.map { ids[$0] }
        picked.records = places.map { records[$0] }
        return picked
    }
}
