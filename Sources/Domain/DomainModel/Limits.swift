/// Every limit of the hub in one place, each with its unit and its reason. What is over a limit is refused or put before
/// a person, with a clear reason; nothing is cut silently.
public enum Limits {
    // Input.
    /// A message from outside, bytes of its value: the `max.message.bytes` of ingress topics, room for a long narrative.
    public static let ingressBytesMax = 4 << 20
    /// An event of the room, bytes of its value: what every reader must be able to hold many of.
    public static let eventBytesMax = 256 << 10
    /// A dead letter's original, bytes; a larger one is kept as hash, length and position.
    public static let deadLetterOriginalBytesMax = 3 << 20
    /// A referral's children: the largest sibling groups known, with room.
    public static let childrenPerReferralMax = 20
    public static let adultsPerReferralMax = 20
    public static let concernsPerReferralMax = 200
    /// An id chosen by a sender, bytes.
    public static let senderIdBytesMax = 256
    /// Recipients that must not be told, per referral or person.
    public static let withholdMax = 50
    public static let casesPerDecisionMax = 20

    // Batches.
    /// Ingress records taken into one commit: about 20 events each, so that a commit stays under a few megabytes.
    public static let batchRecordsMax = 500
    public static let batchBytesMax = 8 << 20
    /// Records that one service takes into one commit on brokers: a commit there costs some 40 ms under load whatever it
    /// holds, and must end well before its transaction's time is up.
    public static let serviceBatchRecordsMax = 4_000
    /// How long an idle poll waits, milliseconds: the bound on how late a stop is noticed.
    public static let pollWaitMilliseconds: Int64 = 200
    /// A stop finishes its commit within this, milliseconds; then the process exits all the same.
    public static let stopMillisecondsMax: Int64 = 10_000
    /// No progress of a step for so long, milliseconds: the watchdog ends the process, and the supervisor restarts it.
    public static let watchdogMilliseconds: Int64 = 60_000
    /// A commit to brokers that takes longer makes the next steps smaller: a fifth of what they leave a transaction open.
    public static let slowCommitMilliseconds: Int64 = 3_000
    /// A record on which a participant trapped so often is set aside as undecidable.
    public static let attemptsMax = 3
    /// Where what ended the process is looked for, each start takes the input in chunks so many times smaller.
    public static let careParts = 20
    /// Records that are taken one by one between two polls: some seconds on busy brokers.
    public static let aloneRecordsMax = 20

    // Waiting.
    /// How long what came early is held for what it refers to, milliseconds: two days, then a person takes it.
    public static let earlyHeldMilliseconds: Int64 = 2 * 86_400_000
    /// A promise of the desk ("chased, by 15:30") re-arms at most so far ahead, milliseconds: a day.
    public static let promiseMillisecondsMax: Int64 = 86_400_000
    /// A chain of persons or cases that a named person merged is followed so far; nobody merges one child so often.
    public static let redirectsMax = 64
    /// Expected dates of one pregnancy differ by so much at most, days: a scan corrects what was reckoned.
    public static let expectedDateDaysMax = 21
    /// Below this two expected dates of one mother may still be one pregnancy, and a birth may be the one expected, days.
    public static let pregnancyDaysMin = 140
    /// A re-referral is one within twelve months of the previous referral's date; that day counts.
    public static let rereferralMonths = 12

    // Matching.
    /// From how many people on a key of the index is common: it is narrowed by other common keys, and read whole only
    /// where none of them leaves anybody. What keeps a decision among a million people under a millisecond.
    public static let matchBlockPeopleMax = 100
    /// Whom a named person is shown for one child, best first: more is no help.
    public static let matchCandidatesMax = 20
}
