internal import Circuits
internal import RealModule

/// Writes a netlist in the gates of a basis.
///
/// What happens to one wire is multiplied up and written when a gate on two comes. Of that the last turn about Z is kept back where it commutes
/// with the gate, so that it meets the next: between two entangling gates a wire has at most one gate of each kind less.
struct BasisWriter {
  private let basis: GateBasis
  private let dropsFinalPhases: Bool
  private(set) var instructions: [Instruction] = []
  private(set) var phase: ClassicalExpression = 0
  private var numericPhase = 0.0
  private var symbolicPhase: ClassicalExpression = 0
  /// What is done to each wire but not written: a gate, then a turn about Z.
  private var pending: [(gate: Matrix2, turn: ClassicalExpression?)]
  /// For each wire the last `u`, if what came after it commutes with turns about Z: it can take them.
  private var carriers: [Int?]

  init(_ basis: GateBasis, wireCount: Int, dropsFinalPhases: Bool) {
    (self.basis, self.dropsFinalPhases) = (basis, dropsFinalPhases)
    pending = Array(repeating: (.identity, nil), count: wireCount)
    carriers = Array(repeating: nil, count: wireCount)
  }

  /// Writes all of a netlist.
  ///
  /// - Throws: ``TranspilerError`` for a matrix that is not unitary.
  mutating func write(_ netlist: Netlist) throws(TranspilerError) {
    for node in netlist.nodes {
      switch node.kind {
      case .local(let matrix): add(matrix, node.low)
      case .turn(let angle): pending[node.low].turn = pending[node.low].turn.map { $0 + angle } ?? angle
      case .pair(let matrix): try write(matrix, low: node.low, high: node.high)
      case .other(let instruction): write(instruction)
      }
    }
    for wire in pending.indices { flush(wire) }
    phase = netlist.phase + symbolicPhase + ClassicalExpression(numericPhase)
  }

  private mutating func add(_ matrix: Matrix2, _ wire: Int) {
    if pending[wire].turn != nil { flush(wire) }
    pending[wire].gate = matrix * pending[wire].gate
  }

  private mutating func write(_ matrix: Matrix4, low: Int, high: Int) throws(TranspilerError) {
    guard let synthesis = PairSynthesis(matrix, usesAngles: basis.entangler == .rzz) else {
      throw TranspilerError(.unsupported, "a gate on qubits \(low) and \(high) whose matrix is not unitary to 13 digits")
    }
    numericPhase += synthesis.phase
    for step in synthesis.steps {
      switch step {
      case .local(let local, let bit): add(local, bit == 0 ? low : high)
      case .cz: writeEntangler(low, high)
      case .zz(let angle):
        flushButPhase(low)
        flushButPhase(high)
        append(.rzz, [ClassicalExpression(angle)], [low, high])
      }
    }
  }

  // MARK: Entangling gates

  /// Z under a control, by the basis's gate.
  private mutating func writeEntangler(_ low: Int, _ high: Int) {
    switch basis.entangler {
    case .rzz: preconditionFailure("a basis with rzz has no gates under controls")
    case .cz:
      flushButPhase(low)
      flushButPhase(high)
      append(.cz, [], [low, high])
    case .cx:
      let target = target(low, high)
      let control = target == low ? high : low
      add(.hadamard, target)
      flush(target)
      flushButPhase(control)
      append(.cx, [], [control, target])
      add(.hadamard, target)
    case .ecr: writeEchoed(low, high)
    }
  }

  /// The wire that is to be X's, so that fewer gates are written: H on it is multiplied to what waits there.
  private func target(_ low: Int, _ high: Int) -> Int {
    func count(_ target: Int, _ control: Int) -> Int {
      let turned = pending[target].turn == nil ? .hadamard * pending[target].gate : .hadamard
      let flipped = EulerAngles(turned)
      let isNothing = turned.phaseOfIdentity != nil
      return (isNothing ? 0 : flipped.isDiagonal ? 1 : 2) + (EulerAngles(pending[control].gate).isDiagonal ? 0 : 2)
    }
    return count(low, high) < count(high, low) ? low : high
  }

  /// CZ = e^{3iπ/4}·(Z·Rz(π/2)·X ⊗ Z·Rz(π/2)·H)·ECR·(1 ⊗ H), the first factor on ECR's first qubit; there ECR and X turn Rz(t) into Rz(−t).
  private mutating func writeEchoed(_ low: Int, _ high: Int) {
    add(.hadamard, high)
    flush(high)
    flushButPhase(low)
    append(.ecr, [], [low, high])
    carriers[low] = nil
    let turned = Matrix2.z * .rz(Double.pi / 2)
    let (kept, turn) = pending[low]
    pending[low] = (turned * .x * Matrix2(a: kept.d, b: .zero, c: .zero, d: kept.a), turn.map { -$0 })
    add(turned * .hadamard, high)
    numericPhase += 0.75 * Double.pi
  }

  // MARK: Gates on one wire

  /// Writes what waits on a wire.
  private mutating func flush(_ wire: Int) {
    if basis.oneQubit == .u, writeWhole(wire) { return }
    flushButPhase(wire)
    let (gate, turn) = pending[wire]
    pending[wire] = (.identity, nil)
    let angles = EulerAngles(gate)
    numericPhase += angles.alpha
    let angle = turn.map { $0 + ClassicalExpression(angles.phi) } ?? ClassicalExpression(angles.phi)
    writeTurn(angle, wire)
    carriers[wire] = nil
  }

  /// Writes what waits on a wire as one `u`, if it is more than a turn about Z.
  private mutating func writeWhole(_ wire: Int) -> Bool {
    let (gate, turn) = pending[wire]
    let angles = EulerAngles(gate)
    guard !angles.isDiagonal else { return false }
    let phi = turn.map { $0 + ClassicalExpression(angles.phi) } ?? ClassicalExpression(angles.phi)
    append(.u, [ClassicalExpression(angles.theta), phi, ClassicalExpression(angles.lambda)], [wire])
    numericPhase += angles.alpha - (angles.phi + angles.lambda) / 2
    if let turn { symbolicPhase = symbolicPhase - turn / 2 }
    pending[wire] = (.identity, nil)
    carriers[wire] = nil
    return true
  }

  private mutating func writeTurn(_ angle: ClassicalExpression, _ wire: Int) {
    if let value = angle.literal?.double {
      let reduced = Self.reduced(value)
      // Each full turn is a factor of −1.
      numericPhase += (value - reduced) / 2
      guard abs(reduced) > Limits.angleTolerance else { return }
      append(turn: ClassicalExpression(reduced), wire)
    } else {
      append(turn: angle, wire)
    }
  }

  private mutating func append(turn angle: ClassicalExpression, _ wire: Int) {
    if basis.oneQubit == .u {
      // u(0, 0, θ) is e^{iθ/2}·Rz(θ), and u(a, θ, b) the same times u(a, 0, b).
      if let carrier = carriers[wire], case .gate(var operation) = instructions[carrier] {
        operation.parameters[1] = angle
        instructions[carrier] = .gate(operation)
      } else {
        append(.u, [0, 0, angle], [wire])
      }
      if let value = angle.literal?.double { numericPhase -= value / 2 } else { symbolicPhase = symbolicPhase - angle / 2 }
    } else {
      append(.rz, [angle], [wire])
    }
  }

  /// The same angle but for full turns, in (−π, π].
  private static func reduced(_ angle: Double) -> Double {
    let rest = angle.remainder(dividingBy: 2 * Double.pi)
    return rest <= -Double.pi + Limits.angleTolerance ? rest + 2 * Double.pi : rest
  }

  /// Writes what waits on a wire, but for a turn about Z that comes last.
  private mutating func flushButPhase(_ wire: Int) {
    let angles = EulerAngles(pending[wire].gate)
    guard !angles.isDiagonal else { return }
    numericPhase += angles.alpha
    switch basis.oneQubit {
    case .u:
      carriers[wire] = instructions.count
      append(.u, [angles.theta, 0, angles.lambda].map { ClassicalExpression($0) }, [wire])
      numericPhase -= angles.lambda / 2
      pending[wire].gate = .rz(angles.phi)
    case .rotations:
      // Ry(θ) = Rz(π/2)·Rx(θ)·Rz(−π/2).
      writeTurn(ClassicalExpression(angles.lambda - Double.pi / 2), wire)
      append(.rx, [ClassicalExpression(angles.theta)], [wire])
      pending[wire].gate = .rz(angles.phi + Double.pi / 2)
    case .rzSX, .rzSXX: writePulses(angles, wire)
    }
  }

  /// One pulse for θ = π/2, one of `x` for π, else two.
  private mutating func writePulses(_ angles: EulerAngles, _ wire: Int) {
    let half = Double.pi / 2
    if abs(angles.theta - half) < Limits.angleTolerance {
      // Ry(π/2) = e^{−iπ/4}·Rz(π/2)·SX·Rz(−π/2).
      writeTurn(ClassicalExpression(angles.lambda - half), wire)
      append(.sx, [], [wire])
      pending[wire].gate = .rz(angles.phi + half)
      numericPhase -= half / 2
    } else if basis.oneQubit == .rzSXX, angles.theta > Double.pi - Limits.angleTolerance {
      // Ry(π) = i·X·Rz(π), and X·Rz(t) = Rz(−t)·X.
      append(.x, [], [wire])
      pending[wire].gate = .rz(angles.phi - angles.lambda - Double.pi)
      numericPhase += half
    } else {
      // Ry(θ) = i·Rz(π)·SX·Rz(θ + π)·SX.
      writeTurn(ClassicalExpression(angles.lambda), wire)
      append(.sx, [], [wire])
      writeTurn(ClassicalExpression(angles.theta + Double.pi), wire)
      append(.sx, [], [wire])
      pending[wire].gate = .rz(angles.phi + Double.pi)
      numericPhase += half
    }
  }

  // MARK: Everything else

  private mutating func write(_ instruction: Instruction) {
    for wire in instruction.wires {
      if case .measure = instruction, dropsFinalPhases {
        flushButPhase(wire)
        pending[wire] = (.identity, nil)
        carriers[wire] = nil
      } else {
        flush(wire)
      }
    }
    instructions.append(instruction)
  }

  private mutating func append(_ gate: Gate, _ parameters: [ClassicalExpression], _ qubits: [Int]) {
    instructions.append(.gate(GateOperation(.standard(gate), parameters: parameters, qubits: qubits)))
  }
}
