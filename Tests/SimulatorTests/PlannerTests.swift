import Circuits
import Simulator
import TestSupport
import Testing

@Suite("the planner")
struct PlannerTests {
  private func operations(_ passes: [Pass]) -> [StateOperation] {
    passes.flatMap { pass in
      switch pass {
      case .operation(let operation): [operation]
      case .tile(let tile): tile.operations
      }
    }
  }

  /// Mostly small operations, as circuits have them.
  private func circuit(_ count: Int, qubitCount: Int, _ generator: inout SplitMix) -> [StateOperation] {
    (0..<count).map { _ in
      let targets = generator.qubits(2, of: qubitCount)
      let controls = generator.controls(Int.random(in: 0...1, using: &generator), avoiding: targets, of: qubitCount)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0, 1: return .matrix(generator.complexes(4).map { $0 / 1.5 }, targets: [targets[0]], controls: controls)
      case 2: return .matrix(generator.complexes(16).map { $0 / 3 }, targets: targets, controls: controls)
      case 3: return .diagonal(generator.complexes(4), targets: targets, controls: controls)
      case 4: return .permutation([1, 0], targets: [targets[0]], controls: controls)
      default: return generator.operation(qubitCount: qubitCount)
      }
    }
  }

  @Test("plans give the state of the operations in order, and each that mixes once", arguments: 0..<40 as Range<UInt64>)
  func sameState(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let qubitCount = Int.random(in: 8...11, using: &generator)
    let operations = circuit(30, qubitCount: qubitCount, &generator)
    let planner = Planner(qubitCount: qubitCount, tileQubitCount: Int.random(in: 7..<qubitCount, using: &generator))
    let passes = planner.passes(operations)
    func mixing(_ operations: [StateOperation]) -> Int { operations.count { $0.simplified().mixedQubits != 0 } }
    #expect(mixing(self.operations(passes)) == mixing(operations), "seed \(seed)")
    for case .tile(let tile) in passes { #expect(tile.localQubits.nonzeroBitCount == planner.tileQubitCount, "seed \(seed)") }
    var register = try HostRegister(qubitCount: qubitCount, precision: .double)
    let start = generator.state(qubitCount: qubitCount)
    try register.load(start)
    for pass in passes { try register.apply(pass) }
    var reference = DenseReference(start)
    for operation in operations { reference.apply(operation) }
    #expect(distance(try register.amplitudes(from: 0, count: 1 << qubitCount), reference.amplitudes) < 1e-11, "seed \(seed)")
  }

  @Test("gates on a tile's qubits become one pass, past others that commute with them")
  func grouping() {
    let hadamard = StateOperation.matrix([.one, .one, .one, -.one], targets: [0], controls: .none)
    let high = StateOperation.matrix([.one, .one, .one, -.one], targets: [9], controls: .none)
    let phase = StateOperation.diagonal([.one, .i], targets: [9], controls: .none)
    let planner = Planner(qubitCount: 10, tileQubitCount: 7)
    let middle = (6..<9).map { StateOperation.matrix([.one, .one, .one, -.one], targets: [$0], controls: .none) }
    // Qubits 0 to 5 are local, so one of 6, 7 and 8 fits into the first pass, and the phase on 9 needs no place.
    let passes = planner.passes([hadamard, middle[0], middle[1], phase, hadamard, middle[2], high])
    #expect(passes.count == 4)
    guard case .tile(let first) = passes[0] else {
      Issue.record("the first pass is no tile")
      return
    }
    #expect(first.operations == [hadamard, middle[0], phase, hadamard].map { $0.simplified() })
    #expect(first.localQubits == 0b111_1111)
    #expect(passes[1...] == [.operation(middle[1]), .operation(middle[2]), .operation(high)])
  }

  @Test("diagonals that meet become one, up to the widest table; one behind a gate that mixes its qubit does not")
  func diagonals() {
    func phase(_ pair: [Int]) -> StateOperation {
      let first = UInt64(1) << UInt64(pair[0])
      return .diagonal([.i], targets: [], controls: Controls(mask: first | 1 << UInt64(pair[1]), values: first))
    }
    let mix = StateOperation.matrix([.one, .one, .one, -.one], targets: [1], controls: .none)
    let planner = Planner(qubitCount: 12, tileQubitCount: 7)
    // Tables of four qubits on a state of twelve.
    let joined = operations(planner.passes([phase([0, 1]), phase([0, 2]), phase([0, 3])]))
    #expect(joined.count == 1 && joined[0].selectingQubits == 0b1111)
    #expect(operations(planner.passes([phase([0, 1]), phase([0, 2]), phase([3, 4])])).count == 2)
    #expect(operations(planner.passes([phase([0, 1]), mix, phase([1, 2])])) == [phase([0, 1]), mix, phase([1, 2])])
    #expect(operations(planner.passes([phase([0, 1]), mix, phase([0, 2])])).count == 2)
  }

  @Test("what does not commute keeps its order")
  func order() {
    let planner = Planner(qubitCount: 10, tileQubitCount: 7)
    let flip = StateOperation.permutation([1, 0], targets: [9], controls: .none)
    let wide = StateOperation.matrix([.one, .one, .one, -.one], targets: [8], controls: .none)
    let phase = StateOperation.diagonal([.one, .i], targets: [8], controls: .none)
    let passes = planner.passes([flip, wide, phase, flip])
    #expect(operations(passes) == [flip, flip, wide, phase.simplified()])
  }

  @Test("a state that a tile holds is not planned", arguments: [3, 7])
  func small(qubitCount: Int) {
    var generator = SplitMix(seed: 5)
    let operations = circuit(10, qubitCount: qubitCount, &generator)
    #expect(Planner(qubitCount: qubitCount, tileQubitCount: 7).passes(operations) == operations.map { .operation($0) })
  }
}
