import EventLog
import JSON

@testable import CloudEvents

/// Headers by name and text, as a client would set them.
func headers(_ pairs: KeyValuePairs<String, String>) -> Headers {
    var headers = Headers()
    for (name, value) in pairs { headers.append(name: name, value: Array(value.utf8)) }
    return headers
}

extension CloudEvent {
    static func read(_ headers: Headers, _ value: String?) throws(CloudEventError) -> CloudEvent {
        try read(headers: headers, value: value.map { Array($0.utf8) }, parser: JSONParser())
    }

    var dataText: String { String(decoding: data, as: UTF8.self) }
}

func fault(_ headers: Headers, _ value: String?) -> CloudEventError? {
    do {
        _ = try CloudEvent.read(headers, value)
        return nil
    } catch { return error }
}

func fault(_ structured: String) -> CloudEventError? { fault(Headers(), structured) }

/// SplitMix64: the same records on every machine and in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
