// swift-tools-version: 6.2
import PackageDescription

// A folder under Sources/ is a layer, a module a room in it. Arrows point one way only
// (Documentation.docc/Architecture.md); Tests/TidyTests reads this file and fails when one does not.

/// Strict everywhere: a warning is an error, existentials are spelled out, imports are what they seem.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // Generic code is compiled for its types in the modules that use it: a tenth of the hub's time.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

func room(_ name: String, in layer: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, path: "Tests/\(name)Tests",
        swiftSettings: strict)
}

let libraries: [Target] = [
    .systemLibrary(
        name: "CSQLite", path: "Sources/Libraries/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
        name: "COpenSSL", path: "Sources/Libraries/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CRDKafka", path: "Sources/Libraries/CRDKafka", pkgConfig: "rdkafka",
        providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(
        name: "CTLS", path: "Sources/Libraries/CTLS", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CYAML", path: "Sources/Libraries/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
        name: "CCurl", path: "Sources/Libraries/CCurl", pkgConfig: "libcurl",
        providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
        name: "CMicroHTTPD", path: "Sources/Libraries/CMicroHTTPD", pkgConfig: "libmicrohttpd",
        providers: [.apt(["libmicrohttpd-dev"])]),
    .target(
        name: "CSimdJSON", path: "Sources/Libraries/CSimdJSON",
        linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
]

let domain: [Target] = [
    room("DomainModel", in: "Domain"),
    room("WorkingTime", in: "Domain", ["DomainModel"]),
    // The model is compiled into the module that decides by it. Resources/ holds a relative link to it.
    .target(
        name: "PersonMatching", dependencies: ["DomainModel"], path: "Sources/Domain/PersonMatching",
        resources: [.embedInCode("Resources/deploy/matching/model.yaml")], swiftSettings: strict),
]

let conversation: [Target] = [
    room("EventLog", in: "Conversation", ["DomainModel"]),
    room("EventLogConformance", in: "Conversation", ["EventLog", "DomainModel"]),
    room("JSON", in: "Conversation", ["CSimdJSON"]),
    room("Sealing", in: "Conversation", ["COpenSSL", "DomainModel"]),
    room("DomainJSON", in: "Conversation", ["DomainModel", "JSON"]),
    room("CloudEvents", in: "Conversation", ["DomainModel", "EventLog", "JSON"]),
    room("HubConfiguration", in: "Conversation", ["DomainModel", "DomainJSON", "WorkingTime", "JSON"]),
    room(
        "Room", in: "Conversation",
        [
            "DomainModel", "DomainJSON", "JSON", "CloudEvents", "HubConfiguration", "Sealing", "EventLog",
        ]),
    room("Provisioning", in: "Conversation", ["DomainModel", "HubConfiguration", "Room"]),
]

let speech: [Target.Dependency] = [
    "DomainModel", "DomainJSON", "JSON", "CloudEvents", "HubConfiguration", "Room", "Sealing",
]

let participants: [Target] = [
    room("Intake", in: "Participants", speech),
    room("Deduplication", in: "Participants", speech + ["PersonMatching", "WorkingTime"]),
    room("Triage", in: "Participants", speech),
    room("Routing", in: "Participants", speech),
    room("Deadlines", in: "Participants", speech + ["WorkingTime"]),
]

let projections: [Target] = [room("Projections", in: "Projections", speech)]

let runtime: [Target] = [
    room("HubRuntime", in: "Runtime", speech + ["EventLog"])
]

let adapters: [Target] = [
    room("EmbeddedEventLog", in: "Adapters", ["EventLog", "DomainModel", "CSQLite"]),
    room("Kafka", in: "Adapters", ["CRDKafka", "CTLS", "EventLog", "DomainModel", "JSON"]),
    room("KafkaEventLog", in: "Adapters", ["Kafka", "EventLog"]),
    room(
        "ConfigurationFiles", in: "Adapters",
        ["Room", "CYAML", "JSON", "HubConfiguration", "DomainModel", "ShippedFiles"]),
    room(
        "Delivery", in: "Adapters",
        [
            "DomainModel", "DomainJSON", "WorkingTime", "EventLog", "JSON", "Sealing", "HubConfiguration", "Room",
            "CCurl",
        ]),
    // How the process is, over HTTP: what is asked and answered is handed in.
    room("OperationsDoor", in: "Adapters", ["CMicroHTTPD"]),
    // The shipped topics/ and deploy/ files, compiled in, so that the one binary runs from any folder.
    // Resources/ holds relative links to them: a target may not reach outside its own folder.
    .target(
        name: "ShippedFiles", path: "Sources/Adapters/ShippedFiles",
        resources: [
            .embedInCode("Resources/topics/catalogue.yaml"),
            .embedInCode("Resources/topics/audiences.yaml"),
            .embedInCode("Resources/deploy/hub.yaml"),
            .embedInCode("Resources/deploy/policies/risk-assessment.yaml"),
            .embedInCode("Resources/deploy/policies/needs-assessment.yaml"),
        ],
        swiftSettings: strict),
]

let tools: [Target] = [
    room("CommandLine", in: "Tools", []),
    // Learns the weights of matching and measures it. Nothing that decides imports it.
    room("MatchEvaluation", in: "Tools", ["DomainModel", "PersonMatching"]),
    room("SyntheticWorld", in: "Tools", ["DomainModel", "JSON", "HubConfiguration", "EventLog", "WorkingTime"]),
    // The judge of the demo: reads the log alone and shares no code with participants or projections.
    room("InvariantChecker", in: "Tools", ["EventLog", "DomainModel"]),
    // The whole hub over a simulated Kafka, under faults from a seed.
    room(
        "Simulator", in: "Tools",
        [
            "EventLog", "DomainModel", "JSON", "HubConfiguration", "Room", "Sealing", "HubRuntime", "SyntheticWorld",
            "InvariantChecker",
        ]),
]

let command: [Target] = [
    .executableTarget(
        name: "frontdoor",
        dependencies: [
            "DomainModel", "DomainJSON", "WorkingTime", "PersonMatching", "EventLog", "JSON", "Sealing", "CloudEvents",
            "HubConfiguration", "Room", "Intake", "Deduplication", "Triage", "Routing", "Deadlines", "Projections",
            "HubRuntime", "EmbeddedEventLog", "ConfigurationFiles", "ShippedFiles", "CommandLine", "SyntheticWorld",
            "InvariantChecker", "Simulator", "Delivery", "CSQLite", "Kafka", "KafkaEventLog", "Provisioning",
            "MatchEvaluation", "OperationsDoor",
        ],
        path: "Sources/frontdoor",
        swiftSettings: strict)
]

let suites: [Target] = [
    tests("DomainModel"),
    tests("WorkingTime", ["DomainModel"]),
    tests("PersonMatching", ["DomainModel"]),
    tests("MatchEvaluation", speech + ["PersonMatching", "Deduplication"]),
    tests("JSON"),
    tests("Sealing", ["DomainModel"]),
    tests("CloudEvents", ["DomainModel", "EventLog", "JSON"]),
    tests("HubConfiguration", ["DomainModel", "JSON", "ConfigurationFiles", "ShippedFiles", "WorkingTime"]),
    tests("Room", ["DomainModel", "JSON", "CloudEvents", "HubConfiguration", "Sealing", "EventLog"]),
    tests(
        "Provisioning", ["DomainModel", "HubConfiguration", "Room", "JSON", "ConfigurationFiles", "ShippedFiles"]),
    tests("EventLog", ["EventLogConformance", "DomainModel"]),
    tests("EmbeddedEventLog", ["EventLog", "EventLogConformance", "DomainModel", "CSQLite"]),
    tests("Kafka", ["CRDKafka", "EventLog", "DomainModel", "JSON"]),
    tests("KafkaEventLog", ["Kafka", "EventLog", "EventLogConformance", "DomainModel"]),
    tests("ConfigurationFiles", ["DomainModel", "JSON", "HubConfiguration", "ShippedFiles"]),
    tests("Intake", speech + ["ConfigurationFiles", "ShippedFiles"]),
    tests("Deduplication", speech + ["PersonMatching", "ConfigurationFiles", "ShippedFiles"]),
    tests("Triage", speech + ["ConfigurationFiles", "ShippedFiles"]),
    tests("Routing", speech + ["ConfigurationFiles", "ShippedFiles"]),
    tests("Deadlines", speech + ["WorkingTime", "ConfigurationFiles", "ShippedFiles"]),
    tests("Projections", speech),
    tests("Delivery", speech + ["EventLog", "ConfigurationFiles", "ShippedFiles"]),
    tests(
        "HubRuntime",
        speech + [
            "EventLog", "EmbeddedEventLog", "Intake", "Deduplication", "Triage", "Routing", "Deadlines",
            "ConfigurationFiles", "ShippedFiles", "SyntheticWorld", "InvariantChecker", "WorkingTime",
        ]),
    tests("OperationsDoor"),
    tests("CommandLine"),
    tests(
        "SyntheticWorld", ["DomainModel", "JSON", "HubConfiguration", "EventLog", "ConfigurationFiles", "ShippedFiles"]),
    tests("InvariantChecker", ["EventLog", "DomainModel"]),
    tests(
        "Simulator",
        speech + [
            "EventLog", "EventLogConformance", "HubRuntime", "Intake", "Deduplication", "Triage", "Routing",
            "Deadlines", "ConfigurationFiles", "ShippedFiles",
        ]),
    // Of no module but of topics/: the contract, held against the codecs.
    .testTarget(
        name: "TopicsTests", dependencies: speech + ["EventLog", "Intake", "ConfigurationFiles"],
        path: "Tests/TopicsTests", swiftSettings: strict),
    .testTarget(name: "TidyTests", path: "Tests/TidyTests", swiftSettings: strict),
]

let package = Package(
    name: "frontdoor",
    products: [.executable(name: "frontdoor", targets: ["frontdoor"])],
    targets: libraries + domain + conversation + participants + projections + runtime + adapters + tools + command
        + suites,
    cxxLanguageStandard: .cxx17
)
