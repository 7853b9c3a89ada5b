package import Circuits

/// A circuit flattened into steps with jumps, so that a run can stop at any measurement and be resumed with either outcome.
package struct Program: Sendable {
  package enum Step: Sendable {
    /// An operation whose numbers are known already.
    case operation(StateOperation)
    /// A gate whose angles depend on parameters or classical memory.
    case gate(GateOperation)
    /// Readout is how an outcome, a row, is read: rows of probabilities of 0 and 1; nil if it is read as it is.
    case measure(qubit: Int, bit: Int?, readout: [[Double]]?)
    case reset(qubit: Int)
    /// Noise that is more than one unitary.
    case noise(NoiseStep)
    case assign(ClassicalTarget, ClassicalExpression)
    case jump(Int)
    case jumpUnless(ClassicalExpression, Int)
    /// Jumps to the first listed target whose values hold the expression's, or to the default.
    case select(ClassicalExpression, [(values: [Int64], target: Int)], otherwise: Int)
    /// Fills a loop slot with its values.
    case startLoop(slot: Int, Instruction.LoopValues)
    /// Takes the next value of a slot into a variable, or jumps when there is none.
    case nextIteration(slot: Int, variable: Int, exit: Int)
    case end
  }

  /// A measurement at the very end: all of them are drawn together.
  package struct FinalMeasurement: Sendable {
    package var qubit: Int
    package var bit: Int?
  }

  /// The circuit's qubits.
  package let qubitCount: Int
  package private(set) var steps: [Step] = []
  /// Measurements after which nothing happens, in order.
  package private(set) var finalMeasurements: [FinalMeasurement] = []
  package private(set) var loopSlotCount = 0
  /// Whether any measurement or reset happens before the end, or noise.
  package private(set) var hasOutcomes = false
  /// Whether the circuit measures at all.
  package private(set) var measures = false

  /// Errors of reading the qubits that are measured at the end, or, in a circuit that measures nothing, all of them.
  package private(set) var finalReadout: [Circuit.Readout] = []

  /// Whether gates whose numbers are known are operations on a state.
  private let lowersGates: Bool
  private let readout: [Circuit.Readout]
  private var channels: [Channel: ChannelOutcomes] = [:]

  /// Flattens a circuit.
  ///
  /// - Parameter lowersGates: Whether gates whose numbers are known become operations on a state; else all stay gates.
  /// - Throws: ``SimulatorError``: `invalid_argument` if a gate without parameters cannot be resolved; `unsupported` for measurements of some of
  ///   the qubits that are misread together.
  package init(_ circuit: Circuit, lowersGates: Bool = true) throws(SimulatorError) {
    (qubitCount, self.lowersGates, readout) = (circuit.qubitCount, lowersGates, circuit.readout)
    let (body, tail) = Program.split(circuit)
    finalMeasurements = tail
    measures = !tail.isEmpty
    for instruction in body { try emit(instruction, loop: nil) }
    steps.append(.end)
    finalReadout = try readoutAtEnd()
  }

  private func readoutAtEnd() throws(SimulatorError) -> [Circuit.Readout] {
    guard measures else { return readout }
    let measured = Set(finalMeasurements.compactMap { $0.bit == nil ? nil : $0.qubit })
    var result = [Circuit.Readout]()
    for entry in readout {
      let count = entry.qubits.count(where: measured.contains)
      guard count == 0 || count == entry.qubits.count else { throw Self.partly(entry) }
      if count > 0 { result.append(entry) }
    }
    return result
  }

  /// How the outcomes of a qubit that is measured on its way are read.
  private func readout(of qubit: Int) throws(SimulatorError) -> [[Double]]? {
    guard let entry = readout.first(where: { $0.qubits.contains(qubit) }) else { return nil }
    guard entry.qubits.count == 1 else { throw Self.partly(entry) }
    return entry.error.probabilities
  }

  private static func partly(_ entry: Circuit.Readout) -> SimulatorError {
    SimulatorError(
      .unsupported, "qubits \(entry.qubits) have one readout error; they have to be measured together, at the end of the circuit")
  }

  /// Separates the measurements after which their qubits and bits are not touched again.
  ///
  /// In a circuit that is not dynamic all measurements are such; in a dynamic one those of the trailing run.
  static func split(_ circuit: Circuit) -> (body: [Instruction], tail: [FinalMeasurement]) {
    var body = [Instruction]()
    var tail = [FinalMeasurement]()
    let start = circuit.finalMeasurementStart
    for (place, instruction) in circuit.instructions.enumerated() {
      if place >= start, case .measure(let qubit, let bit) = instruction {
        tail.append(FinalMeasurement(qubit: qubit, bit: bit))
      } else {
        body.append(instruction)
      }
    }
    return (body, tail)
  }

  /// Where `break` and `continue` jump, found when the loop ends.
  private final class LoopLabels {
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  private mutating func emit(_ instruction: Instruction, loop: LoopLabels?) throws(SimulatorError) {
    switch instruction {
    case .gate(let operation): try emit(operation)
    case .measure(let qubit, let bit):
      (hasOutcomes, measures) = (true, true)
      steps.append(
        .measure(qubit: qubit, bit: bit, readout: try bit.flatMap { (_) throws(SimulatorError) in try readout(of: qubit) }))
    case .reset(let qubit):
      hasOutcomes = true
      steps.append(.reset(qubit: qubit))
    case .channel(let channel, let qubits): emit(channel, qubits)
    case .barrier, .delay: break
    case .assign(let target, let value): steps.append(.assign(target, value))
    case .ifElse(let condition, let then, let otherwise): try emitBranch(condition, then, otherwise, loop)
    case .whileLoop(let condition, let body): try emitWhile(condition, body)
    case .forLoop(let variable, let values, let body): try emitFor(variable, values, body)
    case .iterations(let bodies): try emitIterations(bodies)
    case .switchCase(let value, let cases, let otherwise): try emitSwitch(value, cases, otherwise, loop)
    case .breakLoop:
      loop?.breaks.append(steps.count)
      steps.append(.jump(0))
    case .continueLoop:
      loop?.continues.append(steps.count)
      steps.append(.jump(0))
    case .end: steps.append(.end)
    }
  }

  private mutating func emit(_ operation: GateOperation) throws(SimulatorError) {
    guard lowersGates, operation.parameters.allSatisfy({ $0.literal != nil }) else {
      steps.append(.gate(operation))
      return
    }
    let resolved = try SimulatorError.translating { () throws(CircuitError) in try operation.resolved(in: ClassicalMemory()) }
    if let lowered = StateOperation.lowered(resolved) { steps.append(.operation(lowered)) }
  }

  private mutating func emit(_ channel: Channel, _ qubits: [Int]) {
    if case .mixture(let outcomes) = channel.form, outcomes.count == 1 {
      let unitary = outcomes[0].unitary
      steps.append(
        lowersGates
          ? .operation(.matrix(unitary.entries, targets: qubits, controls: .none))
          : .gate(GateOperation(.unitary(unitary), qubits: qubits)))
    } else {
      hasOutcomes = true
      let shape = channels[channel] ?? ChannelOutcomes(channel, number: channels.count)
      channels[channel] = shape
      steps.append(.noise(NoiseStep(channel, shape, qubits: qubits)))
    }
  }

  private mutating func emit(_ body: [Instruction], _ loop: LoopLabels?) throws(SimulatorError) {
    for instruction in body { try emit(instruction, loop: loop) }
  }

  private mutating func emitBranch(
    _ condition: ClassicalExpression, _ then: [Instruction], _ otherwise: [Instruction], _ loop: LoopLabels?
  ) throws(SimulatorError) {
    let test = steps.count
    steps.append(.end)
    try emit(then, loop)
    let skip = steps.count
    if !otherwise.isEmpty { steps.append(.jump(0)) }
    steps[test] = .jumpUnless(condition, steps.count)
    try emit(otherwise, loop)
    if !otherwise.isEmpty { steps[skip] = .jump(steps.count) }
  }

  private mutating func emitWhile(_ condition: ClassicalExpression, _ body: [Instruction]) throws(SimulatorError) {
    let labels = LoopLabels()
    let test = steps.count
    steps.append(.end)
    try emit(body, labels)
    steps.append(.jump(test))
    steps[test] = .jumpUnless(condition, steps.count)
    resolve(labels, continueAt: test)
  }

  private mutating func emitFor(_ variable: Int, _ values: Instruction.LoopValues, _ body: [Instruction]) throws(SimulatorError) {
    let labels = LoopLabels()
    let slot = loopSlotCount
    loopSlotCount += 1
    steps.append(.startLoop(slot: slot, values))
    let next = steps.count
    steps.append(.end)
    try emit(body, labels)
    steps.append(.jump(next))
    steps[next] = .nextIteration(slot: slot, variable: variable, exit: steps.count)
    resolve(labels, continueAt: next)
  }

  private mutating func emitIterations(_ bodies: [[Instruction]]) throws(SimulatorError) {
    let all = LoopLabels()
    for body in bodies {
      let one = LoopLabels()
      try emit(body, one)
      for position in one.continues { steps[position] = .jump(steps.count) }
      all.breaks += one.breaks
    }
    resolve(all, continueAt: steps.count)
  }

  private mutating func emitSwitch(
    _ value: ClassicalExpression, _ cases: [Instruction.SwitchCase], _ otherwise: [Instruction], _ loop: LoopLabels?
  ) throws(SimulatorError) {
    let selection = steps.count
    steps.append(.end)
    var targets = [(values: [Int64], target: Int)]()
    var exits = [Int]()
    for choice in cases {
      targets.append((choice.values, steps.count))
      try emit(choice.body, loop)
      exits.append(steps.count)
      steps.append(.jump(0))
    }
    steps[selection] = .select(value, targets, otherwise: steps.count)
    try emit(otherwise, loop)
    for exit in exits { steps[exit] = .jump(steps.count) }
  }

  private mutating func resolve(_ labels: LoopLabels, continueAt start: Int) {
    for position in labels.continues { steps[position] = .jump(start) }
    for position in labels.breaks { steps[position] = .jump(steps.count) }
  }
}

extension Program {
  /// How probable it is to find f and to read r, at place f + 2r, of a qubit that is measured.
  static func joint(_ probabilities: [Double], _ readout: [[Double]]) -> [Double] {
    [0, 1].flatMap { read in [0, 1].map { found in probabilities[found] * readout[found][read] } }
  }
}

extension Circuit {
  /// The instruction from which on measurements are final: nothing later touches their qubits and bits.
  ///
  /// In a circuit that is not dynamic all measurements are such; in a dynamic one those of the trailing run.
  var finalMeasurementStart: Int {
    guard isDynamic else { return 0 }
    var (start, qubits) = (instructions.count, Set<Int>())
    trailing: while start > 0 {
      switch instructions[start - 1] {
      case .barrier, .delay: break
      case .measure(let qubit, _): guard qubits.insert(qubit).inserted else { break trailing }
      default: break trailing
      }
      start -= 1
    }
    return start
  }
}

extension SimulatorError {
  /// Runs a body of the circuits module and turns its error into this module's.
  static func translating<Value>(_ body: () throws(CircuitError) -> Value) throws(SimulatorError) -> Value {
    do throws(CircuitError) { return try body() } catch { throw SimulatorError(error) }
  }

  init(_ error: CircuitError) {
    self.init(error.code == .limitExceeded ? .limitExceeded : .invalidArgument, error.message)
  }
}
