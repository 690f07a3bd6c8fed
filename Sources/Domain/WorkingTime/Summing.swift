internal import DomainModel

extension WorkingTime {
    /// Short workings stay as they are. In long ones the first and last openings stay, those between become one step;
    /// weekends are counted up, and the first few other closures named: a bank holiday is what people look for.
    static func summed(_ runs: [WorkingStep]) -> [WorkingStep] {
        guard runs.count > WorkingTimeLimits.workingRunsMax else { return runs }
        var counted: [WorkingStep] = []
        var others: [WorkingStep] = []
        var regularDays = 0
        var besides = 0
        for run in runs {
            switch run {
            case .counted: counted.append(run)
            case .closed(let first, let last, let reason):
                let days = last.daysSinceEpoch - first.daysSinceEpoch + 1
                if reason == .regular {
                    regularDays += days
                } else if others.count < WorkingTimeLimits.workingRunsMax {
                    others.append(run)
                } else {
                    besides += days
                }
            default: others.append(run)
            }
        }
        var steps: [WorkingStep] = []
        if let first = counted.first { steps.append(first) }
        if let between = total(of: counted.dropFirst().dropLast()) { steps.append(between) }
        if regularDays > 0 { steps.append(.closedRegularly(days: regularDays)) }
        steps += others
        if besides > 0 { steps.append(.closedBesides(days: besides)) }
        if counted.count > 1, let last = counted.last { steps.append(last) }
        return steps
    }

    private static func total(of runs: ArraySlice<WorkingStep>) -> WorkingStep? {
        var length: Int64 = 0
        var first: Instant?
        var last: Instant?
        for case .counted(let milliseconds, let from, _, _) in runs {
            length += milliseconds
            if first == nil { first = from }
            last = from
        }
        guard let first, let last else { return nil }
        return .countedOpenings(
            count: runs.count, milliseconds: length, first: LondonTime.civil(of: first).date,
            last: LondonTime.civil(of: last).date)
    }
}
