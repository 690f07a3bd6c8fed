import Testing

@Suite struct LayerTests {
    private let manifest: Manifest
    private let layers: [String: String]

    init() throws {
        manifest = Manifest(try Tree.text("Package.swift"))
        layers = Dictionary(uniqueKeysWithValues: manifest.targets.map { ($0.name, $0.layer) })
    }

    /// Guards the other tests: a target that they do not find is one that they do not check.
    @Test func everyFolderOfSourcesIsATargetOfItsLayer() {
        var folders: [String: String] = [:]
        for path in Tree.files(under: "Sources") {
            let parts = path.split(separator: "/").map(String.init)
            if parts[1] == "frontdoor" { folders["frontdoor"] = "frontdoor" } else { folders[parts[2]] = parts[1] }
        }
        for (module, layer) in folders.sorted(by: { $0.key < $1.key }) {
            #expect(
                layers[module] == layer,
                "Sources/\(layer)/\(module) is not declared in Package.swift as a target of that layer: add it there")
        }
        #expect(layers.count == manifest.targets.count)
        #expect(layers.count >= 20, "Package.swift is written in a way that this test cannot read")
    }

    @Test func everyDependencyInThePackagePointsTheRightWay() {
        for target in manifest.targets {
            for other in target.dependencies {
                let why = Layers.refusal(target.name, in: target.layer, imports: other, in: layers[other])
                #expect(why == nil, "Package.swift: \(target.name) depends on \(other), but \(why ?? "")")
            }
        }
    }

    @Test func everyImportPointsTheRightWayAndIsDeclared() throws {
        for path in Tree.files(under: "Sources", ending: ".swift") {
            let parts = path.split(separator: "/").map(String.init)
            let (layer, module) = parts[1] == "frontdoor" ? ("frontdoor", "frontdoor") : (parts[1], parts[2])
            let declared = manifest.targets.first { $0.name == module }?.dependencies ?? []
            for other in SwiftText.imports(of: try Tree.text(path)) {
                let why = Layers.refusal(module, in: layer, imports: other, in: layers[other])
                #expect(why == nil, "\(path) imports \(other), but \(why ?? "")")
                #expect(
                    layers[other] == nil || declared.contains(other),
                    "\(path) imports \(other), which Package.swift does not give \(module): add it to its dependencies")
            }
        }
    }

    @Test(arguments: [
        ("Routing", "Participants", "Triage", "Participants"),
        ("Routing", "Participants", "EmbeddedEventLog", "Adapters"),
        ("Routing", "Participants", "Foundation", nil), ("Triage", "Participants", "Glibc", nil),
        ("EmbeddedEventLog", "Adapters", "Intake", "Participants"), ("JSON", "Conversation", "Foundation", nil),
        ("DomainModel", "Domain", "JSON", "Conversation"), ("Projections", "Projections", "HubRuntime", "Runtime"),
        ("HubRuntime", "Runtime", "EmbeddedEventLog", "Adapters"),
        ("InvariantChecker", "Tools", "Room", "Conversation"),
        ("InvariantChecker", "Tools", "CloudEvents", "Conversation"),
        ("InvariantChecker", "Tools", "Projections", "Projections"), ("CommandLine", "Tools", "DomainModel", "Domain"),
        ("Room", "Conversation", "Triage", "Participants"), ("Room", "Conversation", "NIOCore", nil),
        ("frontdoor", "frontdoor", "ArgumentParser", nil), ("EmbeddedEventLog", "Adapters", "ShippedFiles", "Adapters"),
    ])
    func anArrowThatPointsTheWrongWayIsRefused(module: String, layer: String, other: String, otherLayer: String?) {
        #expect(Layers.refusal(module, in: layer, imports: other, in: otherLayer) != nil)
    }

    @Test(arguments: [
        ("Routing", "Participants", "Room", "Conversation"), ("Deadlines", "Participants", "WorkingTime", "Domain"),
        ("HubRuntime", "Runtime", "Intake", "Participants"), ("JSON", "Conversation", "CSimdJSON", "Libraries"),
        ("ConfigurationFiles", "Adapters", "Foundation", nil),
        ("EmbeddedEventLog", "Adapters", "EventLog", "Conversation"),
        ("ConfigurationFiles", "Adapters", "ShippedFiles", "Adapters"), ("CommandLine", "Tools", "Glibc", nil),
        ("InvariantChecker", "Tools", "EventLog", "Conversation"), ("frontdoor", "frontdoor", "Intake", "Participants"),
    ])
    func anArrowThatPointsTheRightWayIsNot(module: String, layer: String, other: String, otherLayer: String?) {
        #expect(Layers.refusal(module, in: layer, imports: other, in: otherLayer) == nil)
    }

    @Test func thePackageIsReadAsItIsWritten() {
        let text = """
            func room(_ name: String, in layer: String) -> Target { .target(name: name, path: "Sources/\\(layer)/\\(name)") }
            let speech: [Target.Dependency] = ["Room", "JSON"]
            let a: [Target] = [ .target(name: "C", path: "Sources/Libraries/C"),
                room("Intake", in: "Participants", speech + [
                    "Sealing"]), room("Solo", in: "Domain") ]
            .executableTarget(name: "frontdoor", dependencies: ["Intake", "C"], path: "Sources/frontdoor")
            """
        #expect(
            Manifest(text).targets == [
                .init(name: "Intake", layer: "Participants", dependencies: ["Room", "JSON", "Sealing"]),
                .init(name: "Solo", layer: "Domain", dependencies: []),
                .init(name: "C", layer: "Libraries", dependencies: []),
                .init(name: "frontdoor", layer: "frontdoor", dependencies: ["Intake", "C"]),
            ])
    }
}
