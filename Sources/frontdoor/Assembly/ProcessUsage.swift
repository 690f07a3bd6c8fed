import Foundation

/// What this process has used, by the operating system's own account.
enum ProcessUsage {
    private static var now: rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    static var peakMemoryBytes: Int { now.ru_maxrss * 1024 }

    static var cpuSeconds: Double {
        let usage = now
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
