package import Circuits

/// A density matrix in this process's memory, worked on by the CPU: 4ⁿ reals, the values of all Pauli strings.
///
/// Maps are held back until they meet others that they can be multiplied with: what acts on two qubits goes over memory once, with the gates and
/// the noise of either before it. Reading applies all that is held back.
package struct DensityRegister: ~Copyable {
  /// n; the register holds 4ⁿ reals.
  package let qubitCount: Int
  /// The format of the reals.
  package let precision: Precision
  private let state: DensityMemory
  /// Maps still to be applied; no two have a qubit in common.
  private var pending: [TransferMap] = []

  /// Makes the state |0…0⟩⟨0…0|.
  ///
  /// - Parameters:
  ///   - qubitCount: 1 to ``Limits/densityQubitCount``, as far as the memory goes.
  ///   - kernels: The set of kernels; by default the one that `KETWORK_CPU_KERNELS` names, or the best one.
  ///   - threadCount: By default `KETWORK_THREADS`, or the number of cores. Results do not depend on it.
  /// - Throws: ``SimulatorError`` with code `out_of_memory` naming the bytes needed and there, or `invalid_argument`.
  package init(
    qubitCount: Int, precision: Precision = .single, kernels: CPUKernels? = nil, threadCount: Int? = nil
  ) throws(SimulatorError) {
    guard (1...Limits.densityQubitCount).contains(qubitCount) else {
      throw SimulatorError(
        .invalidArgument,
        "a density matrix of \(qubitCount) qubits; 1 to \(Limits.densityQubitCount) are accepted, method statevector takes more")
    }
    let chosen = if let kernels { kernels } else { try CPUKernels.preferred.get() }
    let threads = if let threadCount { threadCount } else { try ThreadPool.preferredThreadCount.get() }
    let needed = UInt128(DensityMemory.byteCount(qubitCount: qubitCount, precision: precision))
    guard HostMemory.mayHold(byteCount: needed),
      let state = DensityMemory(qubitCount: qubitCount, precision: precision, kernels: chosen, threadCount: threads)
    else {
      throw SimulatorError(
        .outOfMemory,
        "a density matrix of \(qubitCount) qubits in \(precision.rawValue) precision needs \(needed) bytes; this host has \(HostMemory.availableByteCount)"
      )
    }
    (self.qubitCount, self.precision) = (qubitCount, precision)
    self.state = state
    reset(to: 0)
  }

  /// Sets the state to one basis state.
  package mutating func reset(to basisState: UInt64) {
    precondition(basisState >> UInt64(qubitCount) == 0, "a basis state beyond 2ⁿ")
    pending = []
    state.zero()
    for z in 0..<UInt64(1) << UInt64(qubitCount) {
      state[number(x: 0, z: z)] = (z & basisState).nonzeroBitCount & 1 == 0 ? 1 : -1
    }
  }

  /// Makes this state a copy of another of the same size and precision.
  package mutating func copy(from other: borrowing DensityRegister) {
    precondition(other.qubitCount == qubitCount && other.precision == precision, "a copy of another size")
    state.copy(from: other.state)
    pending = other.pending
  }

  // MARK: Maps

  /// Applies an operation, which may be one that keeps no norm.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for a gate on more qubits than a map has; what validation throws.
  package mutating func apply(_ operation: StateOperation) throws(SimulatorError) {
    try operation.validate(qubitCount: qubitCount)
    if case .pauliRotation(let x, let z, let angle, let controls) = operation, controls.mask == 0,
      (x | z).nonzeroBitCount > Circuits.Limits.channelQubitCount
    {
      return try rotate(x, z, angle)
    }
    apply(try TransferMap(operation))
  }

  /// Applies noise.
  package mutating func apply(_ channel: Channel, on qubits: [Int]) {
    apply(TransferMap(PauliTransferMatrix(channel), on: qubits))
  }

  /// Puts a qubit into |0⟩.
  package mutating func reset(_ qubit: Int) { apply(.reset(qubit)) }

  /// Measures a qubit without looking.
  package mutating func dephase(_ qubit: Int) {
    var matrix = PauliTransferMatrix(qubitCount: 1)
    (matrix[1, 1], matrix[3, 3]) = (0, 0)
    apply(TransferMap(matrix, on: [qubit]))
  }

  /// Applies a map, or holds it back.
  package mutating func apply(_ map: TransferMap) {
    var map = map
    let met = pending.filter { !Set($0.qubits).isDisjoint(with: map.qubits) }
    let together = Set(met.flatMap(\.qubits)).union(map.qubits)
    pending.removeAll { held in met.contains(held) }
    if together.count <= max(2, map.qubits.count) {
      for held in met { map = map.following(held) }
    } else {
      for held in met { state.apply(held) }
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
  private mutating func flush() {
    for map in pending { state.apply(map) }
    pending = []
  }

  // MARK: Reading

  /// Tr(ρ).
  package mutating func trace() -> Double {
    flush()
    return state[0]
  }

  /// Tr(Pρ) for each Pauli string, not divided by the trace.
  package mutating func expectations(_ paulis: [PauliMask]) -> [Double] {
    flush()
    return paulis.map { state[number(x: $0.x, z: $0.z)] }
  }

  /// The distribution of qubits that are measured, the first least significant, not divided by the trace: the Walsh–Hadamard transform of the
  /// values of I and Z.
  package mutating func probabilities(of qubits: [Int]) -> [Double] {
    flush()
    var values = (0..<1 << qubits.count).map { outcome in
      state[number(x: 0, z: qubits.enumerated().reduce(0) { $0 | UInt64(outcome >> $1.offset & 1) << UInt64($1.element) })]
    }
    var step = 1
    while step < values.count {
      for index in values.indices where index & step == 0 {
        (values[index], values[index | step]) = (values[index] + values[index | step], values[index] - values[index | step])
      }
      step *= 2
    }
    let scale = 1 / Double(values.count)
    return values.map { scale * $0 }
  }

  /// Keeps what has the value 0 of a qubit times one number, and what has 1 times another; nothing between them is kept.
  package mutating func collapse(_ qubit: Int, weights: (zero: Double, one: Double)) {
    var matrix = PauliTransferMatrix(qubitCount: 1)
    for row in 0..<4 { for column in 0..<4 { matrix[row, column] = 0 } }
    (matrix[0, 0], matrix[2, 2]) = ((weights.zero + weights.one) / 2, (weights.zero + weights.one) / 2)
    (matrix[0, 2], matrix[2, 0]) = ((weights.zero - weights.one) / 2, (weights.zero - weights.one) / 2)
    apply(TransferMap(matrix, on: [qubit]))
  }

  /// The number of a string: two bits for each qubit.
  private func number(x: UInt64, z: UInt64) -> Int {
    var result = 0
    for qubit in 0..<qubitCount {
      result |= Int(x >> UInt64(qubit) & 1) << (2 * qubit) | Int(z >> UInt64(qubit) & 1) << (2 * qubit + 1)
    }
    return result
  }
}
