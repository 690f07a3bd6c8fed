import ConfigurationFiles
import Foundation
import ShippedFiles
import Testing

@Suite struct ConfigurationSourceTests {
    /// A folder of its own for one test, removed after it.
    private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("configuration-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            let url = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try body(folder.path)
    }

    private func problem(_ body: () throws -> Void) -> ConfigurationProblem? {
        do {
            try body()
            return nil
        } catch { return error as? ConfigurationProblem }
    }

    @Test func withoutAFolderEveryShippedFileIsReadable() throws {
        let source = ConfigurationSource(folder: nil)
        #expect(try source.policyNames() == ["policies/needs-assessment.yaml", "policies/risk-assessment.yaml"])
        #expect(try source.policies().count == 2)
        for name in try source.names() { _ = try source.document(name) }
        #expect(try source.hub().file == "deploy/hub.yaml (shipped)")
    }

    @Test func theShippedFilesAreSortedAndFoundByPath() {
        #expect(ShippedFiles.all.map(\.path) == ShippedFiles.all.map(\.path).sorted())
        #expect(ShippedFiles.bytes(at: "topics/audiences.yaml")?.isEmpty == false)
        #expect(ShippedFiles.bytes(at: "topics/nothing.yaml") == nil)
    }

    @Test func aFolderTakesThePlaceOfTheShippedHubAndPolicies() throws {
        let files = ["hub.yaml": "a: 1", "policies/mine.yaml": "b: 2", "policies/.draft.yaml": "x"]
        try withFolder(files) { (folder: String) throws in
            let source = ConfigurationSource(folder: folder)
            #expect(try source.hub().json == Array(#"{"a":1}"#.utf8))
            #expect(try source.hub().file == "\(folder)/hub.yaml")
            #expect(try source.policyNames() == ["policies/mine.yaml"])
        }
    }

    @Test func topicsMayBeGivenOrLeftOut() throws {
        try withFolder(["hub.yaml": "a: 1", "topics/catalogue.yaml": "mine: 1"]) { (folder: String) throws in
            let source = ConfigurationSource(folder: folder)
            #expect(try source.document("topics/catalogue.yaml").json == Array(#"{"mine":1}"#.utf8))
            #expect(try source.document("topics/audiences.yaml").file == "topics/audiences.yaml (shipped)")
        }
    }

    @Test func aMissingHubIsNotReplacedByTheShippedOne() throws {
        try withFolder(["policies/mine.yaml": "b: 2"]) { (folder: String) throws in
            let found = problem { _ = try ConfigurationSource(folder: folder).hub() }
            #expect(found?.file == "\(folder)/hub.yaml")
            #expect(found?.remedy.contains("hub.yaml") == true)
        }
    }

    @Test func missingPoliciesAreNamed() throws {
        try withFolder(["hub.yaml": "a: 1"]) { (folder: String) throws in
            let source = ConfigurationSource(folder: folder)
            #expect(problem { _ = try source.policies() }?.file == "\(folder)/policies")
        }
        try withFolder(["hub.yaml": "a: 1", "policies/README": ""]) { (folder: String) throws in
            let source = ConfigurationSource(folder: folder)
            #expect(problem { _ = try source.policies() }?.message.contains("no policy") == true)
        }
    }

    @Test func aPolicyThatWouldBeOverlookedIsNamed() throws {
        try withFolder(["policies/a.yaml": "a: 1", "policies/b.yml": "b: 1"]) { (folder: String) throws in
            let found = problem { _ = try ConfigurationSource(folder: folder).policyNames() }
            #expect(found?.file.hasSuffix("b.yml") == true)
        }
    }

    @Test func aFolderOrADeviceInPlaceOfAFileIsRefused() throws {
        try withFolder(["hub.yaml/inner": ""]) { (folder: String) throws in
            #expect(problem { _ = try ConfigurationSource(folder: folder).hub() }?.message == "this is not a file")
        }
        try withFolder(["policies/a.yaml": ""]) { (folder: String) throws in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/hub.yaml", withDestinationPath: "/dev/zero")
            #expect(problem { _ = try ConfigurationSource(folder: folder).hub() }?.message == "this is not a file")
        }
    }

    @Test func aFileThatIsTooLargeIsRefusedUnread() throws {
        let text = String(repeating: "#", count: YAMLDocument.bytesMax + 1)
        try withFolder(["hub.yaml": text]) { (folder: String) throws in
            let found = problem { _ = try ConfigurationSource(folder: folder).hub() }
            #expect(found?.message.contains("larger") == true)
        }
    }
}
