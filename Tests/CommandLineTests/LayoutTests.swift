import CommandLine
import Testing

@Suite struct TableTests {
    private func table() -> Table {
        var table = Table([.text("team"), .number("waiting"), .longText("note")])
        table.add(["Family Help", "7", "all is well and nobody waits for long"])
        table.add(["MASH", "1,234", ""])
        return table
    }

    @Test func textsStandLeftAndNumbersRight() {
        #expect(
            table().rendered() == """
                team         waiting  note
                ───────────  ───────  ─────────────────────────────────────
                Family Help        7  all is well and nobody waits for long
                MASH           1,234

                """)
    }

    @Test func onlyTheFlexibleColumnIsCutToTheTerminal() {
        let lines = table().rendered(width: 40).split(separator: "\n")
        #expect(lines[2] == "Family Help        7  all is well and n…")
        #expect(lines.allSatisfy { $0.count <= 40 })
    }

    @Test func nothingIsCutOrColouredWhereAScriptReads() {
        let recorder = Recorder()
        recorder.terminal(isTerminal: false, columns: 30).print(table())
        #expect(recorder.output == table().rendered())
        #expect(!recorder.output.contains("\u{1B}"))
    }

    @Test func theTitlesAreBoldOnATerminalUnlessColourIsRefused() {
        let recorder = Recorder()
        recorder.terminal(isTerminal: true).print(table())
        #expect(recorder.output.hasPrefix("\u{1B}[1m"))
        let plain = Recorder()
        plain.terminal(isTerminal: true, isColourWanted: false).print(table())
        #expect(!plain.output.contains("\u{1B}"))
    }

    @Test func combiningMarksTakeNoColumn() {
        var table = Table([.text("name"), .text("x")])
        table.add(["Zoe\u{308}", "1"])
        table.add(["Zoey", "2"])
        #expect(table.rendered().split(separator: "\n").suffix(2) == ["Zoe\u{308}   1", "Zoey  2"])
    }

    @Test func aCellCannotForgeALineOrSteerTheTerminal() {
        var table = Table([.text("x")])
        table.add(["a\nb\u{1B}[2Jc\r"])
        #expect(table.rendered().split(separator: "\n").last == "a b [2Jc")
    }

    @Test func missingCellsAreEmpty() {
        var table = Table([.text("a"), .text("b")])
        table.add(["1"])
        #expect(table.rendered() == "a  b\n─  ─\n1\n")
    }
}

@Suite struct ProgressTests {
    @Test func aBarIsDrawnOnATerminalAndRemoved() {
        let recorder = Recorder()
        var progress = Progress("Playing", total: 4, unit: "contacts", terminal: recorder.terminal(isTerminal: true))
        progress.update(1)
        #expect(recorder.errors == "\rPlaying ███████░░░░░░░░░░░░░░░░░░░░░ 1 of 4 contacts, 25 %\u{1B}[K")
        progress.finish()
        #expect(recorder.errors.hasSuffix("\r\u{1B}[K"))
        #expect(recorder.output.isEmpty)
    }

    @Test func theBarIsNotRedrawnForEveryRecord() {
        let recorder = Recorder()
        var progress = Progress("Playing", total: 1000, unit: "contacts", terminal: recorder.terminal(isTerminal: true))
        for done in 1...1000 { progress.update(done) }
        #expect(recorder.errors.split(separator: "\r").count == 1)
    }

    @Test func withoutATerminalThereIsAPlainLineEveryFiveSecondsAtMost() {
        let recorder = Recorder()
        var progress = Progress("Playing", total: 100, unit: "contacts", terminal: recorder.terminal(isTerminal: false))
        for second in 1...12 {
            recorder.advance(by: .seconds(1))
            progress.update(second)
        }
        progress.finish()
        #expect(recorder.errors == "Playing: 5 of 100 contacts, 5 %\nPlaying: 10 of 100 contacts, 10 %\n")
    }

    @Test func nothingToDoIsNoDivisionByNought() {
        let recorder = Recorder()
        var progress = Progress("Playing", total: 0, unit: "contacts", terminal: recorder.terminal(isTerminal: true))
        progress.update(0)
        progress.update(5)
        #expect(recorder.errors.contains("0 of 1"))
    }
}

@Suite struct WordsTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func countsAreGroupedByThousands(number: Int, text: String) { #expect(Words.count(number) == text) }

    @Test(arguments: [
        (Duration.zero, "0 seconds"), (.microseconds(1), "under 1 millisecond"), (.milliseconds(1), "1 millisecond"),
        (.milliseconds(450), "450 milliseconds"), (.seconds(1), "1 second"), (.milliseconds(1440), "1.4 seconds"),
        (.milliseconds(9960), "10 seconds"), (.seconds(61), "1 minute 1 second"), (.seconds(120), "2 minutes"),
        (.seconds(3605), "1 hour"), (.seconds(86_400 * 2 + 3 * 3600 + 59), "2 days 3 hours"),
        (.seconds(-90), "minus 1 minute 30 seconds"),
    ])
    func durationsHaveTheirTwoLargestUnits(duration: Duration, text: String) {
        #expect(Words.duration(duration) == text)
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (1449, "1.4 kB"), (290_400_000, "290 MB"),
        (999_999, "1.0 MB"), (12_000_000_000, "12 GB"),
    ])
    func bytesAreInDecimalUnits(number: Int, text: String) { #expect(Words.bytes(number) == text) }

    @Test func aShareOfNothingIsADash() {
        #expect(Words.share(3, of: 4) == "75 %")
        #expect(Words.share(0, of: 0) == "–")
    }
}
