import DomainModel
import WorkingTime

/// A re-referral: a referral of the same child, after the case was closed, within twelve months of the previous
/// referral's date (DfE, children in need census). Dates are London's, of receipt.
///
/// The day itself counts: a referral of 10 March 2026 makes one of 10 March 2027 a re-referral, and one of 11 March
/// none. Twelve months after 29 February is 28 February.
enum Rereferral {
    static func isOne(received: Instant, after previous: Instant) -> Bool {
        let day = LondonTime.civil(of: received).date
        let before = LondonTime.civil(of: previous).date
        return day >= before && day <= lastDay(after: before)
    }

    static func lastDay(after date: CivilDate) -> CivilDate {
        let months = date.year * 12 + date.month - 1 + Limits.rereferralMonths
        let (year, month) = (months / 12, months % 12 + 1)
        let day = min(date.day, CivilDate.days(inMonth: month, of: year))
        // Nil only beyond the year 9999, where nothing is referred again.
        return CivilDate(year: year, month: month, day: day) ?? date
    }
}
