import CMicroHTTPD

/// Answers a few short questions over HTTP: GET and HEAD, nothing is taken in. What is asked and what is answered is
/// whoever opens it to say; it must answer from memory, since one thread serves all who ask.
public final class OperationsDoor: Sendable {
    public struct Answer: Sendable {
        public var status: Int
        public var contentType: String
        public var body: [UInt8]

        public init(_ status: Int, _ body: String, contentType: String = "text/plain; charset=utf-8") {
            self.status = status
            self.contentType = contentType
            self.body = Array(body.utf8)
        }
    }

    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// Not `host:port`, or the host is no address in numbers.
        case noAddress
        /// In use, or not this machine's, or not for this user.
        case cannotListen

        public var description: String {
            switch self {
            case .noAddress: "it is no address: give host:port, the host in numbers, or the port alone"
            case .cannotListen: "nobody can listen there: is the port in use, or not for this user?"
            }
        }
    }

    /// More than any who watch need; others wait.
    static let connectionsMax: UInt32 = 32
    static let timeoutSeconds: UInt32 = 10

    /// Holds what the C callback is given; it outlives the daemon.
    private final class Context: Sendable {
        let answer: @Sendable (String) -> Answer?
        init(_ answer: @escaping @Sendable (String) -> Answer?) { self.answer = answer }
    }

    private let context: Context
    private nonisolated(unsafe) let daemon: OpaquePointer
    public let host: String
    public let port: UInt16

    /// - Parameters:
    ///   - address: `127.0.0.1:9464`, `[::1]:9464`, or `9464` for this machine alone; port 0 for any that is free.
    ///   - answer: from a path; nil for one that there is not.
    public init(_ address: String, answer: @escaping @Sendable (String) -> Answer?) throws(Failure) {
        guard let (host, port) = OperationsDoor.parse(address) else { throw .noAddress }
        let context = Context(answer)
        let opaque = Unmanaged.passUnretained(context).toOpaque()
        guard
            let daemon = frontdoor_mhd_start(
                host, port, OperationsDoor.connectionsMax, OperationsDoor.timeoutSeconds, OperationsDoor.handle, opaque)
        else { throw .cannotListen }
        self.context = context
        self.daemon = daemon
        self.host = host
        self.port = frontdoor_mhd_port(daemon)
    }

    /// Ends what is being answered, within the time-out, and listens no more.
    deinit { MHD_stop_daemon(daemon) }

    public static func isAddress(_ text: String) -> Bool { parse(text) != nil }

    /// This machine alone, where no host is given.
    static func parse(_ address: String) -> (host: String, port: UInt16)? {
        guard let colon = address.lastIndex(of: ":") else { return UInt16(address).map { ("127.0.0.1", $0) } }
        guard let port = UInt16(address[address.index(after: colon)...]) else { return nil }
        var host = String(address[..<colon])
        if host.isEmpty || host == "localhost" { host = "127.0.0.1" }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        var room = in6_addr()
        guard inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1 else { return nil }
        return (host, port)
    }

    private static let handle: MHD_AccessHandlerCallback = {
        context, connection, url, method, _, _, bodySize, _ in
        guard let context, let url, let method else { return frontdoor_mhd_no }
        // What somebody sends with the question is read and left.
        if let bodySize, bodySize.pointee > 0 {
            bodySize.pointee = 0
            return frontdoor_mhd_yes
        }
        let asked = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        let verb = String(cString: method)
        let answer =
            verb == "GET" || verb == "HEAD"
            ? asked.answer(String(cString: url)) ?? Answer(404, "There is no such page.\n")
            : Answer(405, "Only GET and HEAD.\n")
        return answer.body.withUnsafeBytes {
            frontdoor_mhd_reply(connection, UInt32(answer.status), answer.contentType, $0.baseAddress, $0.count)
        }
    }
}
