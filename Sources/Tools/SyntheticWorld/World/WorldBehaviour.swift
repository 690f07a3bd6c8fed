/// How agencies, teams and desks behave, as shares of 1 and as times. A measurement may set what it wants to see.
public struct WorldBehaviour: Hashable, Sendable {
    /// Requests that nobody answers unless they are reminded.
    public var returnsForgotten = 0.06
    /// Of those forgotten, answered after a reminder.
    public var returnsAfterReminder = 0.6
    public var returnsDeclined = 0.025
    public var returnsUnidentified = 0.03
    public var returnsNil = 0.32
    public var returnsPartial = 0.15
    /// Returns whose findings raise the risk.
    public var returnsRaisingRisk = 0.03
    public var returnsCorrected = 0.015
    public var returnsWithdrawn = 0.003
    /// Heartbeats that do not come; two in a row are an alert.
    public var heartbeatsMissed = 0.05

    /// Proposals that a team does not accept but returns, redirects or closes.
    public var proposalsNotAccepted = 0.1
    /// Accepted cases that are closed within the run.
    public var casesClosed = 0.35
    public var casesSteppedUp = 0.02
    public var casesSteppedDown = 0.05
    /// Reviews of who a child is that find the first candidate right.
    public var reviewsConfirmed = 0.75
    /// Of those, found wrong later the same day and undone.
    public var linksUndone = 0.15
    public var declinesChallenged = 0.45
    /// Decisions taken on what was read when the entry came, not on what is newest.
    public var decisionsOnOldNews = 0.1

    /// Alerts about danger that are answered only after they have escalated.
    public var dangersAnsweredLate = 0.04
    /// Other alerts that wait till they escalate.
    public var alertsIgnoredAtFirst = 0.2
    /// Answers that promise something till a later time.
    public var alertsPromised = 0.15

    /// After the last contact: days in which people still act, so that a run comes to rest.
    public var tailDays = 5

    public init() {}
}
