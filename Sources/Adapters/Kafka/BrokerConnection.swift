import CTLS

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One connection to one broker, plain or by TLS, for the few requests that librdkafka cannot make. It blocks, and
/// nobody waits longer than its limit for one read or write.
struct BrokerConnection: ~Copyable {
    private static let limitSeconds = 30
    /// More than all rules of a large cluster.
    private static let answerBytesMax = 64 << 20

    private let socket: Int32
    /// Nil: plain.
    private let session: OpaquePointer?

    /// Connects to the first broker of the settings that can be reached.
    init(_ settings: KafkaSettings) throws(KafkaError) {
        Self.blockBrokenPipes()
        var problem = KafkaError(.invalidArgument, "no broker is named")
        for broker in settings.brokers.split(separator: ",") {
            do throws(KafkaError) {
                self = try BrokerConnection(broker: broker, settings)
                return
            } catch {
                problem = error
            }
        }
        throw problem
    }

    private init(broker: Substring, _ settings: KafkaSettings) throws(KafkaError) {
        // A protocol may stand before the address, as librdkafka allows it.
        let address = broker.split(separator: "://").last ?? broker
        let colon = address.lastIndex(of: ":")
        let host = String(address[..<(colon ?? address.endIndex)]).filter { $0 != "[" && $0 != "]" && $0 != " " }
        let port = colon.map { String(address[address.index(after: $0)...]).filter { $0 != " " } } ?? "9092"
        let connected = try Self.connect(host, port)
        guard let tls = settings.tls else {
            socket = connected
            session = nil
            return
        }
        var text = [CChar](repeating: 0, count: 256)
        let made = frontdoor_tls_connect(
            connected, host, tls.authorityFile, tls.certificateFile, tls.keyFile, tls.keyPassword?.text, &text,
            text.count)
        guard let made else {
            close(connected)
            throw KafkaError(.transport, "\(host):\(port): \(KafkaAdmin.said(text))")
        }
        socket = connected
        session = made
    }

    deinit {
        if let session { frontdoor_tls_close(session) }
        close(socket)
    }

    /// Sends a whole request and reads the whole answer, without the number that comes back before it.
    func ask(_ request: [UInt8]) throws(KafkaError) -> WireReader {
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes { rest -> Int in
                session.map { Int(SSL_write($0, rest.baseAddress, Int32(clamping: rest.count))) }
                    ?? send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw KafkaError(.transport, "the broker ended the connection while it was asked") }
            sent += count
        }
        var length = WireReader(try read(4))
        let size = (try? length.int32()).map(Int.init) ?? 0
        guard (4...Self.answerBytesMax).contains(size) else {
            throw KafkaError(.transport, "the broker's answer has a length that none can have")
        }
        var answer = WireReader(try read(size))
        _ = try? answer.int32()
        return answer
    }

    private func read(_ count: Int) throws(KafkaError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let read = bytes[got...].withUnsafeMutableBytes { rest -> Int in
                session.map { Int(SSL_read($0, rest.baseAddress, Int32(clamping: rest.count))) }
                    ?? recv(socket, rest.baseAddress, rest.count, 0)
            }
            guard read > 0 else {
                throw KafkaError(
                    .transport, "the broker ended the connection, or gave no answer within \(Self.limitSeconds) s")
            }
            got += read
        }
        return bytes
    }

    /// Writing to a connection that the broker has ended is an error here and not the end of the process.
    private static func blockBrokenPipes() {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
    }

    private static func connect(_ host: String, _ port: String) throws(KafkaError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0 else {
            throw KafkaError(.transport, "\(host):\(port): there is no such host")
        }
        defer { freeaddrinfo(found) }
        var candidate = found
        while let address = candidate {
            let made = Glibc.socket(
                address.pointee.ai_family, address.pointee.ai_socktype, address.pointee.ai_protocol)
            if made >= 0 {
                // Of the time to send, the system also takes the time to connect.
                var limit = timeval(tv_sec: limitSeconds, tv_usec: 0)
                setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                if Glibc.connect(made, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return made }
                close(made)
            }
            candidate = address.pointee.ai_next
        }
        throw KafkaError(.transport, "\(host):\(port): the connection is refused")
    }
}
