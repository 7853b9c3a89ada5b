internal import CKernels
internal import FoundationEssentials
internal import Glibc

/// What the machine, or the container around this process, has left for a state.
package enum HostMemory {
  /// Bytes that could be allocated now: the machine's available memory, or what the control group leaves if that is less.
  package static var availableByteCount: UInt64 {
    var available = machineByteCount
    for (limit, used) in [
      ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
      ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ] {
      guard let limit = number(in: limit), let used = number(in: used) else { continue }
      available = min(available, limit > used ? limit - used : 0)
    }
    return available
  }

  /// The largest register that fits now.
  package static func largestQubitCount(precision: Precision) -> Int {
    let available = availableByteCount
    return (1...Limits.qubitCount).last { fits(byteCount(qubitCount: $0, precision: precision), available) } ?? 0
  }

  /// Bytes of a register; wider than a word, because 2⁶² amplitudes are.
  package static func byteCount(qubitCount: Int, precision: Precision) -> UInt128 {
    UInt128(precision.amplitudeByteCount) << UInt128(max(qubitCount, 5))
  }

  /// Refuses a register that does not fit, naming the bytes needed and there.
  package static func check(qubitCount: Int, precision: Precision) throws(SimulatorError) {
    guard (1...Limits.qubitCount).contains(qubitCount) else {
      throw SimulatorError(.invalidArgument, "a register of \(qubitCount) qubits; 1 to \(Limits.qubitCount) are accepted")
    }
    let needed = byteCount(qubitCount: qubitCount, precision: precision)
    guard mayHold(byteCount: needed) else {
      throw outOfMemory(qubitCount: qubitCount, precision: precision, needed: needed, available: availableByteCount)
    }
  }

  /// Whether so many bytes fit now; what is small against the reserve is not looked at.
  static func mayHold(byteCount: UInt128) -> Bool {
    byteCount <= Limits.uncheckedByteCount || fits(byteCount, availableByteCount)
  }

  /// Lets this process keep what is freed, up to ``Limits/keptByteCount``: states and the lists of plans come and go with each circuit, and to
  /// ask the system for their pages anew takes up to a quarter of the circuit's time. For a program to call, not a library.
  package static func keepFreed() { ck_keep_freed(Limits.keptByteCount) }

  static func outOfMemory(qubitCount: Int, precision: Precision, needed: UInt128, available: UInt64) -> SimulatorError {
    SimulatorError(
      .outOfMemory,
      "\(qubitCount) qubits in \(precision.rawValue) precision need \(needed) bytes; this host has \(available) bytes, enough for "
        + "\(largestQubitCount(precision: precision)) qubits")
  }

  private static func fits(_ byteCount: UInt128, _ available: UInt64) -> Bool {
    byteCount + UInt128(Limits.hostReserveByteCount) <= UInt128(available)
  }

  private static var machineByteCount: UInt64 {
    let lines = text(of: "/proc/meminfo")?.split(separator: "\n") ?? []
    if let line = lines.first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first
    {
      return (UInt64(kilobytes) ?? 0) * 1024
    }
    return UInt64(max(0, sysconf(Int32(_SC_AVPHYS_PAGES)))) * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
  }

  private static func number(in path: String) -> UInt64? {
    text(of: path).flatMap { UInt64($0.split(whereSeparator: \.isWhitespace).first ?? "") }
  }

  private static func text(of path: String) -> String? {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }
}
