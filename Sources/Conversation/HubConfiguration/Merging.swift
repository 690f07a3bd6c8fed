extension HubDirectory {
    /// Takes over what another names: entries of the same id are replaced, all others stay. The result is sorted by id,
    /// so that it does not depend on the order of the merging.
    public mutating func merge(_ other: HubDirectory) {
        authorities = merged(authorities, other.authorities, by: \.gss)
        agencies = merged(agencies, other.agencies, by: \.id)
        teams = merged(teams, other.teams, by: \.id)
        desks = merged(desks, other.desks, by: \.id)
        calendars = merged(calendars, other.calendars, by: \.id)
        schoolTerms = merged(schoolTerms, other.schoolTerms, by: \.id)
        if other.bankHolidays != BankHolidayChanges() { bankHolidays = other.bankHolidays }
        // They have no ids: what an authority lists is taken whole.
        let kept = sharedAddresses.filter { one in !other.authorities.contains { $0.gss == one.authority } }
        sharedAddresses = (kept + other.sharedAddresses).sortedByMarks()
        if !other.permissions.isEmpty { permissions = other.permissions }
        formatVersion = max(formatVersion, other.formatVersion)
    }

    private func merged<Element, ID: Comparable>(
        _ left: [Element], _ right: [Element], by id: KeyPath<Element, ID>
    ) -> [Element] {
        let kept = left.filter { element in !right.contains { $0[keyPath: id] == element[keyPath: id] } }
        return (kept + right).sorted { $0[keyPath: id] < $1[keyPath: id] }
    }
}
