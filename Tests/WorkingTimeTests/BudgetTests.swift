import Testing
import WorkingTime

@Suite struct BudgetTests {
    @Test(arguments: ["4h", "6wh", "1wd", "3d", "90m", "30s", "10000wd"])
    func budgetIsWrittenAsItIsRead(_ text: String) throws {
        #expect(try Budget(parsing: text).description == text)
    }

    @Test(arguments: [
        ("", BudgetError.noNumber), ("h", .noNumber), ("-1h", .noNumber), ("+1h", .noNumber), (" 1h", .noNumber),
        ("٣h", .noNumber), ("1", .unknownUnit), ("1 h", .unknownUnit), ("1H", .unknownUnit), ("1.5h", .unknownUnit),
        ("1w", .unknownUnit), ("1hh", .unknownUnit), ("0h", .zero), ("000wd", .zero),
        ("10001h", .tooLong(max: 10_000, .hours)), ("1000001s", .tooLong(max: 1_000_000, .seconds)),
        ("99999999999999999999999wd", .tooLong(max: 10_000, .workingDays)),
    ])
    func faultyBudgetIsRefusedWithTheReason(_ text: String, _ error: BudgetError) {
        #expect(throws: error) { try Budget(parsing: text) }
    }

    @Test func errorsNameWhatToWrite() {
        #expect(BudgetError.tooLong(max: 10_000, .hours).description == "a budget in h is at most 10000")
        #expect(BudgetError.unknownUnit.description.contains("wd (working days)"))
    }
}
