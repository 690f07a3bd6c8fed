import DomainModel
import HubConfiguration

/// Who refers, in the published mix of contacts: police 32 %, health 17 %, education 16 %, family or child 9 %, other 26 %.
struct Senders {
    struct Sender {
        var agency: AgencyName
        var source: ReferralSource
        var isOpenAlways: Bool
    }

    struct Place {
        var authority: AuthorityCode
        var dfe: String?
        var agencies: [AgencyName]
        /// By category: all, and those who are there at night.
        fileprivate var byDay: [[Sender]]
        fileprivate var byNight: [[Sender]]
    }

    /// Police, health, education, family or child, other.
    static let shares: [Double] = [0.32, 0.17, 0.16, 0.09, 0.26]
    private static let nightShares: [Double] = [0.55, 0.21, 0, 0.12, 0.12]

    let places: [Place]
    private let dayShares: [Double]

    /// - Parameter offHoursShare: what arrives when offices are shut: their share is made up for in the day, so that the
    ///   whole has the published mix.
    init(_ directory: HubDirectory, offHoursShare: Double) {
        dayShares = zip(Senders.shares, Senders.nightShares).map { share, night in max(0, share - night * offHoursShare)
        }
        var places: [Place] = []
        for authority in directory.authorities where authority.gss != .hub {
            var place = Place(
                authority: authority.gss, dfe: authority.dfe, agencies: [],
                byDay: Array(repeating: [], count: 5), byNight: Array(repeating: [], count: 5))
            for agency in directory.agencies
            where agency.authorities.isEmpty || agency.authorities.contains(authority.gss) {
                place.agencies.append(agency.id)
                let isOpenAlways = directory.calendars.first { $0.id == agency.calendar }?.continuous ?? false
                for source in agency.sources {
                    let sender = Sender(agency: agency.id, source: source, isOpenAlways: isOpenAlways)
                    let category = Senders.category(of: source)
                    place.byDay[category].append(sender)
                    if isOpenAlways { place.byNight[category].append(sender) }
                }
            }
            if place.byDay.contains(where: { !$0.isEmpty }) { places.append(place) }
        }
        self.places = places
    }

    /// 0 police, 1 health, 2 education, 3 family or child, 4 other.
    static func category(of source: ReferralSource) -> Int {
        switch source.code {
        case "6": 0
        case "3A", "3B", "3C", "3D", "3E", "3F": 1
        case "2A", "2B": 2
        case "1A", "1C": 3
        default: 4
        }
    }

    func sender(at place: Int, offHours: Bool, _ draws: inout Draws) -> Sender? {
        let senders = offHours ? places[place].byNight : places[place].byDay
        let shares = offHours ? Senders.nightShares : dayShares
        var total = 0.0
        for (category, share) in shares.enumerated() where !senders[category].isEmpty { total += share }
        var drawn = draws.unit() * total
        for (category, share) in shares.enumerated() where !senders[category].isEmpty {
            drawn -= share
            if drawn < 0 { return draws.pick(senders[category]) }
        }
        // Nobody of the usual is there: anyone who is.
        return draws.pick(places[place].byDay.flatMap { $0 })
    }

    /// Another agency of the same place, so that two report one child.
    func sender(at place: Int, offHours: Bool, other agency: AgencyName, _ draws: inout Draws) -> Sender? {
        for _ in 0..<12 {
            guard let sender = sender(at: place, offHours: offHours, &draws) else { return nil }
            if sender.agency != agency { return sender }
        }
        return nil
    }
}
