internal import Circuits

/// Compiles a circuit with control flow, piece by piece.
///
/// A piece is what stands between two steps that read or write classical memory, other than measurements; what is moved within it never
/// crosses one of these. Each piece starts where the one before left the qubits. A body starts where its control flow finds them, and brings them
/// back there at its end, and so do steps that leave a loop or go on with it.
struct DynamicWriter {
  private let target: CompilationTarget
  private let options: Transpiler.Options
  private let circuit: Circuit
  private var random: SplitMix64
  /// Where the qubits are.
  private(set) var layout: Layout
  /// The global phase of what runs in any case.
  private(set) var phase: ClassicalExpression = 0
  /// Where they are to be when the circuit ends; nil: anywhere.
  private let end: Layout?

  /// Where a piece stands.
  private struct Place {
    /// Whether it runs once, in any case.
    var isTop: Bool
    /// Where the innermost loop has the qubits at the end of a turn.
    var loop: Layout?
  }

  init(_ target: CompilationTarget, _ options: Transpiler.Options, _ circuit: Circuit, _ layout: Layout, seed: UInt64) {
    (self.target, self.options, self.circuit, self.layout) = (target, options, circuit, layout)
    random = SplitMix64(seed: seed)
    // The circuit may end in several places, and what is read is in one.
    end = circuit.instructions.contains(where: \.ends) ? layout : nil
  }

  /// The circuit's instructions on the device.
  mutating func written() throws(TranspilerError) -> [Instruction] {
    try written(circuit.instructions, Place(isTop: true), returningTo: end)
  }

  private mutating func written(_ instructions: [Instruction], _ place: Place, returningTo goal: Layout?) throws(TranspilerError)
    -> [Instruction]
  {
    var (result, piece) = ([Instruction](), [Instruction]())
    for instruction in instructions {
      guard instruction.isClassical else {
        piece.append(instruction)
        continue
      }
      switch instruction {
      case .breakLoop, .continueLoop:
        // Nothing behind is ever run.
        return result + (try straight(piece, place, returningTo: place.loop)) + [instruction]
      case .end: return result + (try straight(piece, place, returningTo: end)) + [instruction]
      default: break
      }
      result += try straight(piece, place)
      piece = []
      switch instruction {
      case .gate: result += try straight([instruction], place)
      case .assign: result.append(instruction)
      default: result.append(try writtenBodies(of: instruction, place))
      }
    }
    return result + (try straight(piece, place, returningTo: goal, isLast: place.isTop))
  }

  private mutating func writtenBodies(of instruction: Instruction, _ place: Place) throws(TranspilerError) -> Instruction {
    let entry = layout
    let inner = Place(isTop: false, loop: instruction.isLoop ? entry : place.loop)
    return try instruction.mappingBodies { (body) throws(TranspilerError) in
      layout = entry
      let result = try written(body, inner, returningTo: entry)
      layout = entry
      return result
    }
  }

  /// Gates, measurements and the like, and then the SWAPs that bring the qubits to a place.
  private mutating func straight(
    _ instructions: [Instruction], _ place: Place, returningTo goal: Layout? = nil, isLast: Bool = false
  ) throws(TranspilerError) -> [Instruction] {
    var reader = NetlistReader(wireCount: circuit.qubitCount)
    for instruction in instructions { try reader.read(instruction) }
    var netlist = reader.netlist
    if isLast, options.dropsFinalPhases { netlist = FinalPhases.removed(from: netlist) }
    netlist = Consolidation.run(netlist)
    if place.isTop { netlist = Consolidation.run(SwapElision.run(netlist)) }
    var routed = routed(netlist)
    if let goal { returned(to: goal, &routed) }
    routed = Consolidation.run(LayerMerging.run(Consolidation.run(routed)))
    var writer = BasisWriter(
      target.basis, wireCount: target.coupling.qubitCount, dropsFinalPhases: options.dropsFinalPhases)
    try writer.write(routed)
    return phased(writer, place)
  }

  private mutating func routed(_ netlist: Netlist) -> Netlist {
    let router = Router(problem: RoutingProblem(netlist), map: target.coupling)
    let outcome = router.run(from: layout, seed: random.next(), records: true)
    // SWAPs that were left out exchange the circuit's wires only.
    layout = Layout(
      physical: outcome.final.physical.indices.map { wire in
        outcome.final.physical[wire < netlist.outputs.count ? netlist.outputs[wire] : wire]
      })
    return netlist.routed(outcome, qubitCount: target.coupling.qubitCount)
  }

  private mutating func returned(to goal: Layout, _ routed: inout Netlist) {
    for (first, second) in SwapRoute(target.coupling, from: layout, to: goal, wireCount: circuit.qubitCount).swaps {
      routed.nodes.append(Node(.swap, low: first, high: second))
      layout.swap(first, second)
    }
  }

  /// What was written with its global phase: the circuit's own, or a step where it depends on the way that is taken.
  private mutating func phased(_ writer: BasisWriter, _ place: Place) -> [Instruction] {
    if place.isTop, !writer.phase.readsMemory {
      phase = phase + writer.phase
      return writer.instructions
    }
    if let value = writer.phase.literal?.double, abs(value.remainder(dividingBy: 2 * .pi)) < Limits.angleTolerance {
      return writer.instructions
    }
    return [.gate(GateOperation(.standard(.globalPhase), parameters: [writer.phase], qubits: []))] + writer.instructions
  }
}

extension Instruction {
  fileprivate var isLoop: Bool {
    switch self {
    case .whileLoop, .forLoop, .iterations: true
    default: false
    }
  }

  /// Whether the circuit may end in it.
  fileprivate var ends: Bool { if case .end = self { true } else { bodies.joined().contains(where: \.ends) } }
}
