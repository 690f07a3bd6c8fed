import EventLog

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lock that makes one process the one that decides. It goes with the process, however that ends.
final class DecidingLock: Sendable {
    private let descriptor: Int32

    init(folder: String) throws(LogError) {
        // Close-on-exec: a child would hold the lock after its parent's death.
        descriptor = open("\(folder)/deciding.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .fatal(
                "deciding.lock cannot be opened in the data folder (errno \(errno)): check that it is this user's.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = DecidingLock.holder(in: descriptor)
            close(descriptor)
            throw .busy("Another frontdoor process (pid \(holder)) runs on this data folder.")
        }
        let pid = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, pid, pid.count, 0) == pid.count else {
            close(descriptor)
            throw .fatal("deciding.lock cannot be written: is the disk full?")
        }
    }

    deinit { close(descriptor) }

    private static func holder(in descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = text.prefix(max(0, count)).prefix { (48...57).contains($0) }
        // Between taking the lock and writing the number there is a moment.
        return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
    }
}
