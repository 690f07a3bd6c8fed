internal import DomainModel

/// Tells master keys apart without telling anything of them: 64 bits of a keyed hash that the key makes of itself.
public struct MasterKeyID: Hashable, Sendable, CustomStringConvertible {
    let bits: UInt64

    /// Sixteen hexadecimal digits.
    public var description: String { withUnsafeBytes(of: bits.bigEndian) { Hex.text(of: $0) } }
}

/// A key from configuration that wraps the keys of parts.
///
/// The secret itself encrypts nothing: by HMAC it gives the key that wraps and, apart, the id, so that the id, which is
/// stored in the open, is no trace of the key.
public struct MasterKey: Sendable {
    public let id: MasterKeyID
    let wrapping: PartKey

    public init(_ secret: SecretKey) {
        let keyed = KeyedHash(secret)
        var bytes = keyed.derivation("master key").digest().bytes
        defer { wipe(&bytes) }
        id = MasterKeyID(bits: UInt64(keyed.derivation("master key id").digest().leadingBits >> 64))
        guard let key = PartKey(bytes: bytes) else { preconditionFailure("a digest has 32 bytes") }
        wrapping = key
    }
}

extension MasterKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "(master key \(id))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The master keys that the hub knows: it wraps under the current one and unwraps under any, so that a master key can be
/// replaced while what lies in the log and its tables stays readable.
///
/// Layout of a wrapped key: version (1 byte, now 1) | id of the master key (8) | nonce (12) | ciphertext (32) | tag (16).
/// Associated data: version, id and `KeyName.bytes`.
public struct MasterKeyring: Sendable {
    private static let version: UInt8 = 1
    private static let prefixCount = 9
    /// The length of every wrapped key.
    public static let wrappedBytes = prefixCount + Nonce.count + 32 + Sealer.tagCount

    public let current: MasterKey
    private let former: [MasterKey]

    public init(current: MasterKey, former: [MasterKey] = []) {
        self.current = current
        self.former = former
    }

    public func wrap(
        _ key: PartKey, named name: KeyName, with sealer: Sealer, draws: inout some Draws
    ) -> [UInt8] {
        let prefix = MasterKeyring.prefix(current.id)
        let nonce = Nonce.drawn(from: &draws)
        return key.storage.withBytes {
            sealer.seal(
                $0, key: current.wrapping.storage, nonce: nonce, prefix: prefix, associated: prefix + name.bytes)
        }
    }

    public func unwrap(
        _ wrapped: [UInt8], named name: KeyName, with sealer: Sealer
    ) throws(SealError) -> PartKey {
        guard wrapped.count == MasterKeyring.wrappedBytes, wrapped[0] == MasterKeyring.version else {
            throw .unknownLayout
        }
        let id = MasterKeyID(bits: wrapped[1..<MasterKeyring.prefixCount].reduce(0) { $0 << 8 | UInt64($1) })
        guard let master = id == current.id ? current : former.first(where: { $0.id == id }) else {
            throw .unknownMaster(id)
        }
        let storage = SecretBytes(count: 32) { output in
            wrapped.withUnsafeBytes {
                sealer.open(
                    UnsafeRawBufferPointer(rebasing: $0[MasterKeyring.prefixCount...]), key: master.wrapping.storage,
                    associated: MasterKeyring.prefix(id) + name.bytes, into: output)
            }
        }
        guard let storage else { throw .notAuthentic }
        return PartKey(storage: storage)
    }

    /// Whether a wrapped key should be wrapped anew, because the current master key is another one.
    public func isOutdated(_ wrapped: [UInt8]) -> Bool {
        !wrapped.starts(with: MasterKeyring.prefix(current.id))
    }

    private static func prefix(_ id: MasterKeyID) -> [UInt8] {
        var prefix: [UInt8] = [version]
        withUnsafeBytes(of: id.bits.bigEndian) { prefix.append(contentsOf: $0) }
        return prefix
    }
}
