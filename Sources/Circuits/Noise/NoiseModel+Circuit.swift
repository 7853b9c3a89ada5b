extension NoiseModel {
  /// A circuit with this model's channels between its instructions, in bodies of control flow too, and its errors of reading, which take the
  /// place of the circuit's own.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if a rule's channel has not as many qubits as a gate that it is for, and
  ///   `limit_exceeded` for more than ``Limits/noiseInstructionCount`` channels.
  public func applied(to circuit: Circuit) throws(CircuitError) -> Circuit {
    var writer = NoiseWriter(self, qubitCount: circuit.qubitCount)
    var result = circuit
    result.instructions = try writer.written(circuit.instructions)
    result.readout = []
    for entry in try readout(qubitCount: circuit.qubitCount) { try result.misread(entry.error, on: entry.qubits) }
    return result
  }

  /// The error of each qubit: the last that names it, or the last for all qubits.
  private func readout(qubitCount: Int) throws(CircuitError) -> [Circuit.Readout] {
    var taken = Set<Int>()
    var result = [Circuit.Readout]()
    for entry in readout.reversed() {
      guard let qubits = entry.qubits, taken.isDisjoint(with: qubits), qubits.contains(where: { $0 < qubitCount }) else { continue }
      if let missing = qubits.first(where: { $0 >= qubitCount }) {
        throw CircuitError(
          .invalidChannel,
          "\(name): qubits \(qubits) are read together, and there is no qubit \(missing) in a circuit of \(qubitCount)")
      }
      taken.formUnion(qubits)
      result.append(.init(qubits: qubits, error: entry.error))
    }
    if let general = readout.last(where: { $0.qubits == nil }) {
      result += (0..<qubitCount).filter { !taken.contains($0) }.map { .init(qubits: [$0], error: general.error) }
    }
    return result.sorted { $0.qubits[0] < $1.qubits[0] }
  }
}

/// Puts a model's channels between instructions.
private struct NoiseWriter {
  private let model: NoiseModel
  private let qubitCount: Int
  /// Rules for certain qubits, and for all, by the names of their gates.
  private var special: [String: [[Int]: [NoiseModel.Rule]]] = [:]
  private var general: [String: [NoiseModel.Rule]] = [:]
  private let neighbors: [Int: [Int]]
  private var count = 0

  init(_ model: NoiseModel, qubitCount: Int) {
    (self.model, self.qubitCount) = (model, qubitCount)
    neighbors = Dictionary(grouping: model.coupling, by: { $0[0] }).mapValues { $0.map { $0[1] }.sorted() }
    let names = Self.spellings(of: Set(model.rules.flatMap(\.gates)))
    for rule in model.rules {
      for gate in Set(rule.gates.compactMap { names[$0] }) {
        if let qubits = rule.qubits {
          // A large device's rules are many, and a circuit's qubits few.
          guard qubits.allSatisfy({ $0 < qubitCount }) else { continue }
          special[gate, default: [:]][qubits, default: []].append(rule)
        } else {
          general[gate, default: []].append(rule)
        }
      }
    }
    // The builtin gate differs from u by a phase alone.
    if names.values.contains("U") { return }
    (special["U"], general["U"]) = (special["u"], general["u"])
  }

  /// What circuits call the gates of rules: one gate has one name in a circuit, and may have several in a model. Of those its own counts, or the
  /// first.
  private static func spellings(of names: Set<String>) -> [String: String] {
    var chosen: [String: String] = [:]
    for name in names.sorted() {
      let own = Gate(named: name)?.name ?? name
      if own == name || chosen[own] == nil { chosen[own] = name }
    }
    return Dictionary(uniqueKeysWithValues: chosen.map { ($0.value, $0.key) })
  }

  mutating func written(_ instructions: [Instruction]) throws(CircuitError) -> [Instruction] {
    var result = [Instruction]()
    result.reserveCapacity(instructions.count)
    for instruction in instructions {
      switch instruction {
      case .gate(let gate): result += [instruction] + (try noise(gate.name, gate.allQubits))
      case .measure(let qubit, _): result += try noise("measure", [qubit]) + [instruction]
      case .reset(let qubit): result += [instruction] + (try noise("reset", [qubit]))
      case .delay(let seconds, let qubits): result += [instruction] + (try noise(during: seconds, qubits))
      default: result.append(try instruction.mappingBodies { (body) throws(CircuitError) in try written(body) })
      }
    }
    return result
  }

  private mutating func noise(_ gate: String, _ operands: [Int]) throws(CircuitError) -> [Instruction] {
    var found = [Instruction]()
    for rule in special[gate]?[operands] ?? general[gate] ?? [] {
      switch rule.placement {
      case .operands:
        guard rule.channel.qubitCount == operands.count else {
          throw CircuitError(
            .invalidChannel,
            "\(model.name): \(rule.channel.name) acts on \(rule.channel.qubitCount) qubits, and \(gate) on \(operands.count)")
        }
        found.append(.channel(rule.channel, qubits: operands))
      case .each: found += operands.map { .channel(rule.channel, qubits: [$0]) }
      case .operand(let index):
        guard operands.indices.contains(index) else {
          throw CircuitError(
            .invalidChannel, "\(model.name): \(rule.channel.name) acts on qubit \(index) of \(gate), which is on \(operands.count)")
        }
        found.append(.channel(rule.channel, qubits: [operands[index]]))
      case .neighbors:
        for operand in operands {
          let others = (neighbors[operand] ?? []).filter { $0 < qubitCount && !operands.contains($0) }
          found += others.map { .channel(rule.channel, qubits: [operand, $0]) }
        }
      }
    }
    return try counted(found)
  }

  /// What a delay does: what qubits do in that time, unless a rule says what delays do.
  private mutating func noise(during seconds: ClassicalExpression, _ qubits: [Int]) throws(CircuitError) -> [Instruction] {
    var found = [Instruction]()
    for qubit in qubits {
      let ruled = try noise("delay", [qubit])
      if !ruled.isEmpty {
        found += ruled
      } else if let relaxation = model.relaxations[qubit] {
        guard let time = seconds.literal?.double else {
          throw CircuitError(
            .invalidChannel, "\(model.name): a delay of qubit \(qubit) whose time is not known before the circuit runs")
        }
        let channel = try Channel.thermalRelaxation(
          t1: relaxation.t1, t2: relaxation.t2, time: time, excitedPopulation: relaxation.excitedPopulation)
        found += try counted([.channel(channel, qubits: [qubit])])
      }
    }
    return found
  }

  private mutating func counted(_ instructions: [Instruction]) throws(CircuitError) -> [Instruction] {
    count += instructions.count
    guard count <= Limits.noiseInstructionCount else {
      throw CircuitError(.limitExceeded, "\(model.name): more than \(Limits.noiseInstructionCount) channels in one circuit")
    }
    return instructions
  }
}

extension Instruction {
  /// The same instruction with other bodies.
  package func mappingBodies<Failure>(
    _ map: ([Instruction]) throws(Failure) -> [Instruction]
  ) throws(Failure) -> Instruction {
    switch self {
    case .ifElse(let condition, let then, let otherwise):
      return .ifElse(condition, then: try map(then), otherwise: try map(otherwise))
    case .whileLoop(let condition, let body): return .whileLoop(condition, body: try map(body))
    case .forLoop(let variable, let values, let body): return .forLoop(variable: variable, values: values, body: try map(body))
    case .iterations(let bodies):
      var mapped = [[Instruction]]()
      for body in bodies { mapped.append(try map(body)) }
      return .iterations(mapped)
    case .switchCase(let value, let cases, let otherwise):
      var mapped = [SwitchCase]()
      for item in cases { mapped.append(SwitchCase(values: item.values, body: try map(item.body))) }
      return .switchCase(value, cases: mapped, otherwise: try map(otherwise))
    default: return self
    }
  }
}
