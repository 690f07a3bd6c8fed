import CommandLine
import Foundation
import HubConfiguration
import HubRuntime
import Sealing

/// Where the hub's two secrets come from: files that only its user may read. Never the command line.
enum Secrets {
    /// Reads both keys; those of a new data folder are drawn and kept, once, before there is anything to seal.
    /// - Parameter hashSeed: for the demo, whose ids, and with them the order of what happens at one moment, must be the
    ///   same in every run of a seed. What it seals is sealed under keys that nobody can guess all the same.
    /// - Parameter isNew: whether the log is without any event; nil: as the data folder says.
    static func load(
        _ settings: HubSettings, hashSeed: UInt64? = nil, isNew: Bool? = nil
    ) throws(CommandFailure) -> HubSecrets {
        // What lies on brokers may have been begun by another machine, with keys of its own.
        let isNew =
            isNew
            ?? (!settings.kafka.isConfigured
                && !FileManager.default.fileExists(atPath: settings.dataFolder + "/log.sqlite"))
        return HubSecrets(
            masters: MasterKeyring(
                current: MasterKey(
                    try key(at: masterFile(settings), mayMake: settings.masterKeyFile.isEmpty && isNew))),
            hash: try key(
                at: hashFile(settings), mayMake: settings.hashKeyFile.isEmpty && isNew, seed: hashSeed))
    }

    private static func key(
        at path: String, mayMake: Bool, seed: UInt64? = nil
    ) throws(CommandFailure) -> SecretKey {
        if let contents = FileManager.default.contents(atPath: path) {
            let text = String(decoding: contents, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let key = SecretKey(text: text) else {
                throw CommandFailure(
                    .configuration, "the file \(path) holds no key",
                    remedy: "A key is 64 hexadecimal digits: openssl rand -hex 32")
            }
            return key
        }
        guard mayMake else {
            // A new key for an old log would make every sealed part unreadable and every id another one.
            throw CommandFailure(
                .configuration, "the key file \(path) is missing",
                remedy: "Restore it from your backup: without it, what is sealed in this log cannot be opened.")
        }
        var draws: any Draws = SystemDraws()
        if let seed { draws = SeededDraws(seed: seed) }
        let digits = draws.draw(count: 32).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.cannotCreate, "the folder \(folder) cannot be made: \(error.localizedDescription)")
        }
        // Several processes may begin at once: whole or not at all, and the first one's counts for all.
        let draft = path + ".\(getpid())"
        defer { unlink(draft) }
        guard
            FileManager.default.createFile(
                atPath: draft, contents: Data((digits + "\n").utf8), attributes: [.posixPermissions: 0o600]),
            link(draft, path) == 0 || errno == EEXIST
        else { throw CommandFailure(.cannotCreate, "the key file \(path) cannot be written") }
        return try self.key(at: path, mayMake: false)
    }

    /// Gives a new data folder a copy of the keys, so that what is sealed there can be opened by the same people.
    static func copy(of settings: HubSettings, into folder: String) throws(CommandFailure) {
        let keys = folder + "/keys"
        do {
            try FileManager.default.createDirectory(
                atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.copyItem(atPath: masterFile(settings), toPath: keys + "/master.key")
            try FileManager.default.copyItem(atPath: hashFile(settings), toPath: keys + "/hash.key")
        } catch {
            throw CommandFailure(.cannotCreate, "the keys cannot be copied to \(keys): \(error.localizedDescription)")
        }
    }

    private static func masterFile(_ settings: HubSettings) -> String {
        settings.masterKeyFile.isEmpty ? settings.dataFolder + "/keys/master.key" : settings.masterKeyFile
    }

    private static func hashFile(_ settings: HubSettings) -> String {
        settings.hashKeyFile.isEmpty ? settings.dataFolder + "/keys/hash.key" : settings.hashKeyFile
    }
}
