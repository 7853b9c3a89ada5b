internal import FoundationEssentials

/// The memory of this process that lies in the machine's, at its most, as Linux counts it.
enum ResidentMemory {
  /// Lets the peak begin anew with what is resident now. Where the system does not, it stays the peak since the process began.
  static func resetPeak() {
    // Kernels before 4.0 refuse, and some containers; the peak is then an upper bound, which is what a goal needs.
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  /// The peak in bytes; nil where the system does not say.
  static var peakByteCount: Int? {
    // No such file: not Linux.
    (try? Data(contentsOf: URL(filePath: "/proc/self/status"))).flatMap { peak(in: String(decoding: $0, as: UTF8.self)) }
  }

  /// The line `VmHWM:   123 kB`.
  static func peak(in status: String) -> Int? {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
    let fields = line.split(whereSeparator: \.isWhitespace)
    return fields.count == 3 && fields[2] == "kB" ? Int(fields[1]).map { 1024 * $0 } : nil
  }
}
