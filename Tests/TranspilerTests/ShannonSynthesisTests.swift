import Circuits
import TestSupport
import Testing

@testable import Transpiler

@Suite("matrices on three and more qubits")
struct ShannonSynthesisTests {
  /// Sums of roundings.
  private static let tolerance = 1e-10

  /// The matrix of what was written, global phase included.
  private static func product(_ synthesis: ShannonSynthesis, qubitCount: Int) -> Matrix {
    let size = 1 << qubitCount
    var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    for column in 0..<size {
      var state = [Complex](repeating: .zero, count: size)
      state[column] = Complex(phase: synthesis.phase)
      for node in synthesis.nodes {
        let (matrix, targets): (Matrix, [Int]) =
          switch node.kind {
          case .local(let gate): (Matrix(dimension: 2, entries: [gate.a, gate.b, gate.c, gate.d]), [node.low])
          case .pair(let gate): (Matrix(dimension: 4, entries: (0..<16).map { gate[$0 / 4, $0 % 4] }), [node.low, node.high])
          case .turn, .other: preconditionFailure("a matrix is written in gates on one and two wires")
          }
        state = ReferenceInterpreter.applying(.matrix(matrix, structure: .dense, targets: targets, controls: []), to: state)
      }
      for row in 0..<size { result[row, column] = state[row] }
    }
    return result
  }

  private static func check(_ matrix: Matrix, atMost count: Int, _ comment: String) {
    let qubitCount = matrix.dimension.trailingZeroBitCount
    let synthesis = ShannonSynthesis(matrix, on: Array(0..<qubitCount))
    #expect(product(synthesis, qubitCount: qubitCount).distance(to: matrix) < tolerance, "\(comment)")
    var netlist = Netlist(wireCount: qubitCount)
    netlist.nodes = synthesis.nodes
    let found = Consolidation.run(netlist).entanglerCount
    #expect(found <= count, "\(comment): \(found)")
  }

  /// A product of random reflections: without structure.
  private static func random(_ qubitCount: Int, _ random: inout SplitMix) -> Matrix {
    (0..<1 << qubitCount).reduce(.identity(1 << qubitCount)) { product, _ in random.unitary(dimension: 1 << qubitCount) * product }
  }

  /// 22/48·4ⁿ − 3/2·2ⁿ + 5/3.
  private static func bound(_ qubitCount: Int) -> Int { (22 << (2 * qubitCount) - 72 << qubitCount + 80) / 48 }

  @Test("are written with as many cx as the best general scheme", arguments: [(3, 19, 5), (4, 95, 2), (5, 423, 1)])
  func random(qubitCount: Int, count: Int, repetitions: Int) {
    for seed in 0..<UInt64(repetitions) {
      var random = SplitMix(seed: seed)
      Self.check(Self.random(qubitCount, &random), atMost: count, "\(qubitCount) qubits, seed \(seed)")
    }
  }

  /// Each with what it takes at most.
  private static func degenerate(_ qubitCount: Int) -> [(String, Matrix, Int)] {
    var random = SplitMix(seed: 9)
    let size = 1 << qubitCount
    let part = Self.random(qubitCount - 1, &random)
    let local = random.unitary(dimension: 2)
    let half = Matrix.identity(size / 2)
    func blocks(_ zero: Matrix, _ one: Matrix) -> Matrix {
      let upper = Matrix.diagonal([.one, .zero]).tensor(zero), lower = Matrix.diagonal([.zero, .one]).tensor(one)
      return Matrix(dimension: size, entries: zip(upper.entries, lower.entries).map { $0 + $1 })
    }
    func permutation(_ image: (Int) -> Int) -> Matrix {
      var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
      for state in 0..<size { result[image(state), state] = .one }
      return result
    }
    let phases = random.complexes(size).map { Complex(phase: $0.phase) }
    let shuffled = Array(0..<size).shuffled(using: &random)
    let smaller = qubitCount == 3 ? 3 : bound(qubitCount - 1)
    let general = bound(qubitCount)
    // Nearly the identity: singular values near one that differ by little.
    var near = GateOperation(.unitary(Self.random(qubitCount, &random)), qubits: Array(0..<qubitCount))
    near.exponent = 1e-7
    let nearIdentity = if case .unitary(let matrix) = near.kind { matrix.power(1e-7) } else { half }
    return [
      ("identity", .identity(size), 0), ("phase", .diagonal(Array(repeating: Complex(phase: 0.3), count: size)), 0),
      ("diagonal", .diagonal(phases), size - 2), ("signs", .diagonal((0..<size).map { Complex($0 % 3 == 0 ? -1 : 1) }), size - 2),
      ("cycle", permutation { ($0 + 1) % size }, general), ("permutation", permutation { shuffled[$0] }, general),
      ("reversal", permutation { size - 1 - $0 }, 0), ("controlled", blocks(half, part), 2 * smaller + size / 2),
      ("equal blocks", blocks(part, part), smaller), ("product", part.tensor(local), smaller),
      ("product the other way", local.tensor(part), smaller), ("blocks", blocks(part, part.adjoint()), 2 * smaller + size / 2),
      ("anti-blocks", permutation { $0 ^ (size / 2) } * blocks(part, part.adjoint()), 2 * smaller + size / 2),
      (
        "low control",
        permutation { $0 >> 1 | ($0 & 1) << (qubitCount - 1) }.adjoint() * blocks(half, part)
          * permutation { $0 >> 1 | ($0 & 1) << (qubitCount - 1) }, 2 * smaller + size / 2
      ),
      (
        "real",
        blocks(
          Matrix(dimension: 2, entries: [Complex(0.6), Complex(-0.8), Complex(0.8), Complex(0.6)]).tensor(.identity(size / 4)), half
        ), 8
      ),
      ("nearly the identity", nearIdentity, general),
    ]
  }

  @Test("with a structure take fewer, and are as near", arguments: [3, 4])
  func structured(qubitCount: Int) {
    for (name, matrix, count) in Self.degenerate(qubitCount) { Self.check(matrix, atMost: count, "\(name), \(qubitCount) qubits") }
  }

  @Test("are compiled, under controls and to powers too, on a device's pairs")
  func compiled() throws {
    var random = SplitMix(seed: 4)
    var circuit = try Circuit(qubitCount: 5)
    try circuit.append(unitary: Self.random(3, &random), on: [3, 0, 4])
    try circuit.append(unitary: Self.random(2, &random), on: [1, 2], controls: [Control(0), Control(4, isPositive: false)])
    try circuit.append(.gate(GateOperation(.unitary(Self.random(3, &random)), qubits: [2, 1, 3], exponent: 0.37)))
    try circuit.append(.gate(GateOperation(.standard(.cswap), qubits: [0, 2, 1], exponent: 0.5)))
    let target = CompilationTarget(coupling: try .line(5), basis: GateBasis(.cx, .u))
    var options = Transpiler.Options()
    options.trialCount = 2
    let compiled = try Transpiler(to: target, options: options).compile(circuit)
    #expect(try Equivalence.distance(circuit, compiled, seed: 1) < 1e-8)
    #expect(Equivalence.foreign(compiled, target).isEmpty)
  }
}
