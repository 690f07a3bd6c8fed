internal import COpenSSL

/// Why something sealed did not open. Says nothing of what is inside.
public enum SealError: Error, Hashable, Sendable {
    /// Too short, or written in a layout that this version does not know.
    case unknownLayout
    /// Changed on the way, sealed under another key, or belonging to another event or part: these cannot be told apart.
    case notAuthentic
    /// Wrapped under a master key that is not on the ring.
    case unknownMaster(MasterKeyID)
}

extension SealError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownLayout: "not a sealed part in a layout that this version knows"
        case .notAuthentic: "does not open: changed, under another key, or of another event or part"
        case .unknownMaster(let id): "wrapped under master key \(id), which is not configured"
        }
    }
}

/// Seals and opens parts of events with AES-256-GCM.
///
/// Keeps OpenSSL's contexts from one call to the next, as making them costs more than sealing a part. Hence not
/// Sendable: one for each thread or actor.
///
/// Layout: version (1 byte, now 1) | nonce (12) | ciphertext (as long as the plain text) | tag (16).
/// Associated data: the version byte and `KeyName.bytes`.
public final class Sealer {
    static let version: UInt8 = 1
    static let tagCount = 16
    /// By how many bytes a sealed part is longer than what is in it.
    public static let overheadBytes = 1 + Nonce.count + tagCount

    private let encryption: OpaquePointer
    private let decryption: OpaquePointer

    public init() {
        let algorithm = Algorithms.aes256gcm.pointer
        // The algorithm is set once; each part then brings only its key and nonce (12 bytes, GCM's default).
        guard let encryption = EVP_CIPHER_CTX_new(), let decryption = EVP_CIPHER_CTX_new(),
            EVP_EncryptInit_ex2(encryption, algorithm, nil, nil, nil) == 1,
            EVP_DecryptInit_ex2(decryption, algorithm, nil, nil, nil) == 1
        else { preconditionFailure("OpenSSL made no context: out of memory?") }
        self.encryption = encryption
        self.decryption = decryption
    }

    deinit {
        // Both wipe the key that they hold.
        EVP_CIPHER_CTX_free(encryption)
        EVP_CIPHER_CTX_free(decryption)
    }

    public func seal(_ plaintext: [UInt8], key: PartKey, nonce: Nonce, binding name: KeyName) -> [UInt8] {
        plaintext.withUnsafeBytes {
            seal(
                $0, key: key.storage, nonce: nonce, prefix: [Sealer.version], associated: [Sealer.version] + name.bytes)
        }
    }

    public func open(_ sealed: [UInt8], key: PartKey, binding name: KeyName) throws(SealError) -> [UInt8] {
        guard sealed.count >= Sealer.overheadBytes, sealed[0] == Sealer.version else { throw .unknownLayout }
        var isAuthentic = false
        let opened = [UInt8](unsafeUninitializedCapacity: sealed.count - Sealer.overheadBytes) { buffer, count in
            isAuthentic = sealed.withUnsafeBytes {
                open(
                    UnsafeRawBufferPointer(rebasing: $0[1...]), key: key.storage,
                    associated: [Sealer.version] + name.bytes, into: UnsafeMutableRawBufferPointer(buffer))
            }
            count = isAuthentic ? sealed.count - Sealer.overheadBytes : 0
        }
        guard isAuthentic else { throw .notAuthentic }
        return opened
    }

    /// - Returns: prefix | nonce | ciphertext | tag.
    func seal(
        _ plaintext: UnsafeRawBufferPointer, key: SecretBytes, nonce: Nonce, prefix: [UInt8], associated: [UInt8]
    ) -> [UInt8] {
        precondition(plaintext.count < Int(Int32.max) - 64, "OpenSSL counts in 32 bits")
        let start = prefix.count + Nonce.count
        let total = start + plaintext.count + Sealer.tagCount
        return [UInt8](unsafeUninitializedCapacity: total) { output, count in
            for (place, byte) in prefix.enumerated() { output[place] = byte }
            guard let base = output.baseAddress else { preconditionFailure("an empty buffer") }
            nonce.write(
                to: UnsafeMutableRawBufferPointer(start: base + prefix.count, count: Nonce.count))
            var written: Int32 = 0
            var final: Int32 = 0
            let done = key.withBytes { key in
                EVP_EncryptInit_ex2(encryption, nil, key.octets, base + prefix.count, nil) == 1
                    && EVP_EncryptUpdate(encryption, nil, &written, associated, Int32(associated.count)) == 1
                    && update(
                        EVP_EncryptUpdate, encryption, base + start, &written, plaintext.octets, plaintext.count)
                    && EVP_EncryptFinal_ex(encryption, base + start + Int(written), &final) == 1
                    && EVP_CIPHER_CTX_ctrl(
                        encryption, EVP_CTRL_AEAD_GET_TAG, Int32(Sealer.tagCount), base + start + plaintext.count) == 1
            }
            precondition(done && Int(written + final) == plaintext.count, "OpenSSL could not seal: out of memory?")
            count = total
        }
    }

    /// Opens nonce | ciphertext | tag into a buffer of exactly the ciphertext's length.
    /// - Returns: whether it is authentic; if not, the buffer has been wiped.
    func open(
        _ sealed: UnsafeRawBufferPointer, key: SecretBytes, associated: [UInt8],
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let length = sealed.count - Nonce.count - Sealer.tagCount
        guard length >= 0, length < Int(Int32.max) - 64, let base = sealed.octets else { return false }
        precondition(output.count >= length, "a buffer too short for what is opened")
        let target = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // OpenSSL takes the expected tag through a pointer that may be written to, so it gets a copy.
        var tag = sealed[(Nonce.count + length)...].loadTag()
        var written: Int32 = 0
        var scratch: (UInt64, UInt64) = (0, 0)
        let done = key.withBytes { key in
            EVP_DecryptInit_ex2(decryption, nil, key.octets, base, nil) == 1
                && EVP_DecryptUpdate(decryption, nil, &written, associated, Int32(associated.count)) == 1
                && update(EVP_DecryptUpdate, decryption, target, &written, base + Nonce.count, length)
                && EVP_CIPHER_CTX_ctrl(decryption, EVP_CTRL_AEAD_SET_TAG, Int32(Sealer.tagCount), &tag) == 1
                && withUnsafeMutableBytes(of: &scratch) { last in
                    var final: Int32 = 0
                    return EVP_DecryptFinal_ex(
                        decryption, last.baseAddress?.assumingMemoryBound(to: UInt8.self), &final) == 1
                }
        }
        if !done { OPENSSL_cleanse(output.baseAddress, output.count) }
        return done
    }

    private typealias Update = (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int32>?, UnsafePointer<UInt8>?, Int32
    ) -> Int32

    /// An empty text is not handed over: with no address for its output, OpenSSL takes a call as associated data.
    private func update(
        _ update: Update, _ context: OpaquePointer, _ output: UnsafeMutablePointer<UInt8>?, _ written: inout Int32,
        _ input: UnsafePointer<UInt8>?, _ count: Int
    ) -> Bool {
        guard count > 0 else {
            written = 0
            return true
        }
        return update(context, output, &written, input, Int32(count)) == 1
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate func loadTag() -> (UInt64, UInt64) {
        let bytes = UnsafeRawBufferPointer(rebasing: self)
        return (
            bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
    }
}
