public import DomainModel

extension HubDirectory {
    /// The part that concerns one authority, as `configuration.adopted` carries it: its entry, the agencies that serve
    /// it, its teams and desks, all calendars, terms, one-off holidays and permissions, and of the addresses that it lists
    /// as shared what `mark` makes of them, unless it says otherwise their marks alone. Sorted by id, so that the same
    /// content gives the same bytes in whatever order a file or a room gave it.
    ///
    /// The pseudo-authority `hub` has all agencies, because any of them may have sent what waits there, and all
    /// authorities, because its person assigns it to one of them.
    public func slice(
        for code: AuthorityCode,
        marking mark: (SharedAddress) -> SharedAddress = { SharedAddress(authority: $0.authority, marks: $0.marks) }
    ) -> HubDirectory {
        HubDirectory(
            formatVersion: formatVersion,
            authorities: authorities.filter { code == .hub || $0.gss == code }.sorted { $0.gss < $1.gss },
            agencies: agencies.filter {
                code == .hub || $0.authorities.isEmpty || $0.authorities.contains(code)
            }.sorted { $0.id < $1.id },
            teams: teams.filter { $0.authority == code }.sorted { $0.id < $1.id },
            desks: desks.filter { $0.authority == code }.sorted { $0.id < $1.id },
            calendars: calendars.sorted { $0.id < $1.id },
            schoolTerms: schoolTerms.sorted { $0.id < $1.id },
            bankHolidays: bankHolidays,
            sharedAddresses: sharedAddresses.filter { $0.authority == code }.map(mark).sortedByMarks(),
            permissions: permissions)
    }
}

extension [SharedAddress] {
    /// Each once.
    func sortedByMarks() -> [SharedAddress] {
        var sorted: [SharedAddress] = []
        for address in self.sorted(by: {
            $0.authority != $1.authority ? $0.authority < $1.authority : $0.marks.lexicographicallyPrecedes($1.marks)
        }) where address != sorted.last {
            sorted.append(address)
        }
        return sorted
    }
}
