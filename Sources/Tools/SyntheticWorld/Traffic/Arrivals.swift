import DomainModel
import WorkingTime

/// When contacts arrive: more in the day than at night, most before the end of a working day and on Monday mornings.
/// One weight an hour, so that the contact of any number has its time without those before it being kept.
struct Arrivals {
    /// Weights of the hours of a working day in London, from midnight on.
    private static let workingDay: [Double] = [
        0.25, 0.2, 0.15, 0.1, 0.1, 0.15, 0.25, 0.6, 2, 5, 6, 5.5, 4.5, 4.5, 5, 6.5, 7.5, 4, 1.2, 0.9, 0.8, 0.7, 0.6,
        0.4,
    ]
    private static let hour: Int64 = 3_600_000

    private let start: Instant
    /// The sum of weights before each hour, and behind the last.
    private let sums: [Double]
    private let offHours: [Bool]
    private var place = 0

    /// How much of all arrives when only those who work round the clock do.
    let offHoursShare: Double

    init(start: Instant, days: Int) {
        self.start = start
        var sums: [Double] = [0]
        var offHours: [Bool] = []
        var offSum = 0.0
        for index in 0..<(max(1, days) * 24) {
            let local = LondonTime.civil(
                of: start.adding(milliseconds: Int64(index) * Arrivals.hour + Arrivals.hour / 2))
            let weekday = local.date.weekday
            let isFree = weekday > 5 || BankHolidays.englandAndWales.contains(local.date)
            var weight = Arrivals.workingDay[local.hour]
            if isFree { weight = local.hour < 8 || local.hour > 22 ? 0.25 : 0.55 }
            if weekday == 1, !isFree, (8...11).contains(local.hour) { weight *= 1.6 }
            let isOff = isFree || local.hour < 8 || local.hour >= 18
            sums.append((sums.last ?? 0) + weight)
            offHours.append(isOff)
            if isOff { offSum += weight }
        }
        self.sums = sums
        self.offHours = offHours
        offHoursShare = offSum / (sums.last ?? 1)
    }

    /// The instant at which the given share of all has arrived; never earlier than for a smaller share asked before.
    /// - Parameter share: 0 up to but not including 1.
    mutating func instant(at share: Double) -> (at: Instant, isOffHours: Bool) {
        let target = share * (sums.last ?? 0)
        while place + 2 < sums.count, sums[place + 1] <= target { place += 1 }
        let width = sums[place + 1] - sums[place]
        let within = min(max((target - sums[place]) / width, 0), 0.999_999)
        let at = start.adding(milliseconds: Int64(place) * Arrivals.hour + Int64(within * Double(Arrivals.hour)))
        return (at, offHours[place])
    }

    static func isNight(_ instant: Instant) -> Bool {
        let hour = LondonTime.civil(of: instant).hour
        return hour >= 22 || hour < 6
    }
}
