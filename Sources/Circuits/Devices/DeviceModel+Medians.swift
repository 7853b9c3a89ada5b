extension DeviceModel {
  /// What half of a device's qubits or pairs are better than, failed ones among them; nil where nothing is known.
  public struct Medians: Hashable, Sendable {
    /// Of the pulse that gates of one qubit are made of.
    public var oneQubitError: Double?
    /// Of the gate that each pair has.
    public var twoQubitError: Double?
    /// Of reading 0 and 1, which are equally frequent.
    public var readoutError: Double?
    /// In seconds.
    public var t1: Double?
    /// In seconds.
    public var t2: Double?
  }

  /// The medians over all qubits, and over all pairs.
  public var medians: Medians {
    let pulses = qubits.indices.compactMap { qubit in pulse(on: qubit).flatMap { figures($0, on: [qubit])?.error } }
    let pairs = coupling.compactMap { pair in entangler(on: pair).flatMap { figures($0, on: pair)?.error } }
    return Medians(
      oneQubitError: Self.median(pulses), twoQubitError: Self.median(pairs), readoutError: Self.median(qubits.map(\.readoutError)),
      t1: Self.median(qubits.compactMap(\.t1)), t2: Self.median(qubits.compactMap(\.t2)))
  }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let (sorted, middle) = (values.sorted(), values.count / 2)
    return values.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
