/// What this module refuses to go beyond; each with its unit and its reason.
public enum WorkingTimeLimits {
    /// Days. A calendar that has no opening for longer than a year and a month is a mistake in the configuration, and a
    /// search that went on would hold up its whole partition.
    public static let closedDaysMax = 400

    /// Of the unit. Forty years of working days; more is a slip of the keyboard.
    public static let budgetMax = 10_000

    /// Of minutes or seconds: about eleven days of seconds.
    public static let shortBudgetMax = 1_000_000

    /// Milliseconds since 1970. Due times are worked out for starts from 1970 to 9799, so that no budget can run past
    /// the last year that RFC 3339 can write.
    package static let startMilliseconds: ClosedRange<Int64> = 0...247_091_212_800_000

    /// Runs in one working (openings counted, days closed). Above it they are summed up, so that a person reads
    /// a sentence and not a diary.
    public static let workingRunsMax = 8
}
