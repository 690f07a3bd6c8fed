/// The files of `topics/` and `deploy/` as they were when the binary was built.
///
/// They are compiled in so that the one binary runs from any folder, with nothing installed beside it. A folder given
/// with `--config` takes their place file by file.
public enum ShippedFiles {
    /// Every shipped file by its path in the repository (`topics/audiences.yaml`, `deploy/hub.yaml`), sorted by path.
    public static let all: [(path: String, bytes: [UInt8])] = [
        ("deploy/hub.yaml", PackageResources.hub_yaml),
        ("deploy/policies/needs-assessment.yaml", PackageResources.needs_assessment_yaml),
        ("deploy/policies/risk-assessment.yaml", PackageResources.risk_assessment_yaml),
        ("topics/audiences.yaml", PackageResources.audiences_yaml),
        ("topics/catalogue.yaml", PackageResources.catalogue_yaml),
    ]

    /// The bytes of one shipped file, or nil where none of that path is shipped.
    public static func bytes(at path: String) -> [UInt8]? {
        all.first { $0.path == path }?.bytes
    }
}
