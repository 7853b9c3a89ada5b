internal import Circuits

/// What running a circuit with noise takes by each method, counted before anything runs.
///
/// Loops whose length is known only at run time count as one pass, of several branches the one with the most steps counts.
struct NoiseWork {
  /// A density matrix.
  private(set) var density = DensityWork()
  /// All histories of a state vector.
  private(set) var histories = HistoryWork()
  /// Shots that share a state vector until their draws part them.
  private(set) var trajectories: TrajectoryWork
  /// Steps, of whatever kind.
  private(set) var instructionCount = 0.0
  /// Whether there is noise that is more than one unitary.
  private(set) var hasNoise = false

  private var channels = Set<Channel>()
  /// Qubits that are still |0⟩: to measure or reset them is no choice.
  private var touched = Set<Int>()

  /// Walks through a circuit.
  ///
  /// - Complexity: O(instructions).
  init(_ circuit: Circuit, shots: Int) {
    trajectories = TrajectoryWork(shots: shots)
    for instruction in Program.split(circuit).body { add(instruction, isRepeated: false) }
    trajectories.end()
  }

  private mutating func add(_ instruction: Instruction, isRepeated: Bool) {
    instructionCount += 1
    switch instruction {
    case .gate(let gate): add(gate)
    case .channel(let channel, let qubits): add(channel, qubits, isRepeated)
    case .measure(let qubit, let bit): look(qubit, isRemembered: bit != nil, isRepeated)
    case .reset(let qubit):
      look(qubit, isRemembered: false, isRepeated)
      touched.remove(qubit)
    case .ifElse, .switchCase:
      let longest = instruction.bodies.max { $0.count < $1.count } ?? []
      for inner in longest { add(inner, isRepeated: isRepeated) }
    case .iterations(let bodies): for body in bodies { for inner in body { add(inner, isRepeated: isRepeated) } }
    case .whileLoop(_, let body), .forLoop(_, _, let body): for inner in body { add(inner, isRepeated: true) }
    case .barrier, .delay, .assign, .breakLoop, .continueLoop, .end: break
    }
  }

  private mutating func add(_ gate: GateOperation) {
    let qubits = gate.allQubits
    touched.formUnion(qubits)
    trajectories.addGate()
    histories.addGate()
    let isRotation = if case .pauliRotation = gate.kind { gate.controls.isEmpty } else { false }
    if qubits.count > Circuits.Limits.channelQubitCount {
      // A long rotation is gathered on one qubit and brought back.
      if isRotation {
        for (qubit, other) in zip(qubits, qubits.dropFirst()) { for _ in 0..<2 { density.add([qubit, other], operatorCount: 1) } }
      } else {
        let (controlCount, termCount) = gate.shape
        density.addWide(qubits, controlCount: controlCount, termCount: termCount)
      }
    } else if !qubits.isEmpty {
      density.add(qubits, operatorCount: 1)
    }
  }

  private mutating func add(_ channel: Channel, _ qubits: [Int], _ isRepeated: Bool) {
    touched.formUnion(qubits)
    // One that comes again has its map.
    let isNew = channels.insert(channel).inserted
    switch channel.form {
    case .mixture(let outcomes):
      density.add(qubits, operatorCount: isNew ? outcomes.count : 0)
      guard outcomes.count > 1 else {
        trajectories.addGate()
        return histories.addGate()
      }
      trajectories.addSite(outcomes.map(\.probability), stringCount: 0)
      histories.addSite(outcomeCount: outcomes.count, stringCount: 0, isRepeated)
    case .kraus(let operators):
      let stringCount = 1 << (2 * qubits.count)
      density.add(qubits, operatorCount: isNew ? operators.count : 0)
      // As in the maximally mixed state: Tr(K†K) / 2ᵏ.
      trajectories.addSite(operators.map { $0.entries.reduce(0) { $0 + $1.lengthSquared } }, stringCount: stringCount)
      histories.addSite(outcomeCount: operators.count, stringCount: stringCount, isRepeated)
    }
    hasNoise = true
  }

  /// A measurement or a reset.
  private mutating func look(_ qubit: Int, isRemembered: Bool, _ isRepeated: Bool) {
    density.add([qubit], operatorCount: 1)
    guard touched.contains(qubit) else { return }
    if isRemembered { density.split(isRepeated) }
    trajectories.addSplit()
    histories.addSite(outcomeCount: 2, stringCount: 1, isRepeated)
  }
}

extension GateOperation {
  /// How many qubits are controls, and how many entries a row of the matrix on the others has.
  fileprivate var shape: (controlCount: Int, termCount: Int) {
    switch kind {
    case .standard(let gate):
      let targetCount = gate.qubitCount - gate.controlCount
      return (controls.count + gate.controlCount, gate.structure == .dense ? 1 << targetCount : 1)
    case .unitary(let matrix): return (controls.count, matrix.dimension)
    case .pauliRotation: return (controls.count, 2)
    }
  }
}
