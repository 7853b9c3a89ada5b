package import Circuits

/// A density matrix: 4ⁿ reals, the values of all Pauli strings, in some device's memory.
///
/// Maps are held back until they meet others that they can be multiplied with: what acts on two qubits goes over memory once, with the gates and
/// the noise of either before it. Reading applies all that is held back.
package struct DensityRegister<Storage: DensityStorage & ~Copyable>: ~Copyable {
  private var state: Storage
  /// Maps still to be applied; no two have a qubit in common.
  private var pending: [TransferMap] = []

  /// Takes a matrix as it is.
  package init(_ state: consuming Storage) { self.state = state }

  /// n; the register holds 4ⁿ reals.
  package var qubitCount: Int { state.qubitCount }
  /// The format of the reals.
  package var precision: Precision { state.precision }
  /// What results call this device: `cpu`, `opencl:0.0`.
  package var deviceName: String { state.deviceName }

  /// Sets the state to one basis state.
  package mutating func reset(to basisState: UInt64) throws(SimulatorError) {
    precondition(basisState >> UInt64(qubitCount) == 0, "a basis state beyond 2ⁿ")
    pending = []
    try state.reset(to: basisState)
  }

  /// Makes this state a copy of another of the same size and precision.
  package mutating func copy(from other: borrowing DensityRegister) throws(SimulatorError) {
    precondition(other.qubitCount == qubitCount && other.precision == precision, "a copy of another size")
    try state.copy(from: other.state)
    pending = other.pending
  }

  // MARK: Maps

  /// Applies an operation, which may be one that keeps no norm.
  ///
  /// Up to ``Limits/channelQubitCount`` qubits it is a map, which may be held back; others go over the whole matrix at once.
  ///
  /// - Throws: ``SimulatorError``: `out_of_memory` where a gate on many qubits takes more than there is; what validation throws.
  package mutating func apply(_ operation: StateOperation) throws(SimulatorError) {
    try operation.validate(qubitCount: qubitCount)
    if let map = TransferMap(operation) { return try apply(map) }
    if case .pauliRotation(let x, let z, let angle, let controls) = operation, controls.mask == 0 {
      return try rotate(x, z, angle)
    }
    try apply(WideGate(operation))
  }

  private mutating func apply(_ gate: WideGate) throws(SimulatorError) {
    let met = pending.filter { !Set($0.qubits).isDisjoint(with: gate.qubits) }
    pending.removeAll { held in met.contains(held) }
    for held in met { try state.apply(held) }
    try state.apply(gate)
  }

  /// Applies noise.
  package mutating func apply(_ channel: Channel, on qubits: [Int]) throws(SimulatorError) {
    try apply(TransferMap(PauliTransferMatrix(channel), on: qubits))
  }

  /// Puts a qubit into |0⟩.
  package mutating func reset(_ qubit: Int) throws(SimulatorError) { try apply(.reset(qubit)) }

  /// Measures a qubit without looking.
  package mutating func dephase(_ qubit: Int) throws(SimulatorError) {
    var matrix = PauliTransferMatrix(qubitCount: 1)
    (matrix[1, 1], matrix[3, 3]) = (0, 0)
    try apply(TransferMap(matrix, on: [qubit]))
  }

  /// Applies a map, or holds it back.
  package mutating func apply(_ map: TransferMap) throws(SimulatorError) {
    var map = map
    let met = pending.filter { !Set($0.qubits).isDisjoint(with: map.qubits) }
    let together = Set(met.flatMap(\.qubits)).union(map.qubits)
    pending.removeAll { held in met.contains(held) }
    // Of those that reach too far the ones inside of the new map still go along with it: they would take passes of their own.
    let reaches = together.count > max(2, map.qubits.count)
    for held in met {
      if reaches, !Set(held.qubits).isSubset(of: map.qubits) { try state.apply(held) } else { map = map.following(held) }
    }
    pending.append(map)
  }

  /// A rotation about a long string: Clifford gates gather its parity on one qubit, and bring it back.
  private mutating func rotate(_ x: UInt64, _ z: UInt64, _ angle: Double) throws(SimulatorError) {
    let letters = (0..<qubitCount).filter { (x | z) >> UInt64($0) & 1 == 1 }
    let pivot = letters[letters.count - 1]
    func turn(_ qubit: Int, _ sign: Double) throws(SimulatorError) {
      // X and Y become Z by a quarter turn about Y and X.
      let isX = x >> UInt64(qubit) & 1 == 1
      guard isX else { return }
      let isY = z >> UInt64(qubit) & 1 == 1
      let mask = UInt64(1) << UInt64(qubit)
      try apply(.pauliRotation(x: mask, z: isY ? 0 : mask, angle: (isY ? sign : -sign) * .pi / 2, controls: .none))
    }
    func gather(_ qubit: Int) throws(SimulatorError) {
      try apply(.permutation([1, 0], targets: [pivot], controls: Controls(mask: 1 << UInt64(qubit), values: 1 << UInt64(qubit))))
    }
    for qubit in letters { try turn(qubit, 1) }
    for qubit in letters.dropLast() { try gather(qubit) }
    try apply(.pauliRotation(x: 0, z: 1 << UInt64(pivot), angle: angle, controls: .none))
    for qubit in letters.dropLast().reversed() { try gather(qubit) }
    for qubit in letters { try turn(qubit, -1) }
  }

  /// Applies all that is held back.
  private mutating func flush() throws(SimulatorError) {
    for map in pending { try state.apply(map) }
    pending = []
  }

  // MARK: Reading

  /// Tr(ρ).
  package mutating func trace() throws(SimulatorError) -> Double {
    try flush()
    return try state.values([0])[0]
  }

  /// Tr(Pρ) for each Pauli string, not divided by the trace.
  package mutating func expectations(_ paulis: [PauliMask]) throws(SimulatorError) -> [Double] {
    try flush()
    return try state.values(paulis.map { stringNumber(x: $0.x, z: $0.z) })
  }

  /// The distribution of qubits that are measured, the first least significant, not divided by the trace: the Walsh–Hadamard transform of the
  /// values of I and Z.
  package mutating func probabilities(of qubits: [Int]) throws(SimulatorError) -> [Double] {
    try flush()
    var values = try state.values((0..<1 << qubits.count).map { stringNumber(x: 0, z: scatterBits($0, at: qubits)) })
    values.transformToProbabilities()
    return values
  }

  /// Keeps what has the value 0 of a qubit times one number, and what has 1 times another; nothing between them is kept.
  package mutating func collapse(_ qubit: Int, weights: (zero: Double, one: Double)) throws(SimulatorError) {
    var matrix = PauliTransferMatrix(qubitCount: 1)
    for row in 0..<4 { for column in 0..<4 { matrix[row, column] = 0 } }
    (matrix[0, 0], matrix[2, 2]) = ((weights.zero + weights.one) / 2, (weights.zero + weights.one) / 2)
    (matrix[0, 2], matrix[2, 0]) = ((weights.zero - weights.one) / 2, (weights.zero - weights.one) / 2)
    try apply(TransferMap(matrix, on: [qubit]))
  }
}

extension DensityRegister where Storage == DensityMemory {
  /// Makes the state |0…0⟩⟨0…0| on the CPU; see ``DensityMemory``.
  package init(
    qubitCount: Int, precision: Precision = .single, kernels: CPUKernels? = nil, threadCount: Int? = nil
  ) throws(SimulatorError) {
    self.init(try DensityMemory(qubitCount: qubitCount, precision: precision, kernels: kernels, threadCount: threadCount))
  }
}
