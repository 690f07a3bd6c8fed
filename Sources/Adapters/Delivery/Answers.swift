/// What the end of a call means.
enum Answers {
    /// - Parameters:
    ///   - code: libcurl's own; 0 where the call went through.
    ///   - status: of HTTP or SMTP; 0 where there was none.
    static func outcome(code: Int, status: Int, isMail: Bool, asked: Int64?) -> CallOutcome {
        if isMail {
            if code == 0 { return .delivered }
            // 4yz: later, perhaps; 5yz: not so.
            if (400..<500).contains(status) { return .failed(Failure(reason: .overloaded)) }
            if (500..<600).contains(status) { return .failed(Failure(reason: .refused)) }
            return .failed(Failure(reason: reason(code)))
        }
        guard code == 0 else { return .failed(Failure(reason: reason(code))) }
        switch status {
        case 200..<300: return .delivered
        // What was sent is at fault, and the next one may be taken.
        case 400, 413, 422: return .failed(Failure(reason: .refused, isOfItem: true))
        case 408: return .failed(Failure(reason: .timedOut))
        case 429, 503: return .failed(Failure(reason: .overloaded, asked: asked))
        case 300..<500: return .failed(Failure(reason: .refused))
        default: return .failed(Failure(reason: .broken))
        }
    }

    /// By the numbers of `curl/curl.h`, which are never given another meaning.
    private static func reason(_ code: Int) -> Failure.Reason {
        switch code {
        case 28: .timedOut
        case 5, 6, 7, 52, 55, 56: .unreachable
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .notTrusted
        case 67: .refused
        default: .broken
        }
    }
}
