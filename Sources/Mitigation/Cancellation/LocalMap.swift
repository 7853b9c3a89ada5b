internal import Circuits

/// Transfer matrices of gates and channels on some of a few qubits.
enum LocalMap {
  /// The map of a gate with known angles or of a reset; the first of the qubits is the least significant.
  ///
  /// - Throws: ``MitigationError`` with code `unsupported_instruction` for anything else.
  static func transfer(of instruction: Instruction, on qubits: [Int]) throws(MitigationError) -> PauliTransferMatrix {
    switch instruction {
    case .gate(let gate):
      if let matrix = unitary(of: gate, on: qubits) { return PauliTransferMatrix(unitary: matrix) }
    case .reset(let qubit):
      return try MitigationError.wrapping("reset") { () throws(CircuitError) in
        transfer(of: try .reset(toZero: 1), at: [qubit], on: qubits)
      }
    default: break
    }
    throw MitigationError(.unsupportedInstruction, "the map of \(instruction); gates with known angles and resets are accepted")
  }

  /// The matrix of a gate on the qubits that it is on, among some; nil if its angles are not known, or it is on others too.
  static func unitary(of gate: GateOperation, on qubits: [Int]) -> Matrix? {
    guard gate.allQubits.allSatisfy(qubits.contains) else { return nil }
    // Numbered by their places: a Pauli rotation of a wide circuit may be on qubits that a string has no letters for.
    func place(_ qubit: Int) -> Int { qubits.firstIndex(of: qubit) ?? 0 }
    var local = gate
    local.qubits = gate.qubits.map(place)
    local.controls = gate.controls.map { Control(place($0.qubit), isPositive: $0.isPositive) }
    // An angle that is not known, or is none, is all that can be wrong with a gate of a circuit.
    guard let resolved = try? local.resolved(in: ClassicalMemory()) else { return nil }
    let dimension = 1 << qubits.count
    var result = Matrix(dimension: dimension, entries: Array(repeating: .zero, count: dimension * dimension))
    for column in 0..<dimension { for (row, amplitude) in image(of: column, resolved) { result[row, column] += amplitude } }
    return result
  }

  /// What a gate makes of a basis state of its qubits.
  private static func image(of state: Int, _ gate: ResolvedGate) -> [(Int, Complex)] {
    func acts(_ controls: [Control]) -> Bool { controls.allSatisfy { (state >> $0.qubit & 1 == 1) == $0.isPositive } }
    switch gate {
    case .matrix(let matrix, _, let targets, let controls):
      guard acts(controls) else { return [(state, .one)] }
      let mask = targets.reduce(0) { $0 | 1 << $1 }
      let column = targets.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
      return (0..<matrix.dimension).map { row in
        (targets.enumerated().reduce(state & ~mask) { $0 | (row >> $1.offset & 1) << $1.element }, matrix[row, column])
      }
    case .pauliRotation(let string, let angle, let controls):
      guard acts(controls) else { return [(state, .one)] }
      let half = Complex(phase: -angle / 2), bits = UInt64(state)
      var factor = Complex(0, half.imaginary)
      for _ in 0..<(string.x & string.z).nonzeroBitCount { factor *= .i }
      if (bits & string.z).nonzeroBitCount & 1 == 1 { factor = -factor }
      return [(state, Complex(half.real)), (Int(bits ^ string.x), factor)]
    }
  }

  /// The map of a channel whose qubits stand at places among some qubits.
  static func transfer(of channel: Channel, at places: [Int], on qubits: [Int]) -> PauliTransferMatrix {
    let own = PauliTransferMatrix(channel)
    var result = PauliTransferMatrix(qubitCount: qubits.count)
    let shifts = places.map { place in 2 * (qubits.firstIndex(of: place) ?? 0) }
    let mask = shifts.reduce(0) { $0 | 3 << $1 }
    func local(_ index: Int) -> Int { shifts.enumerated().reduce(0) { $0 | (index >> $1.element & 3) << (2 * $1.offset) } }
    for row in 0..<result.dimension {
      for column in 0..<result.dimension {
        result[row, column] = row & ~mask == column & ~mask ? own[local(row), local(column)] : 0
      }
    }
    return result
  }
}
