internal import COpenSSL
internal import Synchronization

/// Makes the hub's id of what an outsider named, by HMAC-SHA-256 under the hub's own hash key.
///
///     var derivation = keyed.derivation("referral")
///     derivation.add(agency)
///     derivation.add(theirID)
///     let id: ReferralID = derivation.id()
///
/// Ids chosen by outsiders may be NHS numbers. Of those there are few enough to try them all, so an unkeyed hash would
/// give them away; with the key it does not. The key is never rotated: every id would change.
public final class KeyedHash: Sendable {
    private let context: Mutex<HMACContext>

    public init(_ secret: SecretKey) {
        context = Mutex(HMACContext(secret.storage))
    }

    /// A builder of ids with the same parts as `Derivation`.
    public func derivation(_ domain: StaticString) -> Derivation { Derivation(domain, key: self) }

    func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        context.withLock { $0.hash(bytes) }
    }
}

/// An HMAC context that keeps its key, since keying one anew costs as much as hashing.
private struct HMACContext: ~Copyable, @unchecked Sendable {
    // Unchecked, because OpenSSL's handle is not Sendable; the mutex around lets one thread at a time use it.
    private let pointer: OpaquePointer

    init(_ secret: SecretBytes) {
        guard let pointer = EVP_MAC_CTX_new(Algorithms.hmac.pointer) else {
            preconditionFailure("OpenSSL made no context: out of memory?")
        }
        self.pointer = pointer
        let keyed = secret.withBytes {
            copenssl_hmac_sha256_init(pointer, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        precondition(keyed == 1, "OpenSSL refused the key of an HMAC")
    }

    deinit { EVP_MAC_CTX_free(pointer) }

    mutating func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { output in
            var written = 0
            let input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            // Initialised without a key, the context begins again with the one that it has.
            let done =
                EVP_MAC_init(pointer, nil, 0, nil) == 1
                && EVP_MAC_update(pointer, input, bytes.count) == 1
                && EVP_MAC_final(pointer, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, 32) == 1
            precondition(done && written == 32, "OpenSSL could not hash: out of memory?")
            return Digest32(bigEndian: UnsafeRawBufferPointer(output))
        }
    }
}
