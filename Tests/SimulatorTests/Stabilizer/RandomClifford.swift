import Circuits
import TestSupport

/// Seeded random circuits of Clifford gates in all the ways in which they may be written.
struct RandomClifford {
  private var random: SplitMix
  private let qubitCount: Int
  private let bitCount = 4

  init(qubitCount: Int, seed: UInt64) { (random, self.qubitCount) = (SplitMix(seed: seed), qubitCount) }

  /// Gates with measurements and resets between them, and measurements of some qubits at the end.
  mutating func circuit(stepCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: bitCount)
    for _ in 0..<stepCount { try circuit.append(step(depth: 2)) }
    for qubit in (0..<qubitCount).shuffled(using: &random).prefix(2) {
      try circuit.measure(qubit, into: Int.random(in: 0..<bitCount, using: &random))
    }
    return circuit
  }

  /// The same with steps that depend on outcomes.
  mutating func dynamicCircuit(stepCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: bitCount)
    for _ in 0..<stepCount { try circuit.append(step(depth: 0)) }
    for qubit in (0..<qubitCount).shuffled(using: &random).prefix(2) { try circuit.measure(qubit, into: qubit % bitCount) }
    return circuit
  }

  /// A weighted sum of Pauli strings.
  mutating func observable() throws -> Observable {
    let mask = UInt64(1) << UInt64(qubitCount) - 1
    return try Observable(
      (0..<3).map { _ in
        let letters = (random.next() & random.next(), random.next() & random.next())
        return .init(
          Double.random(in: -2...2, using: &random),
          PauliString(qubitCount: qubitCount, x: letters.0 & mask, z: letters.1 & mask))
      })
  }

  /// A gate that is a Clifford gate, or happens not to be one.
  mutating func gate() -> GateOperation {
    var result: GateOperation
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      let count = Int.random(in: 1...qubitCount, using: &random)
      let mask = UInt64(1) << UInt64(count) - 1
      let pauli = PauliString(qubitCount: count, x: random.next() & mask, z: random.next() & mask)
      result = GateOperation(.pauliRotation(pauli), parameters: [angle()], qubits: qubits(count))
    case 1:
      let matrix = Gate.u.matrix([quarter(), quarter(), quarter()])
      result = GateOperation(.unitary(matrix), qubits: qubits(1))
    default:
      let gate = Gate.all.filter { $0.qubitCount <= qubitCount }.randomElement(using: &random)!
      result = GateOperation(.standard(gate), parameters: gate.parameterNames.map { _ in angle() }, qubits: qubits(gate.qubitCount))
      result.exponent = [1, 1, 1, -1, 2, 0.5].randomElement(using: &random)!
    }
    let free = (0..<qubitCount).filter { !result.qubits.contains($0) }
    if let control = free.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
      result.controls = [Control(control, isPositive: Bool.random(using: &random))]
    }
    return result
  }

  private mutating func quarter() -> Double { Double(Int.random(in: -6...6, using: &random)) * .pi / 2 }
  private mutating func angle() -> ClassicalExpression { ClassicalExpression(quarter()) }
  private mutating func qubits(_ count: Int) -> [Int] { Array((0..<qubitCount).shuffled(using: &random).prefix(count)) }

  /// A gate that is a Clifford gate.
  private mutating func cliffordGate() throws -> GateOperation {
    while true {
      let gate = gate()
      if try gate.isClifford() { return gate }
    }
  }

  private mutating func step(depth: Int) throws -> Instruction {
    switch Int.random(in: 0..<(depth < 2 ? 16 : 12), using: &random) {
    case 0: return .measure(qubit: qubits(1)[0], bit: Int.random(in: 0..<bitCount, using: &random))
    case 1: return .reset(qubit: qubits(1)[0])
    case 2: return .barrier(qubits(1))
    case 12, 13:
      return .ifElse(.bit(Int.random(in: 0..<bitCount, using: &random)), then: try body(depth), otherwise: try body(depth))
    case 14: return .ifElse(.binary(.greater, .bits(0..<3), .literal(.int(3, width: 8))), then: try body(depth), otherwise: [])
    case 15: return .switchCase(.bits(0..<2), cases: [.init(values: [1, 2], body: try body(depth))], otherwise: try body(depth))
    default: return .gate(try cliffordGate())
    }
  }

  private mutating func body(_ depth: Int) throws -> [Instruction] {
    [try step(depth: depth + 1), try step(depth: depth + 1)]
  }
}

extension GateOperation {
  /// Whether UPU† is a Pauli string up to its sign for each X and Z, by comparing with all of them.
  func isClifford() throws -> Bool {
    let places = allQubits.sorted()
    guard places.count <= 4 else { return false }
    let unitary = try dense(on: places)
    let strings = Self.strings[places.count]
    for qubit in places.indices {
      let letter = UInt64(1) << UInt64(qubit)
      for pauli in [PauliString(qubitCount: places.count, x: letter, z: 0), PauliString(qubitCount: places.count, x: 0, z: letter)]
      {
        let moved = unitary * pauli.matrix() * unitary.adjoint()
        guard strings.contains(where: { Self.isEqualUpToSign(moved, $0) }) else { return false }
      }
    }
    return true
  }

  private static func isEqualUpToSign(_ a: Matrix, _ b: Matrix) -> Bool {
    a.entries.indices.allSatisfy { (a.entries[$0] - b.entries[$0]).lengthSquared < 1e-18 }
      || a.entries.indices.allSatisfy { (a.entries[$0] + b.entries[$0]).lengthSquared < 1e-18 }
  }

  /// All Pauli matrices on 0, 1, … 4 qubits.
  private static let strings: [[Matrix]] = (0...4).map { (count: Int) -> [Matrix] in
    let mask = UInt64(1) << UInt64(count) - 1
    return (0...mask).flatMap { (x: UInt64) -> [Matrix] in
      (0...mask).map { PauliString(qubitCount: count, x: x, z: $0).matrix() }
    }
  }

  /// The matrix on some qubits, column by column.
  func dense(on places: [Int]) throws -> Matrix {
    var moved = self
    moved.qubits = qubits.map { places.firstIndex(of: $0)! }
    moved.controls = controls.map { Control(places.firstIndex(of: $0.qubit)!, isPositive: $0.isPositive) }
    let resolved = try moved.resolved(in: ClassicalMemory())
    var result = Matrix.identity(1 << places.count)
    for column in 0..<result.dimension {
      var amplitudes = [Complex](repeating: .zero, count: result.dimension)
      amplitudes[column] = .one
      for (row, entry) in ReferenceInterpreter.applying(resolved, to: amplitudes).enumerated() { result[row, column] = entry }
    }
    return result
  }
}
