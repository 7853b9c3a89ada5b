internal import FoundationEssentials

/// This machine's processor, for people.
enum HostProcessor {
  /// The name that Linux tells, or the architecture.
  static var name: String {
    // No such file is an answer too: not every kernel has one.
    let text = (try? String(contentsOf: URL(filePath: "/proc/cpuinfo"), encoding: .utf8)) ?? ""
    return name(cpuInformation: text) ?? architecture
  }

  /// The first model name in the text of /proc/cpuinfo; nil where it has none, as on many ARM machines.
  static func name(cpuInformation: String) -> String? {
    let line = cpuInformation.split(separator: "\n").first { $0.hasPrefix("model name") }
    guard let line, let colon = line.firstIndex(of: ":") else { return nil }
    let words = line[line.index(after: colon)...].split(separator: " ")
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "AArch64"
    #else
      "CPU"
    #endif
  }
}
