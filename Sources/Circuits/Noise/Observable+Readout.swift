extension Observable {
  /// What is measured of an observable with errors of reading: a sum of strings whose value without errors is what is read of this one.
  ///
  /// Each letter is turned into Z and measured. An error of one qubit, which reads 0 as 1 with probability p and 1 as 0 with q, makes of a letter P
  /// the sum (1−p−q)·P + (q−p)·1; one of several qubits is expanded in the parities of its bits, those of qubits without a letter read in Z.
  ///
  /// - Throws: ``CircuitError`` with code `limit_exceeded` if the sum has more than ``Limits/readoutTermCount`` strings.
  package func misread(_ readout: [Circuit.Readout]) throws(CircuitError) -> Observable {
    var sum = terms
    for entry in readout {
      let expansions = ParityExpansions(entry)
      sum = sum.flatMap { expansions.expanded($0) }
      guard sum.count <= Limits.readoutTermCount else {
        throw CircuitError(
          .limitExceeded,
          "observable '\(self)' read with errors is a sum of more than \(Limits.readoutTermCount) strings; values that are estimated from shots measure its strings one by one, without shots its value is that of the state"
        )
      }
    }
    return try Observable(sum)
  }
}

/// What an error of reading makes of the parity of each set of its bits: a sum of parities.
private struct ParityExpansions {
  private let readout: Circuit.Readout
  /// Coefficients of the parities of all sets, for each set.
  private let coefficients: [[Double]]

  init(_ readout: Circuit.Readout) {
    self.readout = readout
    let rows = readout.error.probabilities
    // The parity of what is read, on average over it, for each true value; then its Walsh–Hadamard transform.
    coefficients = rows.indices.map { set in
      let means = rows.map { row in row.indices.reduce(0) { $0 + Self.sign(set, $1) * row[$1] } }
      return rows.indices.map { other in
        means.indices.reduce(0) { $0 + Self.sign(other, $1) * means[$1] } / Double(rows.count)
      }
    }
  }

  private static func sign(_ set: Int, _ value: Int) -> Double { (set & value).nonzeroBitCount & 1 == 0 ? 1 : -1 }

  func expanded(_ term: Observable.Term) -> [Observable.Term] {
    let letters = term.pauli.x | term.pauli.z
    let set = readout.qubits.enumerated().reduce(0) { $0 | Int(letters >> UInt64($1.element) & 1) << $1.offset }
    guard set != 0 else { return [term] }
    return coefficients[set].enumerated().compactMap { other, coefficient in
      coefficient == 0 ? nil : Observable.Term(term.coefficient * coefficient, string(term.pauli, other))
    }
  }

  /// The string with letters on a set of the error's qubits: its own, or Z where it has none.
  private func string(_ pauli: PauliString, _ set: Int) -> PauliString {
    var (x, z) = (pauli.x, pauli.z)
    for (place, qubit) in readout.qubits.enumerated() {
      let bit = UInt64(1) << UInt64(qubit)
      if set >> place & 1 == 0 { (x, z) = (x & ~bit, z & ~bit) } else if x & bit == 0 { z |= bit }
    }
    return PauliString(qubitCount: pauli.qubitCount, x: x, z: z)
  }
}
