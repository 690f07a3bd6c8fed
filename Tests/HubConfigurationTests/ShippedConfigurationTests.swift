import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Testing
import WorkingTime

@Suite struct ShippedConfigurationTests {
    static let configuration = try? LoadedConfiguration(ConfigurationSource(folder: nil))

    @Test func itHasNoSettingThatNobodyReads() throws {
        #expect(try UnknownSettings.problems(ConfigurationSource(folder: nil)).isEmpty)
    }

    @Test func itsPoliciesHaveNoProblemsUntilTheirReview() throws {
        let configuration = try #require(Self.configuration)
        let day = try #require(CivilDate(year: 2026, month: 11, day: 23))
        #expect(configuration.policies.map(\.id.text) == ["needs-assessment", "risk-assessment"])
        for policy in configuration.policies {
            #expect(policy.problems(on: day, directory: configuration.directory).isEmpty)
            #expect(!policy.problems(on: policy.reviewOn.adding(days: 1), directory: configuration.directory).isEmpty)
        }
    }

    @Test func itsCalendarsCanBeCountedOn() throws {
        let directory = try #require(Self.configuration).directory
        for calendar in directory.calendars {
            let counted = try calendar.workingCalendar(in: directory)
            #expect(counted.isContinuous == calendar.continuous)
        }
    }

    @Test func theSlicesOfItsAuthoritiesMakeItWholeAgain() throws {
        let directory = try #require(Self.configuration).directory
        var merged = HubDirectory(formatVersion: 1)
        for entry in directory.authorities { merged.merge(directory.slice(for: entry.gss)) }
        #expect(Set(merged.agencies.map(\.id)) == Set(directory.agencies.map(\.id)))
        #expect(Set(merged.teams.map(\.id)) == Set(directory.teams.map(\.id)))
        #expect(Set(merged.desks.map(\.id)) == Set(directory.desks.map(\.id)))
        #expect(Set(merged.authorities.map(\.gss)) == Set(directory.authorities.map(\.gss)))
        #expect(merged.permissions == directory.permissions)
    }

    /// What is adopted goes through JSON; nothing of it may be lost on the way.
    @Test func whatIsWrittenIsReadBack() throws {
        let configuration = try #require(Self.configuration)
        #expect(try Self.again(configuration.directory) == configuration.directory)
        for policy in configuration.policies { #expect(try Self.again(policy) == policy) }
    }

    @Test func whatIsWrongWithTheListOfSharedAddressesIsSaidWithoutAnAddress() throws {
        var directory = try #require(Self.configuration).directory
        let authority = try #require(directory.authorities.first { $0.gss != .hub }?.gss)
        let elsewhere = try #require(AuthorityCode(gss: "E06000001"))
        directory.sharedAddresses = [
            SharedAddress(authority: authority, kind: "hotel", postcode: "RM1 1AA", line: "2 Quay Road"),
            SharedAddress(authority: authority, uprn: "000123456789"),
        ]
        #expect(directory.sharedAddressProblems().isEmpty)
        #expect(try Self.again(directory) == directory)
        directory.sharedAddresses += [
            SharedAddress(authority: elsewhere, postcode: "RM1 1AA"),
            SharedAddress(authority: authority, postcode: "Quince"),
            SharedAddress(authority: authority, uprn: "1234567890123"),
            SharedAddress(authority: authority, line: "Quince House"),
        ]
        let problems = directory.sharedAddressProblems()
        #expect(
            problems == [
                "sharedAddresses 3 (E06000001): there is no such authority of which the hub knows children",
                "sharedAddresses 4 (\(authority)): what stands as its postcode is none",
                "sharedAddresses 5 (\(authority)): what stands as its uprn is none",
                "sharedAddresses 6 (\(authority)): it names neither postcode nor uprn, so no address is ever known by it",
            ])
        #expect(!problems.contains { $0.contains("Quince") || $0.contains("123456") })
    }

    private static func again<Value: JSONCodable>(_ value: Value) throws -> Value {
        var writer = JSONWriter()
        value.write(to: &writer)
        return try Value(json: JSONParser().parse(writer.bytes))
    }
}

@Suite struct SettingsTests {
    @Test func theEnvironmentTakesTheFilesPlace() {
        let settings = HubSettings(dataFolder: "file")
        #expect(settings.overridden(by: [:]).dataFolder == "file")
        #expect(settings.overridden(by: ["FRONTDOOR_DATA_FOLDER": ""]).dataFolder == "file")
        let overridden = settings.overridden(by: [
            "FRONTDOOR_DATA_FOLDER": "env", "FRONTDOOR_TOPIC_PREFIX": "x.", "FRONTDOOR_MASTER_KEY_FILE": "m",
            "FRONTDOOR_HASH_KEY_FILE": "h",
        ])
        #expect(overridden.dataFolder == "env")
        #expect(overridden.topicPrefix == "x.")
        #expect(overridden.masterKeyFile == "m")
        #expect(overridden.hashKeyFile == "h")
    }

    @Test func aPartitionCountHasItsBounds() throws {
        #expect(throws: JSONError.self) {
            _ = try HubSettings(json: JSONParser().parse(Array(#"{"roomPartitions":0}"#.utf8)))
        }
        #expect(try HubSettings(json: JSONParser().parse(Array("{}".utf8))) == HubSettings())
    }

    @Test func theBrokersComeFromTheFileAndTheEnvironmentOverIt() throws {
        let text = #"""
            {"kafka": {"bootstrap": "a:1", "replication": 1, "caFile": "ca", "certificateFile": "c", "keyFile": "k",
             "client": {"socket.keepalive.enable": "true"}}}
            """#
        let settings = try HubSettings(json: JSONParser().parse(Array(text.utf8)))
        #expect(settings.kafka.bootstrap == "a:1")
        #expect(settings.kafka.inSyncMin == 1)
        #expect(settings.kafka.usesTLS)
        #expect(settings.kafka.client == [BrokerSettings.Setting("socket.keepalive.enable", "true")])
        #expect(!HubSettings().kafka.isConfigured)
        #expect(HubSettings().kafka.inSyncMin == 2)
        let overridden = settings.overridden(by: [
            "FRONTDOOR_KAFKA_BOOTSTRAP": "b:2,c:3", "FRONTDOOR_KAFKA_REPLICATION": "3", "FRONTDOOR_KAFKA_CA_FILE": "x",
            "FRONTDOOR_KAFKA_PRINCIPALS": "no such mark", "FRONTDOOR_KAFKA_KEY_FILE": "",
        ])
        #expect(overridden.kafka.bootstrap == "b:2,c:3")
        #expect(overridden.kafka.replication == 3)
        #expect(overridden.kafka.caFile == "x")
        #expect(overridden.kafka.keyFile == "k")
        #expect(overridden.kafka.principals == "User:CN={principal}")
    }

    @Test(arguments: [
        #"{"replication": 0}"#, #"{"principals": "User:CN=all"}"#, #"{"certificateFile": "c"}"#,
        #"{"client": {"ssl.key.password": "hush"}}"#, #"{"client": {"sasl.password": "hush"}}"#,
        #"{"client": {"ssl.key.pem": "hush"}}"#,
    ])
    func settingsOfBrokersThatCannotBeAreRefused(_ text: String) throws {
        let error = try #require(throws: JSONError.self) {
            _ = try BrokerSettings(json: JSONParser().parse(Array(text.utf8)))
        }
        #expect(!error.expected.description.contains("hush"))
    }

    @Test(arguments: [
        ("00:00", 0), ("09:00", 540), ("24:00", 1440), ("24:01", nil), ("9:00", nil), ("09:60", nil), ("0900", nil),
        ("", nil), ("ab:cd", nil),
    ])
    func aTimeOfDayIsReadInMinutes(text: String, minutes: Int?) {
        #expect(ClockTime(text)?.minutes == minutes)
        if minutes != nil { #expect(ClockTime(text)?.description == text) }
    }
}
