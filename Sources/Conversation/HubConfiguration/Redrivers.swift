public import DomainModel

extension HubDirectory {
    /// Who may have a dead letter of an authority taken once more, each with the team for which they decide it.
    ///
    /// What a participant of the room could not take is put right in that room; the hub's own people may redrive what was
    /// refused for any authority as well.
    public func redrivers(
        of authority: AuthorityCode, refusedByIntake: Bool
    ) -> [(team: Team, person: StaffName)] {
        teams.filter { $0.authority == authority || $0.authority == .hub && refusedByIntake }
            .flatMap { team in
                team.people.filter { person in
                    permissions.contains { person.roles.contains($0.role) && $0.verbs.contains(.redrive) }
                }.map { (team: team, person: $0.id) }
            }
    }
}
