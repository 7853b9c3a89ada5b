import Circuits
import Simulator
import TestSupport
import Testing

@Suite("the planner")
struct PlannerTests {
  private static let hadamard: [Complex] = [.one, .one, .one, -.one].map { 0.5.squareRoot() * $0 }

  /// Mostly what circuits have: gates on one qubit, controlled gates, phases, SWAPs; and now and then anything.
  private func circuit(_ count: Int, qubitCount: Int, _ generator: inout SplitMix) -> [StateOperation] {
    (0..<count).map { _ in
      let targets = generator.qubits(2, of: qubitCount)
      let controls = generator.controls(Int.random(in: 0...2, using: &generator), avoiding: targets, of: qubitCount)
      let angle = Double.random(in: -7...7, using: &generator)
      switch Int.random(in: 0..<14, using: &generator) {
      case 12: return .pauliRotation(x: bits(targets), z: generator.next() & bits(targets), angle: angle, controls: .none)
      case 13: return .matrix(generator.unitaryOnTwo(), targets: targets, controls: .none)
      case 0: return .matrix(Self.hadamard, targets: [targets[0]], controls: .none)
      case 1: return .matrix(generator.unitary(), targets: [targets[0]], controls: .none)
      case 2: return .matrix(generator.unitary(), targets: [targets[0]], controls: controls)
      case 3: return .pauliRotation(x: 1 << UInt64(targets[0]), z: 0, angle: angle, controls: .none)
      case 4: return .pauliRotation(x: 1 << UInt64(targets[0]), z: 1 << UInt64(targets[1]), angle: angle, controls: .none)
      case 5: return .pauliRotation(x: 0, z: bits(targets), angle: angle, controls: controls)
      case 6: return .diagonal([Complex(phase: angle), .one], targets: [targets[0]], controls: controls)
      case 7, 8: return .permutation([1, 0], targets: [targets[0]], controls: Controls.none.adding(targets[1], value: 1))
      case 9: return .permutation([0, 2, 1, 3], targets: targets, controls: Bool.random(using: &generator) ? .none : controls)
      case 10 where Bool.random(using: &generator): return .permutation([0, 1, 2, 3], targets: targets, controls: .none)
      case 10: return .matrix(generator.complexes(16).map { $0 / 3 }, targets: targets, controls: .none)
      default: return generator.operation(qubitCount: qubitCount)
      }
    }
  }

  private func bits(_ qubits: [Int]) -> UInt64 { qubits.reduce(0) { $0 | 1 << UInt64($1) } }

  @Test(
    "plans give the state of the operations in order, whatever the tile", arguments: 0..<60 as Range<UInt64>, Precision.allCases)
  func sameState(seed: UInt64, precision: Precision) throws {
    var generator = SplitMix(seed: seed)
    let qubitCount = Int.random(in: 9...12, using: &generator)
    let tileQubitCount = Int.random(in: 9...qubitCount, using: &generator)
    let base = try HostRegister(qubitCount: qubitCount, precision: precision)
    let planner = Planner(
      qubitCount: qubitCount, tileQubitCount: tileQubitCount, precision: precision, usesCartan: seed % 3 != 0)
    var register = PlannedRegister(base, planner: planner)
    var start = [Complex](repeating: .zero, count: 1 << qubitCount)
    start[0] = .one
    if seed % 2 == 0 {
      start = generator.state(qubitCount: qubitCount)
      try register.load(start)
    }
    var reference = DenseReference(start)
    // In two parts, so that the second begins with what the first has left.
    for count in [25, 15] {
      let operations = circuit(count, qubitCount: qubitCount, &generator)
      try register.apply(operations)
      for operation in operations { reference.apply(operation) }
    }
    try register.restoreOrder()
    let found = try register.amplitudes(from: 0, count: 1 << qubitCount)
    #expect(distance(found, reference.amplitudes) < (precision == .single ? 1e-4 : 1e-11), "seed \(seed)")
  }

  @Test(
    "blocks mix three registers above a block of memory, and tiles are as large as they may be", arguments: 0..<20 as Range<UInt64>)
  func shape(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let qubitCount = 12
    let planner = Planner(qubitCount: qubitCount, tileQubitCount: 9, precision: seed % 2 == 0 ? .single : .double)
    var layout = QubitLayout(qubitCount: qubitCount, isZero: false)
    let passes = try planner.passes(circuit(60, qubitCount: qubitCount, &generator), layout: &layout)
    var blockCount = 0
    for case .tile(let tile) in passes {
      #expect(tile.localQubits.nonzeroBitCount == 9 && tile.activeCount == qubitCount, "seed \(seed)")
      for case .block(let registers, let operations) in tile.steps {
        let mixed = operations.reduce(UInt64(0)) { $0 | $1.mixedQubits }
        #expect(mixed & ~bits(registers) == 0 && registers.count == 3 && registers == registers.sorted(), "seed \(seed)")
        #expect(registers.allSatisfy { $0 >= planner.laneQubitCount }, "seed \(seed)")
        blockCount += 1
      }
    }
    #expect(blockCount > 0)
    #expect(Set(layout.positions) == Set(0..<qubitCount))
  }

  @Test(
    "passes give the bits of their operations, one after the other", arguments: 0..<12 as Range<UInt64>, Precision.allCases)
  func sameBits(seed: UInt64, precision: Precision) throws {
    var generator = SplitMix(seed: 300 + seed)
    let planner = Planner(qubitCount: 11, tileQubitCount: 9, precision: precision, usesCartan: true)
    var layout = QubitLayout(qubitCount: 11, isZero: false)
    let operations = (0..<40).map { index in
      index % 2 == 0
        ? StateOperation.matrix(generator.unitaryOnTwo(), targets: generator.qubits(2, of: 11), controls: .none)
        : circuit(1, qubitCount: 11, &generator)[0]
    }
    let start = generator.state(qubitCount: 11)
    var planned = try HostRegister(qubitCount: 11, precision: precision)
    var single = try HostRegister(qubitCount: 11, precision: precision)
    try planned.load(start)
    try single.load(start)
    for pass in try planner.passes(operations, layout: &layout) {
      try planned.apply(pass)
      switch pass {
      case .operation(let operation): try single.apply(operation)
      case .tile(let tile): for operation in tile.operations { try single.apply(operation) }
      }
    }
    let (found, expected) = (try planned.amplitudes(from: 0, count: 1 << 11), try single.amplitudes(from: 0, count: 1 << 11))
    #expect(found == expected, "seed \(seed)")
  }

  @Test("a rotation about no letter is a phase where its control holds", arguments: [0, 1])
  func controlledPhase(value: Int) throws {
    let rotation = StateOperation.pauliRotation(x: 0, z: 0, angle: 1.2, controls: Controls.none.adding(3, value: value))
    var register = PlannedRegister(try HostRegister(qubitCount: 10, precision: .double), tileQubitCount: 9)
    let operations = [.matrix(Self.hadamard, targets: [3], controls: .none), rotation]
    try register.apply(operations)
    try register.restoreOrder()
    var reference = DenseReference((0..<1024).map { $0 == 0 ? .one : .zero })
    for operation in operations { reference.apply(operation) }
    #expect(distance(try register.amplitudes(from: 0, count: 1024), reference.amplitudes) < 1e-14)
  }

  @Test("SWAPs only rename qubits")
  func swaps() throws {
    let planner = Planner(qubitCount: 10, tileQubitCount: 9)
    var layout = QubitLayout(qubitCount: 10, isZero: false)
    let swaps = [[0, 9], [9, 3]].map { StateOperation.permutation([0, 2, 1, 3], targets: $0, controls: .none) }
    #expect(try planner.passes(swaps, layout: &layout).isEmpty)
    #expect(layout.positions == [9, 1, 2, 0, 4, 5, 6, 7, 8, 3])
  }

  @Test("gates that cancel leave nothing")
  func cancellation() throws {
    let planner = Planner(qubitCount: 10, tileQubitCount: 9)
    var layout = QubitLayout(qubitCount: 10, isZero: false)
    let flip = StateOperation.permutation([1, 0], targets: [4], controls: .none)
    let phase = StateOperation.diagonal([.one, .i], targets: [4], controls: .none)
    let inverse = StateOperation.diagonal([.one, -.i], targets: [4], controls: .none)
    #expect(try planner.passes([flip, phase, inverse, flip], layout: &layout).isEmpty)
  }

  @Test("only the amplitudes of qubits that were touched are visited, and known controls are decided")
  func knownQubits() throws {
    let planner = Planner(qubitCount: 20, tileQubitCount: 9)
    var layout = QubitLayout(qubitCount: 20, isZero: true)
    let gates: [StateOperation] = [
      .matrix(Self.hadamard, targets: [17], controls: .none),
      .permutation([1, 0], targets: [3], controls: Controls(mask: 1 << 19)),
      .permutation([1, 0], targets: [3], controls: Controls(mask: 1 << 17, values: 1 << 17)),
      .matrix(Self.hadamard, targets: [5], controls: Controls(mask: 1 << 4, values: 1 << 4)),
    ]
    let passes = try planner.passes(gates, layout: &layout)
    #expect(passes.count == 1 && layout.activeCount <= 9)
    #expect(!layout.isZero(17) && !layout.isZero(3) && layout.isZero(5))
    guard case .tile(let tile)? = passes.first else {
      Issue.record("no tile")
      return
    }
    #expect(tile.activeCount == 9)
  }

  @Test("phases wait until their qubit is mixed, and are one table then")
  func diagonals() throws {
    func phase(_ pair: [Int]) -> StateOperation {
      .diagonal([.i], targets: [], controls: Controls(mask: bits(pair), values: bits(pair)))
    }
    let mix = StateOperation.matrix(Self.hadamard, targets: [1], controls: .none)
    let planner = Planner(qubitCount: 14, tileQubitCount: 9)
    func tables(_ operations: [StateOperation]) throws -> [StateOperation] {
      var layout = QubitLayout(qubitCount: 14, isZero: false)
      let all = try planner.passes(operations, layout: &layout).flatMap { pass in
        switch pass {
        case .operation(let operation): [operation]
        case .tile(let tile): tile.operations
        }
      }
      return all.filter { $0.mixedQubits == 0 }
    }
    // Tables of four qubits on a state of fourteen.
    #expect(try tables([phase([0, 1]), phase([0, 2]), phase([0, 3])]).map(\.selectingQubits) == [0b1111])
    #expect(try tables([phase([0, 1]), phase([0, 2]), phase([3, 4])]).count == 2)
    // The first has to be applied before qubit 1 is mixed; the one on 5 and 6 has room beside it.
    let split = try tables([phase([0, 1]), phase([5, 6]), mix, phase([1, 2])])
    #expect(split.count == 2 && split[0].selectingQubits.nonzeroBitCount == 4)
  }

  @Test(
    "rotations under controls that are never mixed do not carry single precision away", arguments: [[5], [5, 11], [11, 5, 9]])
  func strain(targets: [Int]) throws {
    let half = Complex(0.5.squareRoot())
    var operations = [0, 1].map { StateOperation.matrix(Self.hadamard, targets: [$0], controls: .none) }
    for index in 0..<600 {
      let sine = index % 2 == 0 ? half : -half
      let target = targets[index % targets.count]
      operations.append(.matrix([half, -sine, sine, half], targets: [target], controls: Controls(mask: 0b11, values: 0b11)))
    }
    var register = PlannedRegister(try HostRegister(qubitCount: 12, precision: .single), tileQubitCount: 9)
    for qubit in 0..<12 { operations.insert(.matrix(Self.hadamard, targets: [qubit], controls: .none), at: 0) }
    try register.apply(operations)
    #expect(abs(try register.normSquared() - 1) < 1e-3)
  }

  @Test("factors that make up for rotations are applied before single precision cannot hold them")
  func globalStrain() throws {
    let half = Complex(0.5.squareRoot())
    let turn: [Complex] = [half, -half, half, half]
    // Each pair of turns with a phase between them is two rotations with a unit diagonal: the state would grow by 2⁶⁰⁰ without them.
    let phase = StateOperation.diagonal([-.one], targets: [], controls: Controls(mask: 0b110_0000, values: 0b110_0000))
    let operations = (0..<1_200).flatMap { _ in [.matrix(turn, targets: [5], controls: .none), phase] }
    var register = PlannedRegister(try HostRegister(qubitCount: 12, precision: .single), tileQubitCount: 9)
    try register.apply([.matrix(Self.hadamard, targets: [6], controls: .none)] + operations)
    #expect(abs(try register.normSquared() - 1) < 1e-3)
  }

  @Test("all that a block puts off before it mixes its qubits again is one table")
  func turns() throws {
    let (cosine, sine) = (Complex(0.8), Complex(0.6))
    // A rotation after a phase, so that the phases of a layer stand between its rotations.
    func layer(_ angle: Double) -> [StateOperation] {
      let phase = Complex(phase: angle)
      return [5, 6, 7].map { .matrix([cosine, -sine * phase, sine, cosine * phase], targets: [$0], controls: .none) }
    }
    let pairs = [0b110_0000, 0b1100_0000].map { mask in
      StateOperation.diagonal([-.one], targets: [], controls: Controls(mask: mask, values: mask))
    }
    let planner = Planner(qubitCount: 14, tileQubitCount: 9)
    var layout = QubitLayout(qubitCount: 14, isZero: false)
    let passes = try planner.passes(layer(0.3) + pairs + layer(0.7), layout: &layout)
    let all = passes.flatMap { pass in
      if case .tile(let tile) = pass { tile.operations } else { [StateOperation]() }
    }
    // The phases before the first layer, those and the pairs before the second, and a factor of the whole state.
    #expect(all.filter { $0.mixedQubits == 0 }.map { $0.selectingQubits.nonzeroBitCount } == [3, 3, 0])
    #expect(all.filter { $0.mixedQubits != 0 && $0.selectingQubits == 0 }.count >= 6)
  }

  @Test("a block of a state that was |0…0⟩ visits no amplitudes in which a qubit is set that was never mixed")
  func reach() throws {
    let planner = Planner(qubitCount: 12, tileQubitCount: 12)
    let gates = (0..<12).map { StateOperation.matrix(Self.hadamard, targets: [$0], controls: .none) }
    func steps(isZero: Bool, _ gates: [StateOperation]) throws -> [TileSteps.Step] {
      var layout = QubitLayout(qubitCount: 12, isZero: isZero)
      guard case .tile(let tile) = try #require(try planner.passes(gates, layout: &layout).first) else { return [] }
      return tile.program.steps
    }
    // Three qubits a block, above the four inside a block of memory; the factor that is left goes with the last block.
    #expect(try steps(isZero: true, Array(gates[..<8])).map(\.reach) == [7, 10, 12])
    #expect(try steps(isZero: false, gates).allSatisfy { $0.reach >= 12 })
    // Another operation than those of blocks may do anything.
    let other = StateOperation.pauliRotation(x: 0b111, z: 0, angle: 1, controls: .none)
    #expect(try steps(isZero: true, Array(gates[..<3]) + [other, gates[0]]).last?.reach ?? 0 >= 12)
  }

  @Test(
    "a pass of few operations whose tile does not lie together takes a state of two tiles whole",
    arguments: zip([3, 4], [true, false]))
  func whole(flipCount: Int, isWhole: Bool) throws {
    let planner = Planner(qubitCount: 10, tileQubitCount: 9)
    func flip(_ target: Int, _ control: Int) -> StateOperation {
      .permutation([1, 0], targets: [target], controls: Controls(mask: bits([control]), values: bits([control])))
    }
    // A chain over the nine lowest qubits, then one gate after the other on the highest.
    let first = [.matrix(Self.hadamard, targets: [0], controls: .none)] + (1..<9).map { flip($0, $0 - 1) }
    let last = (0..<flipCount).map { flip(9, 8 - $0) }
    var layout = QubitLayout(qubitCount: 10, isZero: false)
    let tiles = try planner.passes(first + last, layout: &layout).map { pass in
      if case .tile(let tile) = pass { tile.localQubits } else { UInt64(0) }
    }
    #expect(tiles.count == 2 && tiles[0] == 0x1ff)
    #expect((tiles.last == 0x3ff) == isWhole)
  }

  @Test("states of fourteen and fifteen qubits are two tiles, so that two threads share them", arguments: Precision.allCases)
  func sharedTiles(precision: Precision) {
    let largest = precision == .single ? 15 : 14
    for qubitCount in 9...20 {
      let planner = Planner(qubitCount: qubitCount, precision: precision)
      #expect(planner.tileQubitCount == min(qubitCount < 14 ? qubitCount : qubitCount - 1, largest))
    }
  }

  @Test("a state too small for a tile is not planned", arguments: [3, 7])
  func small(qubitCount: Int) throws {
    var generator = SplitMix(seed: 5)
    let operations = circuit(10, qubitCount: max(qubitCount, 4), &generator).filter { ($0.mixedQubits | $0.selectingQubits) < 8 }
    var layout = QubitLayout(qubitCount: qubitCount, isZero: true)
    let planned = try Planner(qubitCount: qubitCount, tileQubitCount: 7).passes(operations, layout: &layout)
    #expect(planned.count == operations.count && layout.isIdentity)
  }
}
