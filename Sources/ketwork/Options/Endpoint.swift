internal import ArgumentParser

/// What command lines accept as an endpoint.
enum Endpoint {
  /// Refuses an endpoint to connect to: it needs a port.
  static func validateConnecting(_ endpoint: String) throws { try validate(endpoint, ports: 1...65_535, isPortOpen: false) }

  /// Refuses an endpoint to listen at: the port may be left to the system.
  static func validateListening(_ endpoint: String) throws { try validate(endpoint, ports: 0...65_535, isPortOpen: true) }

  /// Whether an endpoint to listen at can be reached from other machines.
  static func isReachableFromElsewhere(_ endpoint: String) -> Bool {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return false }
    let host = endpoint[..<colon].dropFirst(6).lowercased()
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    let isLoopback = numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    return !isLoopback && !["localhost", "[::1]"].contains(host)
  }

  private static func validate(_ endpoint: String, ports: ClosedRange<Int>, isPortOpen: Bool) throws {
    if endpoint.hasPrefix("ipc://"), endpoint.utf8.count > 6 { return }
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { throw refusal(endpoint, ports, isPortOpen) }
    // A second colon would belong to an IPv6 address, which stands in brackets.
    let host = endpoint[..<colon].dropFirst(6)
    let isHost = !host.isEmpty && (!host.contains(":") || (host.hasPrefix("[") && host.hasSuffix("]")))
    let port = endpoint[endpoint.index(after: colon)...]
    let isPort = Int(port).map(ports.contains) ?? (isPortOpen && port == "*")
    guard isHost, isPort else { throw refusal(endpoint, ports, isPortOpen) }
  }

  private static func refusal(_ endpoint: String, _ ports: ClosedRange<Int>, _ isPortOpen: Bool) -> ValidationError {
    ValidationError(
      "'\(endpoint)' is no endpoint; tcp://HOST:PORT, with PORT from \(ports.lowerBound) to \(ports.upperBound)"
        + (isPortOpen ? " or *" : "") + ", and ipc://PATH are accepted.")
  }
}
