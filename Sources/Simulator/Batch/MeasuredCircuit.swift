internal import Circuits

/// A circuit that ends by measuring a group of Pauli strings, each qubit in the group's basis.
struct MeasuredCircuit {
  let circuit: Circuit
  /// What outcomes say of each observable that has a string in the group, ascending.
  let values: [OutcomeValues]
  /// The group's bits among those of an outcome, one for each of its qubits.
  private let bits: Range<Int>

  /// Adds what turns the qubits of a group into its basis, and measures them.
  ///
  /// - Throws: ``CircuitError`` with code `limit_exceeded` for a circuit whose classical bits leave no room for the group's.
  init(_ body: Circuit, _ group: MeasurementGroup) throws(CircuitError) {
    let qubits = setBits(group.x | group.z)
    var circuit = body
    let first = body.outputBits.count
    bits = first..<first + qubits.count
    let places = try circuit.addClassicalRegister("shots", count: qubits.count)
    for (place, qubit) in zip(places, qubits) {
      if group.x >> UInt64(qubit) & 1 == 1 {
        if group.z >> UInt64(qubit) & 1 == 1 { try circuit.append(.sdg, on: qubit) }
        try circuit.append(.h, on: qubit)
      }
      try circuit.measure(qubit, into: place)
    }
    var strings: [Int: [(mask: UInt64, coefficient: Double)]] = [:]
    for member in group.members {
      let support = member.pauli.x | member.pauli.z
      let mask = qubits.enumerated().reduce(UInt64(0)) { $0 | (support >> UInt64($1.element) & 1) << UInt64($1.offset) }
      for factor in member.coefficients { strings[factor.observable, default: []].append((mask: mask, coefficient: factor.value)) }
    }
    self.circuit = circuit
    values = strings.sorted { $0.key < $1.key }.map { OutcomeValues(observable: $0.key, $0.value) }
  }

  /// What the shots of the group say of an observable.
  func moments(of values: OutcomeValues, _ counts: Counts) -> ShotMoments {
    var moments = ShotMoments()
    for index in 0..<counts.count { moments.add(values.value(at: counts.bits(bits, at: index)), count: counts.values[index]) }
    return moments
  }
}

extension Counts {
  /// Some bits of an outcome as a number; at most 64.
  fileprivate func bits(_ range: Range<Int>, at index: Int) -> UInt64 {
    let start = index * ((bitCount + 7) / 8)
    return range.enumerated().reduce(0) {
      $0 | UInt64(keys[start + $1.element / 8] >> UInt8($1.element % 8) & 1) << UInt64($1.offset)
    }
  }
}
