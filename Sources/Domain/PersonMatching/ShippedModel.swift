extension MatchModel {
    /// The model of this release, compiled in: a replay of a room with the same binary decides the same, whatever lies in
    /// the folders around it.
    public static let shipped: MatchModel = {
        do throws(Fault) {
            return try MatchModel(text: String(decoding: PackageResources.model_yaml, as: UTF8.self))
        } catch {
            preconditionFailure("deploy/matching/model.yaml, line \(error.line): \(error.what)")
        }
    }()
}
