package import Circuits

extension SimulationRequest {
  /// The same request without the gates and the qubits that nothing which is asked for depends on; nil if it needs all of them.
  ///
  /// All amplitudes or all probabilities depend on everything. Counts depend on the qubits that are measured, expectation values on those
  /// with a letter other than I: of a circuit that is not dynamic, gates outside their light cone are left out (``LightCone``). Of any
  /// circuit, qubits are left out that no gate touches any longer, and are |0⟩ therefore. Both are decided by the circuit and by what is
  /// asked for alone, so that every device and worker leaves out the same. The samples drawn may be others than those of the whole circuit:
  /// the same draws choose from another order of basis states.
  ///
  /// - Throws: ``SimulatorError``, if an observable is not of the circuit's size.
  package func pruned() throws(SimulatorError) -> (request: SimulationRequest, pruning: Pruning)? {
    guard !wantsStatevector, !wantsProbabilities, shots != nil || !observables.isEmpty else { return nil }
    try validateObservables()
    let isDynamic = circuit.isDynamic
    let isSampledWhole = shots != nil && !circuit.measures
    if isSampledWhole, isDynamic { return nil }
    let source = isSampledWhole ? circuit.measuringAllQubits() : circuit
    var (instructions, used) = isDynamic ? (source.instructions, source.touchedQubits) : needed(source)
    for qubit in misreadQubits(source) { used[qubit] = true }
    let gateCount = { (list: [Instruction]) in list.count { if case .gate = $0 { true } else { false } } }
    let pruning = Pruning(
      qubits: used.indices.filter { !used[$0] }, operationCount: gateCount(source.instructions) - gateCount(instructions))
    guard !pruning.qubits.isEmpty || pruning.operationCount > 0 else { return nil }
    let kept = used.indices.filter { used[$0] }
    var request = self
    request.circuit = source.restricted(to: kept, instructions)
    request.observables = try observables.map { (observable) throws(SimulatorError) in try observable.restricted(to: kept) }
    return (request, pruning)
  }

  /// The number of qubits whose state a run has to hold.
  package func simulatedQubitCount() throws(SimulatorError) -> Int {
    try pruned()?.request.circuit.qubitCount ?? circuit.qubitCount
  }

  /// The gates and the noise in the light cone of what is wanted and the measurements that are, and which qubits they touch.
  private func needed(_ circuit: Circuit) -> (instructions: [Instruction], used: [Bool]) {
    let wanted = wantedMeasurements(circuit)
    var cone = LightCone(qubitCount: circuit.qubitCount)
    for qubit in wanted.values { cone.want(qubit, isDiagonal: true) }
    for pauli in observables.flatMap(\.terms).map(\.pauli) {
      for qubit in 0..<pauli.qubitCount where (pauli.x | pauli.z) >> UInt64(qubit) & 1 == 1 {
        cone.want(qubit, isDiagonal: pauli.x >> UInt64(qubit) & 1 == 0)
      }
    }
    let gates = circuit.instructions.indices.reversed().filter {
      switch circuit.instructions[$0] {
      case .gate(let gate): cone.takes(gate)
      case .channel(let channel, let qubits): cone.takes(channel, on: qubits)
      default: false
      }
    }
    var used = cone.used
    let misread = Set(misreadQubits(circuit))
    var measurements = wanted.filter { used[$0.value] || misread.contains($0.value) }
    // A bit that is 0 for certain needs no measurement, but a circuit that has none is sampled on all of its qubits.
    if shots != nil, measurements.isEmpty, let first = wanted.min(by: { $0.key < $1.key }) ?? circuit.firstMeasurement {
      measurements[first.key] = first.value
      used[first.value] = true
    }
    return ((gates + measurements.keys).sorted().map { circuit.instructions[$0] }, used)
  }

  /// Qubits that are read with errors, or together with one that is: they have to be kept even where they are |0⟩.
  private func misreadQubits(_ circuit: Circuit) -> [Int] {
    guard shots != nil, !circuit.readout.isEmpty else { return [] }
    var read = Set(wantedMeasurements(circuit).values)
    for pauli in observables.flatMap(\.terms).map(\.pauli) {
      read.formUnion((0..<pauli.qubitCount).filter { (pauli.x | pauli.z) >> UInt64($0) & 1 == 1 })
    }
    return circuit.readout.map(\.qubits).filter { !read.isDisjoint(with: $0) }.flatMap(\.self)
  }

  /// The qubit of each measurement that an outcome shows, by the instruction's place.
  private func wantedMeasurements(_ circuit: Circuit) -> [Int: Int] {
    guard shots != nil else { return [:] }
    let outputs = Set(circuit.outputBits)
    var wanted = [Int: Int]()
    for (place, instruction) in circuit.instructions.enumerated() {
      if case .measure(let qubit, let bit?) = instruction, outputs.contains(bit) { wanted[place] = qubit }
    }
    return wanted
  }
}

extension Circuit {
  fileprivate var firstMeasurement: (key: Int, value: Int)? {
    for (place, instruction) in instructions.enumerated() {
      if case .measure(let qubit, _) = instruction { return (place, qubit) }
    }
    return nil
  }
}

extension Observable {
  /// The observable on some of its qubits, where all others are |0⟩: Z gives 1 there, X and Y give 0.
  fileprivate func restricted(to qubits: [Int]) throws(SimulatorError) -> Observable {
    let mask = bitMask(of: qubits)
    func packed(_ bits: UInt64) -> UInt64 {
      qubits.enumerated().reduce(0) { $0 | (bits >> UInt64($1.element) & 1) << UInt64($1.offset) }
    }
    let terms = terms.map { term in
      let isZero = term.pauli.x & ~mask != 0
      return Term(
        isZero ? 0 : term.coefficient,
        PauliString(
          qubitCount: qubits.count, x: isZero ? 0 : packed(term.pauli.x), z: isZero ? 0 : packed(term.pauli.z)))
    }
    return try SimulatorError.translating { () throws(CircuitError) in try Observable(terms) }
  }
}
