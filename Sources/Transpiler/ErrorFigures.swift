internal import Circuits
internal import RealModule

/// How good a device's qubits and gates are, as costs that add up: −ln(1 − error).
struct ErrorFigures {
  private let pairs: [[Int]: Double]
  private let locals: [Double]
  private let readings: [Double]
  /// By the device's medians.
  private let medians: (pair: Double, local: Double, reading: Double)

  init?(_ target: CompilationTarget) {
    guard let device = target.device else { return nil }
    let names = [target.basis.entangler.rawValue] + GateBasis.Entangler.allCases.map(\.rawValue)
    pairs = Dictionary(
      uniqueKeysWithValues: target.coupling.edges.map { edge in
        (edge, Self.cost(names.lazy.compactMap { device.figures($0, on: edge)?.error }.first))
      })
    locals = (0..<device.qubitCount).map { qubit in
      Self.cost(["sx", "u", "rx", "x"].lazy.compactMap { device.figures($0, on: [qubit])?.error }.first)
    }
    readings = device.qubits.map { Self.cost($0.readoutError) }
    let found = device.medians
    medians = (Self.cost(found.twoQubitError), Self.cost(found.oneQubitError), Self.cost(found.readoutError))
  }

  /// A gate that always fails costs as much as some thousand good ones, so that one place can still be worse than another.
  private static func cost(_ error: Double?) -> Double { -.log(1 - min(max(error ?? 0, 0), 1 - Limits.leastFidelity)) }

  func pair(_ first: Int, _ second: Int) -> Double { pairs[[min(first, second), max(first, second)]] ?? 0 }
  func reading(_ qubit: Int) -> Double { readings[qubit] }

  /// The product of 1 − error over gates and measurements on the device, bodies of control flow once each; turns about Z are only bookkeeping.
  func fidelity(_ instructions: [Instruction]) -> Double { .exp(-cost(instructions)) }

  private func cost(_ instructions: [Instruction]) -> Double {
    instructions.reduce(0.0) { sum, instruction in
      switch instruction {
      case .gate(let gate) where gate.qubits.count == 2: sum + pair(gate.qubits[0], gate.qubits[1])
      case .gate(let gate) where gate.qubits.count == 1 && gate.name != "rz": sum + locals[gate.qubits[0]]
      case .measure(let qubit, _): sum + readings[qubit]
      default: instruction.bodies.reduce(sum) { $0 + cost($1) }
      }
    }
  }

  /// The same of a circuit that is not on the device yet, by medians and as if every pair were coupled.
  func medianFidelity(_ netlist: Netlist) -> Double {
    let cost = netlist.nodes.reduce(0.0) { sum, node in
      switch node.kind {
      case .pair: sum + Double(node.count.own) * medians.pair
      case .local: sum + (node.axes(on: node.low).contains(.z) ? 0 : medians.local)
      case .other(.measure): sum + medians.reading
      case .turn, .other: sum
      }
    }
    return .exp(-cost)
  }
}
