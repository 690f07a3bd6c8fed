import PersonMatching
import Testing

@Suite struct ModelTests {
    @Test func theShippedModelIsNamedAfterWhatItSays() {
        let model = MatchModel.shipped
        #expect(model.version == "households-\(model.fingerprint)")
        var other = model
        other[.sex, .differs].unrelated += 1
        #expect(other.fingerprint != model.fingerprint)
        other = model
        other.policy.margin += 1
        #expect(other.fingerprint != model.fingerprint)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let text = MatchModel.shipped.text { field, level in "of \(field) \(level)" }
        #expect(try MatchModel(text: text) == MatchModel.shipped)
        #expect(try MatchModel(text: "# a remark\n\n" + text) == MatchModel.shipped)
    }

    @Test func aFileThatLacksOrRepeatsAWeightIsRefused() {
        let lines = MatchModel.shipped.text().split(separator: "\n")
        for left in lines.indices {
            var fewer = lines
            fewer.remove(at: left)
            #expect(throws: MatchModel.Fault.self) { try MatchModel(text: fewer.joined(separator: "\n")) }
        }
        let twice = (lines + lines.suffix(1)).joined(separator: "\n")
        #expect(throws: MatchModel.Fault.self) { try MatchModel(text: twice) }
        #expect(throws: MatchModel.Fault.self) { try MatchModel(text: "version: x\nlink-score: many") }
    }

    @Test func aNearerLevelNeverWeighsLess() {
        let model = MatchModel.shipped
        func falls(_ field: Comparison.Field, _ levels: [Comparison.Level]) {
            for (one, next) in zip(levels, levels.dropFirst()) {
                #expect(model[field, one].unrelated >= model[field, next].unrelated)
            }
        }
        falls(.givenName, [.equal, .oneEdit, .bothNames, .alike, .differs])
        falls(.familyName, [.equal, .oneEdit, .alike, .differs])
        falls(.birthDate, [.equal, .dayMonthSwapped, .oneEdit, .differs])
        falls(.address, [.equal, .postcode, .shared, .differs])
        falls(.parent, [.equal, .alike, .differs])
    }

    @Test func logarithmsAreExactToAThousandth() {
        for power in 0..<63 { #expect(MilliBits.log2(1 << UInt64(power)) == power * 1000) }
        #expect(abs(MilliBits.log2(3) - 1585) <= 1)
        #expect(abs(MilliBits.log2(1_000_000) - 19_932) <= 1)
        #expect(MilliBits.log2(0) == 0)
    }
}
