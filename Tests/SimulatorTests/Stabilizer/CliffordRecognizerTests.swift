import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("recognition of Clifford gates")
struct CliffordRecognizerTests {
  /// Each seed sees 250 gates: every gate of the table several times, with controls, powers and angles that are multiples of π/2.
  @Test("a gate is taken if and only if it is a Clifford gate, and its steps multiply to it", arguments: UInt64(1)...8)
  func gates(_ seed: UInt64) throws {
    var random = RandomClifford(qubitCount: 4, seed: seed)
    var recognizer = CliffordRecognizer()
    var (taken, refused) = (0, 0)
    for _ in 0..<250 {
      let gate = random.gate()
      let steps = try recognizer.steps(of: gate, in: ClassicalMemory())
      guard gate.allQubits.count <= 4 else { continue }
      #expect(try (steps != nil) == gate.isClifford(), "seed \(seed), \(gate)")
      guard let steps else {
        refused += 1
        continue
      }
      taken += 1
      let places = Array(0..<4)
      var product = Matrix.identity(16)
      for step in steps { product = try step.operation.dense(on: places) * product }
      #expect(try Self.isEqualUpToPhase(product, gate.dense(on: places)), "seed \(seed), \(gate)")
    }
    #expect(taken > 60 && refused > 20, "seed \(seed)")
  }

  @Test("a controlled gate, a swap and a CZ take one step each")
  func shortest() throws {
    var recognizer = CliffordRecognizer()
    for name in ["cx", "cz", "swap", "h", "s", "x", "z"] {
      let gate = try #require(Gate(named: name))
      let operation = GateOperation(.standard(gate), qubits: Array([5, 3].prefix(gate.qubitCount)))
      #expect(try recognizer.steps(of: operation, in: ClassicalMemory())?.count == 1, "\(name)")
    }
  }

  @Test("an angle within the tolerance is taken, one beyond is not")
  func tolerance() throws {
    func takes(_ gate: Gate, _ angle: Double, _ count: Int) throws -> Bool {
      var recognizer = CliffordRecognizer()
      let operation = GateOperation(.standard(gate), parameters: [ClassicalExpression(angle)], qubits: Array(0..<count))
      return try recognizer.steps(of: operation, in: ClassicalMemory()) != nil
    }
    for gate in [Gate.rx, Gate(named: "rz")!, Gate(named: "ry")!] {
      #expect(try takes(gate, 1.5707963268, 1))
      #expect(try !takes(gate, 1.570796327, 1))
      #expect(try takes(gate, 20_000.5 * .pi, 1))
    }
    func takesRotation(_ angle: Double) throws -> Bool {
      var recognizer = CliffordRecognizer()
      let operation = GateOperation(
        .pauliRotation(try PauliString("XYZXYZXY")), parameters: [ClassicalExpression(angle)], qubits: Array(0..<8))
      return try recognizer.steps(of: operation, in: ClassicalMemory()) != nil
    }
    #expect(try takesRotation(-1.5707963268))
    #expect(try !takesRotation(1.570796327))
    // Angles between whose neighbours there are many turns; not one of these is near a quarter.
    for angle in [1e17, 3e20, -1e300] { #expect(try !takesRotation(angle)) }
    #expect(try takesRotation(20_000.5 * .pi))
  }

  private static func isEqualUpToPhase(_ a: Matrix, _ b: Matrix) -> Bool {
    guard let place = a.entries.indices.max(by: { a.entries[$0].lengthSquared < a.entries[$1].lengthSquared }) else { return false }
    let phase = b.entries[place] * a.entries[place].conjugate / a.entries[place].lengthSquared
    return Matrix(dimension: a.dimension, entries: a.entries.map { phase * $0 }).distance(to: b) < 1e-9
  }
}

extension CliffordStep {
  fileprivate var operation: GateOperation {
    let name =
      switch kind {
      case .h: "h"
      case .s: "s"
      case .x: "x"
      case .z: "z"
      case .cx: "cx"
      case .cz: "cz"
      case .swap: "swap"
      }
    let gate = Gate(named: name)!
    return GateOperation(.standard(gate), qubits: Array([first, second].prefix(gate.qubitCount)))
  }
}
