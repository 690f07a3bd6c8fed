internal import COpenSSL

/// OpenSSL's algorithms, each looked up once in the life of the process.
///
/// A library that lacks one of them cannot run the hub at all, so that is a trap and no error to handle.
enum Algorithms {
    /// A handle that is never written to nor freed once it has been fetched, hence safe on every thread.
    struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer

        init(_ pointer: OpaquePointer?, _ name: StaticString) {
            guard let pointer else { preconditionFailure("OpenSSL's providers offer no \(name)") }
            self.pointer = pointer
        }
    }

    static let sha256 = Handle(EVP_MD_fetch(nil, "SHA256", nil), "SHA256")
    static let hmac = Handle(EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")
    static let aes256gcm = Handle(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil), "AES-256-GCM")
}
