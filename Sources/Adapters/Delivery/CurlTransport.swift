internal import CCurl
import DomainModel

/// Calls by libcurl: all at once on one thread, each with its time limits, over TLS where the address says so. What a
/// tool answers is dropped unread: its status is all that counts.
final class CurlTransport: Transport {
    private struct Transfer {
        let number: Int
        let handle: OpaquePointer
        let isMail: Bool
        var lists: [UnsafeMutablePointer<curl_slist>] = []
        var bytes: UnsafeMutablePointer<CChar>?
        var upload: UnsafeMutablePointer<frontdoor_upload>?
    }

    /// Once for the process, before the first handle.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let multi: OpaquePointer?
    private let timeoutMilliseconds: Int
    private var transfers: [Transfer] = []
    /// Those that ended before they began.
    private var stillborn: [(number: Int, outcome: CallOutcome)] = []

    init(timeoutSeconds: Int) {
        timeoutMilliseconds = timeoutSeconds * 1000
        multi = Self.isReady ? OpaquePointer(curl_multi_init()) : nil
    }

    deinit {
        for transfer in transfers { end(transfer) }
        if let multi { curl_multi_cleanup(UnsafeMutableRawPointer(multi)) }
    }

    func begin(_ call: Call, number: Int) {
        guard let multi, let raw = curl_easy_init() else {
            return stillborn.append((number, .failed(Failure(reason: .broken))))
        }
        var isMail = false
        if case .mail = call.content { isMail = true }
        var transfer = Transfer(number: number, handle: OpaquePointer(raw), isMail: isMail)
        common(raw, call)
        switch call.content {
        case .post(let body):
            frontdoor_set_text(raw, CURLOPT_PROTOCOLS_STR, "http,https")
            body.withUnsafeBytes { bytes in
                _ = frontdoor_set_post(raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
            var headers = ["Content-Type: application/json", "Expect:"]
            if !call.access.token.isEmpty { headers.append("Authorization: Bearer \(call.access.token)") }
            set(headers, CURLOPT_HTTPHEADER, raw, &transfer)
        case .mail(let from, let to, let body):
            frontdoor_set_text(raw, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
            // A connection that was made secure by STARTTLS may be given to another sink with other certificates:
            // libcurl compares them for smtps alone.
            frontdoor_set_number(raw, CURLOPT_FRESH_CONNECT, 1)
            frontdoor_set_number(raw, CURLOPT_FORBID_REUSE, 1)
            // Also where the address says smtp: without TLS nothing is sent.
            frontdoor_set_number(raw, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
            frontdoor_set_text(raw, CURLOPT_MAIL_FROM, "<\(from)>")
            set(to.map { "<\($0)>" }, CURLOPT_MAIL_RCPT, raw, &transfer)
            let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, body.count))
            body.withUnsafeBytes {
                UnsafeMutableRawPointer(bytes).copyMemory(
                    from: $0.baseAddress ?? UnsafeRawPointer(bytes), byteCount: body.count)
            }
            let upload = UnsafeMutablePointer<frontdoor_upload>.allocate(capacity: 1)
            upload.initialize(to: frontdoor_upload(bytes: bytes, left: body.count))
            transfer.bytes = bytes
            transfer.upload = upload
            frontdoor_set_upload(raw, upload)
        }
        transfers.append(transfer)
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), raw)
    }

    func work(milliseconds: Int64) -> [(number: Int, outcome: CallOutcome)] {
        var done = stillborn
        stillborn.removeAll()
        guard let multi, !transfers.isEmpty else { return done }
        let raw = UnsafeMutableRawPointer(multi)
        var running: Int32 = 0
        curl_multi_perform(raw, &running)
        if Int(running) == transfers.count, done.isEmpty, milliseconds > 0 {
            curl_multi_poll(raw, nil, 0, Int32(clamping: milliseconds), nil)
            curl_multi_perform(raw, &running)
        }
        var code = CURLE_OK
        while let handle = frontdoor_next_done(raw, &code) {
            guard let place = transfers.firstIndex(where: { $0.handle == OpaquePointer(handle) }) else { continue }
            let transfer = transfers.remove(at: place)
            done.append((transfer.number, Self.outcome(of: handle, code, isMail: transfer.isMail)))
            end(transfer)
        }
        return done
    }

    private func common(_ raw: UnsafeMutableRawPointer, _ call: Call) {
        frontdoor_set_text(raw, CURLOPT_URL, call.url)
        frontdoor_set_number(raw, CURLOPT_NOSIGNAL, 1)
        frontdoor_set_number(raw, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        frontdoor_set_number(raw, CURLOPT_CONNECTTIMEOUT_MS, timeoutMilliseconds)
        frontdoor_set_number(raw, CURLOPT_FOLLOWLOCATION, 0)
        frontdoor_set_number(raw, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // What stands in the environment of the process is no part of the configuration.
        frontdoor_set_text(raw, CURLOPT_PROXY, call.access.proxy)
        frontdoor_set_number(raw, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        frontdoor_drop_answer(raw)
        if !call.access.caFile.isEmpty {
            frontdoor_set_text(raw, CURLOPT_CAINFO, call.access.caFile)
            frontdoor_set_text(raw, CURLOPT_CAPATH, nil)
        }
        if !call.access.user.isEmpty {
            frontdoor_set_text(raw, CURLOPT_USERNAME, call.access.user)
            frontdoor_set_text(raw, CURLOPT_PASSWORD, call.access.password)
        }
    }

    private func set(
        _ texts: [String], _ option: CURLoption, _ raw: UnsafeMutableRawPointer, _ transfer: inout Transfer
    ) {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts { list = curl_slist_append(list, text) }
        guard let list else { return }
        frontdoor_set_list(raw, option, list)
        transfer.lists.append(list)
    }

    private func end(_ transfer: Transfer) {
        let raw = UnsafeMutableRawPointer(transfer.handle)
        if let multi { curl_multi_remove_handle(UnsafeMutableRawPointer(multi), raw) }
        curl_easy_cleanup(raw)
        for list in transfer.lists { curl_slist_free_all(list) }
        transfer.bytes?.deallocate()
        transfer.upload?.deallocate()
    }

    private static func outcome(of handle: UnsafeMutableRawPointer, _ code: CURLcode, isMail: Bool) -> CallOutcome {
        let status = frontdoor_get_number(handle, CURLINFO_RESPONSE_CODE)
        let asked = Int64(frontdoor_get_offset(handle, CURLINFO_RETRY_AFTER)) * 1000
        return Answers.outcome(
            code: Int(code.rawValue), status: status, isMail: isMail, asked: asked > 0 ? asked : nil)
    }
}
