internal import Circuits
internal import RealModule

/// Writes a circuit's gates as matrices on one and two wires; those on more, and those with free parameters, by what they are made of.
struct NetlistReader {
  private(set) var netlist: Netlist
  /// Wires that were measured so far.
  private var measured = Set<Int>()

  /// A reader of steps one after the other.
  init(wireCount: Int) { netlist = Netlist(wireCount: wireCount) }

  init(_ circuit: Circuit) throws(TranspilerError) {
    self.init(wireCount: circuit.qubitCount)
    for (place, instruction) in circuit.instructions.enumerated() {
      do throws(TranspilerError) { try read(instruction) } catch { throw error.at(instruction: place) }
    }
  }

  /// Reads a step without control flow; an angle that reads classical memory stays as it is.
  mutating func read(_ instruction: Instruction) throws(TranspilerError) {
    switch instruction {
    case .gate(let operation): try read(operation)
    case .measure(let wire, _):
      measured.insert(wire)
      append(Node(instruction))
    case .reset, .barrier: append(Node(instruction))
    case .delay(let seconds, _):
      guard seconds.literal != nil else {
        throw TranspilerError(.unsupported, "a delay whose time is not known; a number of seconds is taken")
      }
      append(Node(instruction))
    case .channel(let channel, _):
      throw TranspilerError(.unsupported, "noise (\(channel.name)); a circuit is compiled first and gets the device's noise then")
    default: preconditionFailure("control flow is read body by body")
    }
  }

  private mutating func append(_ node: Node) { netlist.nodes.append(node) }

  private mutating func read(_ operation: GateOperation) throws(TranspilerError) {
    if try readMatrix(operation) { return }
    if try readUnitary(operation) { return }
    let steps: [GateOperation]
    // What was measured stays as it is.
    let spare = (0..<netlist.wireCount).filter { !measured.contains($0) }
    do throws(CircuitError) { steps = try operation.controlsApart.expanded(borrowing: spare) } catch {
      throw TranspilerError(error)
    }
    for step in steps {
      guard case .standard(let gate) = step.kind else { preconditionFailure("an expanded operation is a gate of the table") }
      try read(gate, step.parameters, step.qubits)
    }
  }

  /// An operation on at most two wires, whatever controls and power it has, if all its angles are numbers.
  private mutating func readMatrix(_ operation: GateOperation) throws(TranspilerError) -> Bool {
    let wires = operation.allQubits
    guard wires.count <= 2, operation.parameters.allSatisfy({ $0.literal != nil }) else { return false }
    let columns = try columns(operation)
    switch wires.count {
    case 0: netlist.add(phase: columns[0][0].phase)
    case 1:
      append(Node(Matrix2(a: columns[0][0], b: columns[1][0], c: columns[0][1], d: columns[1][1]), on: wires[0]))
    default:
      append(Node(Matrix4((0..<16).map { columns[$0 & 3][$0 >> 2] }), low: wires[0], high: wires[1]))
    }
    return true
  }

  /// Where each basis state of an operation's wires goes.
  private func columns(_ operation: GateOperation) throws(TranspilerError) -> [[Complex]] {
    let resolved: ResolvedGate
    do throws(CircuitError) { resolved = try operation.resolved(in: ClassicalMemory()) } catch { throw TranspilerError(error) }
    let wires = operation.allQubits
    return (0..<1 << wires.count).map { resolved.column($0, on: wires) }
  }

  /// A matrix on two and more wires that has no name, under controls or not: what is under controls a matrix on all of its wires.
  private mutating func readUnitary(_ operation: GateOperation) throws(TranspilerError) -> Bool {
    let wires = operation.allQubits
    guard operation.isNamelessMatrix, wires.count <= Limits.unitaryQubitCount,
      operation.parameters.allSatisfy({ $0.literal != nil })
    else { return false }
    let columns = try columns(operation)
    let size = columns.count
    let entries = (0..<size * size).map { columns[$0 % size][$0 / size] }
    let synthesis = ShannonSynthesis(Matrix(dimension: size, entries: entries), on: wires)
    netlist.nodes += synthesis.nodes
    netlist.add(phase: synthesis.phase)
    return true
  }

  private mutating func read(_ gate: Gate, _ parameters: [ClassicalExpression], _ wires: [Int]) throws(TranspilerError) {
    guard netlist.nodes.count < Limits.gateCount else {
      throw TranspilerError(
        .limitExceeded, "more than \(Limits.gateCount) gates when those on three and more qubits are written out")
    }
    if parameters.allSatisfy({ $0.literal != nil }), wires.count <= 2 {
      _ = try readMatrix(GateOperation(.standard(gate), parameters: parameters, qubits: wires))
    } else if let angle = parameters.first, wires.count <= 1 {
      readRotation(gate, angle, parameters, wires)
    } else {
      try readSteps(gate, parameters, wires)
    }
  }

  private mutating func readSteps(_ gate: Gate, _ parameters: [ClassicalExpression], _ wires: [Int]) throws(TranspilerError) {
    guard let steps = gate.decomposition else { preconditionFailure("\(gate.name) is made of nothing simpler") }
    let bound = Dictionary(uniqueKeysWithValues: zip(gate.parameterNames.map { Parameter($0) }, parameters))
    for step in steps {
      try read(step.gate, step.parameters.map { $0.substituting(bound) }, step.qubits.map { wires[$0] })
    }
  }

  /// A gate on one wire with free parameters: turns about Z between fixed gates.
  private mutating func readRotation(
    _ gate: Gate, _ angle: ClassicalExpression, _ parameters: [ClassicalExpression], _ wires: [Int]
  ) {
    switch gate.name {
    case "gphase": netlist.phase = netlist.phase + angle
    case "rz": turn(angle, wires[0])
    case "rx": rotate(angle, wires[0], by: .hadamard)
    case "ry": rotate(angle, wires[0], by: .rx(-Double.pi / 2))
    case "p":
      turn(angle, wires[0])
      netlist.phase = netlist.phase + angle / 2
    case "u":
      // e^{i(φ+λ)/2}·Rz(φ)·Ry(θ)·Rz(λ).
      turn(parameters[2], wires[0])
      rotate(angle, wires[0], by: .rx(-Double.pi / 2))
      turn(parameters[1], wires[0])
      netlist.phase = netlist.phase + (parameters[1] + parameters[2]) / 2
    default:
      // Of the other gates on one qubit each is made of these.
      let bound = Dictionary(uniqueKeysWithValues: zip(gate.parameterNames.map { Parameter($0) }, parameters))
      for step in gate.decomposition ?? [] {
        let angles = step.parameters.map { $0.substituting(bound) }
        if angles.allSatisfy({ $0.literal != nil }) {
          _ = try? readMatrix(GateOperation(.standard(step.gate), parameters: angles, qubits: step.qubits.map { wires[$0] }))
        } else {
          readRotation(step.gate, angles[0], angles, step.qubits.map { wires[$0] })
        }
      }
    }
  }

  private mutating func turn(_ angle: ClassicalExpression, _ wire: Int) {
    if let value = angle.literal?.double {
      append(Node(.rz(value), on: wire))
    } else {
      append(Node(turn: angle, on: wire))
    }
  }

  /// A rotation about V·Z·V†.
  private mutating func rotate(_ angle: ClassicalExpression, _ wire: Int, by turned: Matrix2) {
    append(Node(turned.adjoint, on: wire))
    turn(angle, wire)
    append(Node(turned, on: wire))
  }
}

extension GateOperation {
  /// A flip under three and more controls as `x` under them: the table's steps for it are more than are needed.
  fileprivate var controlsApart: GateOperation {
    guard case .standard(let gate) = kind, ["c3x", "c4x"].contains(gate.name) else { return self }
    let own = qubits.prefix(gate.controlCount).map { Control($0) }
    return GateOperation(.standard(.x), qubits: [qubits[gate.controlCount]], controls: controls + own, exponent: exponent)
  }

  /// Whether it is a matrix on two and more qubits that no gate of the table is.
  fileprivate var isNamelessMatrix: Bool {
    switch kind {
    case .unitary: qubits.count >= 2
    case .standard(let gate): gate.qubitCount - gate.controlCount >= 2 && exponent != exponent.rounded()
    case .pauliRotation: false
    }
  }
}

extension ResolvedGate {
  /// Where a basis state of some wires goes, which are all that the gate has.
  fileprivate func column(_ state: Int, on wires: [Int]) -> [Complex] {
    var result = [Complex](repeating: .zero, count: 1 << wires.count)
    func place(_ qubit: Int) -> Int { wires.firstIndex(of: qubit) ?? 0 }
    func holds(_ controls: [Control]) -> Bool { controls.allSatisfy { (state >> place($0.qubit) & 1 == 1) == $0.isPositive } }
    switch self {
    case .matrix(let matrix, _, let targets, let controls):
      guard holds(controls) else { break }
      let bits = targets.map(place)
      let mask = bits.reduce(0) { $0 | 1 << $1 }
      let column = bits.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
      for row in 0..<matrix.dimension {
        let scattered = bits.enumerated().reduce(0) { $0 | (row >> $1.offset & 1) << $1.element }
        result[state & ~mask | scattered] = matrix[row, column]
      }
      return result
    case .pauliRotation(let string, let angle, let controls):
      guard holds(controls) else { break }
      let (x, z) = (
        wires.indices.filter { string.x >> UInt64(wires[$0]) & 1 == 1 },
        wires.indices.filter { string.z >> UInt64(wires[$0]) & 1 == 1 }
      )
      let flips = x.reduce(0) { $0 | 1 << $1 }
      // P|s⟩ = i^{|x∧z|}·(−1)^{s·z}|s ⊕ x⟩.
      let both = x.filter { z.contains($0) }.count
      let sign = z.filter { state >> $0 & 1 == 1 }.count
      let factor = [Complex.one, .i, -Complex.one, -Complex.i][(both + 2 * sign) & 3]
      result[state] = Complex(.cos(angle / 2))
      result[state ^ flips] += Complex(0, -.sin(angle / 2)) * factor
      return result
    }
    result[state] = .one
    return result
  }
}
