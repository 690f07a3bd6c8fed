/// A moment in time, in whole milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored (as in RFC 3339 and POSIX).
///
/// The hub stores and sends instants in UTC only; what a wall clock in London shows is worked out in `WorkingTime`.
public struct Instant: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static let distantPast = Instant(milliseconds: 0)
    /// 9999-12-31T23:59:59.999Z: the last instant that RFC 3339 can write.
    public static let distantFuture = Instant(milliseconds: 253_402_300_799_999)

    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public func adding(milliseconds delta: Int64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
        if overflow { return delta < 0 ? .distantPast : .distantFuture }
        return Instant(milliseconds: sum)
    }

    public func adding(seconds: Int64) -> Instant { adding(milliseconds: seconds.multipliedSaturating(by: 1000)) }

    /// Milliseconds from `earlier` to this instant; negative where this one is the earlier.
    public func milliseconds(since earlier: Instant) -> Int64 { milliseconds - earlier.milliseconds }
}

extension Int64 {
    fileprivate func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC: `2026-11-23T13:08:00Z`, with three decimals where the milliseconds are not zero.
    public var description: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            write(to: buffer)
        }
    }

    /// Writes the RFC 3339 text and returns its length in bytes (20 or 24). The buffer holds at least 24.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let days = milliseconds.flooredDivision(by: 86_400_000)
        let inDay = Int(milliseconds - days * 86_400_000)
        let date = CivilDate(daysSinceEpoch: Int(days))
        func put(_ value: Int, _ digits: Int, at start: Int) {
            var rest = value
            for place in stride(from: start + digits - 1, through: start, by: -1) {
                buffer[place] = UInt8(48 + rest % 10)
                rest /= 10
            }
        }
        put(date.year, 4, at: 0)
        buffer[4] = 45
        put(date.month, 2, at: 5)
        buffer[7] = 45
        put(date.day, 2, at: 8)
        buffer[10] = 84
        put(inDay / 3_600_000, 2, at: 11)
        buffer[13] = 58
        put(inDay / 60_000 % 60, 2, at: 14)
        buffer[16] = 58
        put(inDay / 1000 % 60, 2, at: 17)
        let fraction = inDay % 1000
        guard fraction != 0 else {
            buffer[19] = 90
            return 20
        }
        buffer[19] = 46
        put(fraction, 3, at: 20)
        buffer[23] = 90
        return 24
    }

    /// Reads RFC 3339 with any offset and any number of decimals (cut to milliseconds). A leap second reads as :59.
    /// - Returns: nil where the text is not RFC 3339 or names a date or time that does not exist.
    public init?(rfc3339 text: some StringProtocol) {
        var copy = String(text)
        let read = copy.withUTF8 { Instant(rfc3339: $0) }
        guard let read else { return nil }
        self = read
    }

    public init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ start: Int, _ digits: Int) -> Int? {
            var value = 0
            for place in start..<start + digits {
                guard place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 else { return nil }
                value = value * 10 + Int(bytes[place] - 48)
            }
            return value
        }
        guard bytes[4] == 45, bytes[7] == 45, bytes[10] | 32 == 116, bytes[13] == 58, bytes[16] == 58,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let date = CivilDate(year: year, month: month, day: day),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        var fraction = 0
        if bytes[place] == 46 {
            place += 1
            var digits = 0
            while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 {
                if digits < 3 { fraction = fraction * 10 + Int(bytes[place] - 48) }
                digits += 1
                place += 1
            }
            guard digits > 0 else { return nil }
            for _ in 0..<max(0, 3 - digits) { fraction *= 10 }
        }
        guard place < bytes.count else { return nil }
        var offsetMinutes = 0
        if bytes[place] | 32 == 122 {
            guard bytes.count == place + 1 else { return nil }
        } else {
            guard bytes[place] == 43 || bytes[place] == 45, bytes.count == place + 6, bytes[place + 3] == 58,
                let hours = number(place + 1, 2), let minutes = number(place + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offsetMinutes = (hours * 60 + minutes) * (bytes[place] == 45 ? -1 : 1)
        }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offsetMinutes * 60
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(fraction))
    }
}

extension FixedWidthInteger {
    /// Division rounding towards minus infinity, so that instants before 1970 fall on the right day.
    @inlinable
    package func flooredDivision(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
