extension Circuit {
  /// How some qubits are misread whenever they are measured, one by one or together.
  public struct Readout: Hashable, Sendable {
    /// The qubits of the error's bits, the first under bit 0.
    public let qubits: [Int]
    /// How.
    public let error: ReadoutError
    /// Makes a pair; ``Circuit/misread(_:on:)`` checks.
    public init(qubits: [Int], error: ReadoutError) { (self.qubits, self.error) = (qubits, error) }
  }

  /// Says how qubits are misread: what is measured of them passes this error before it is stored.
  ///
  /// An error of several qubits is one of measuring them all at the end of the circuit.
  ///
  /// - Throws: ``CircuitError``: `invalid_channel` if the error has another number of bits or one of the qubits is misread already,
  ///   and what an instruction on these qubits would throw.
  public mutating func misread(_ error: ReadoutError, on qubits: [Int]) throws(CircuitError) {
    try validate(qubits: qubits, of: "readout error")
    guard qubits.count == error.bitCount else {
      throw CircuitError(.invalidChannel, "a readout error of \(error.bitCount) bits for \(qubits.count) qubits")
    }
    if let twice = qubits.first(where: { qubit in readout.contains { $0.qubits.contains(qubit) } }) {
      throw CircuitError(.invalidChannel, "two readout errors of qubit \(twice); one is accepted")
    }
    readout.append(Readout(qubits: qubits, error: error))
  }

  /// Whether there is noise in it, or in how it is read.
  package var isNoisy: Bool { !readout.isEmpty || hasChannels }

  /// Whether there is a channel in it, in bodies of control flow too.
  package var hasChannels: Bool { instructions.contains(where: \.hasChannels) }
}

extension Instruction {
  fileprivate var hasChannels: Bool {
    if case .channel = self { return true }
    return bodies.contains { $0.contains(where: \.hasChannels) }
  }
}

extension [Circuit.Readout] {
  /// The errors where qubit q is called `places[q]`; those of qubits that have no place are left out.
  package func moved(to places: [Int?]) -> [Circuit.Readout] {
    compactMap { readout in
      let moved = readout.qubits.compactMap { places[$0] }
      return moved.count == readout.qubits.count ? Circuit.Readout(qubits: moved, error: readout.error) : nil
    }
  }

  /// A distribution of the outcomes of measuring qubits, as it is read; the first qubit is the outcomes' least significant bit.
  ///
  /// Errors of which no qubit is measured are left out; of one that is measured all have to be.
  ///
  /// - Complexity: O(2ᵐ⁺ᵏ) for an error of k of m qubits.
  package func spread(_ distribution: [Double], over qubits: [Int]) -> [Double] {
    var result = distribution
    for readout in self {
      let places = readout.qubits.compactMap { qubits.firstIndex(of: $0) }
      guard !places.isEmpty else { continue }
      precondition(places.count == readout.qubits.count, "a readout error of qubits that are not all measured")
      readout.error.spread(&result, places.map { 1 << $0 })
    }
    return result
  }
}

extension ReadoutError {
  /// Applies the error to a distribution, on the bits with these values.
  fileprivate func spread(_ distribution: inout [Double], _ bits: [Int]) {
    let mask = bits.reduce(0, |)
    let offsets = probabilities.indices.map { local in bits.indices.reduce(0) { $0 | (local >> $1 & 1) * bits[$1] } }
    for base in distribution.indices where base & mask == 0 {
      let values = offsets.map { distribution[base | $0] }
      for (read, offset) in offsets.enumerated() {
        distribution[base | offset] = values.indices.reduce(0) { $0 + values[$1] * probabilities[$1][read] }
      }
    }
  }
}
