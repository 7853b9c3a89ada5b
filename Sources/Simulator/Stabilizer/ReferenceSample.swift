/// One run of a program in which every outcome that is not decided is 0: what the shots of Pauli frames differ from.
struct ReferenceSample {
  /// The outcome of each measurement, in the order of the steps; resets have none.
  private(set) var outcomes: [Bool] = []

  /// Runs the program on a tableau.
  ///
  /// - Complexity: O(n/64) for each gate, O(n²/64) for each outcome that is not decided; n²/2 bytes.
  init(_ program: StabilizerProgram, stop: StopFlag) throws(SimulatorError) {
    var tableau = StabilizerTableau(qubitCount: program.qubitCount)
    for (index, step) in program.steps.enumerated() {
      if index % Limits.stabilizerStopInterval == 0 { try stop.check() }
      switch step {
      case .gate(let gate): tableau.apply(gate)
      case .measure(let qubit, _, _): outcomes.append(tableau.measure(qubit) { false })
      case .noise: continue
      case .reset(let qubit): if tableau.measure(qubit, undecided: { false }) { tableau.apply(CliffordStep(.x, qubit)) }
      }
    }
  }
}

extension StabilizerTableau {
  /// Measures a qubit; `undecided` chooses between outcomes that are equally likely.
  mutating func measure(_ qubit: Int, undecided: () -> Bool) -> Bool {
    if let outcome = outcome(of: qubit) { return outcome }
    let outcome = undecided()
    collapse(qubit, to: outcome)
    return outcome
  }
}
