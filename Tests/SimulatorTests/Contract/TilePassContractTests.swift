import Circuits
import Simulator
import TestSupport
import Testing

@Suite("a tile pass does what its operations do, to the last bit")
struct TilePassContractTests {
  /// Random operations that mix only the local qubits.
  private func operations(_ count: Int, local: UInt64, qubitCount: Int, _ generator: inout SplitMix) -> [StateOperation] {
    var found = [StateOperation]()
    while found.count < count {
      let operation = generator.operation(qubitCount: qubitCount)
      if operation.mixedQubits & ~local == 0 { found.append(operation) }
    }
    return found
  }

  @Test(
    "on tiles that lie together and tiles that do not",
    arguments: RegisterFactory.all + RegisterFactory.openCLTiles + RegisterFactory.openCLSplitTiles,
    [(7, UInt64(0b0011111)), (9, 0b0_0111_1111), (9, 0b1_1001_1111), (11, 0b110_1101_1111), (12, 0b1010_1011_1111), (12, 0xfff)])
  func sameAsOneByOne(factory: RegisterFactory, shape: (qubitCount: Int, local: UInt64)) throws {
    var generator = SplitMix(seed: 31 + shape.local)
    let operations = operations(24, local: shape.local, qubitCount: shape.qubitCount, &generator)
    let kinds = Set(
      operations.map { operation in
        switch operation {
        case .matrix: 0
        case .diagonal: 1
        case .permutation: 2
        case .pauliRotation: 3
        }
      })
    #expect(kinds.count >= 3, "the seed gives operations of too few kinds")
    let start = generator.state(qubitCount: shape.qubitCount)
    let (tiled, plain) = (try factory.make(shape.qubitCount), try factory.make(shape.qubitCount))
    try tiled.load(start)
    try plain.load(start)
    try tiled.apply(
      TilePass(localQubits: shape.local, activeCount: shape.qubitCount, steps: operations.map { .operation($0) }))
    for operation in operations { try plain.apply(operation) }
    #expect(try tiled.state(shape.qubitCount) == plain.state(shape.qubitCount))
    #expect(try tiled.state(shape.qubitCount) != start)
  }

  /// Every kind of operation that a block takes, with controls and targets of diagonals on any qubit.
  private func blockOperation(_ registers: [Int], qubitCount: Int, _ generator: inout SplitMix) -> StateOperation {
    let targets = registers.shuffled(using: &generator)
    let controls = generator.controls(Int.random(in: 0...3, using: &generator), avoiding: Array(targets.prefix(2)), of: qubitCount)
    let (s, t) = (generator.complex(), generator.complex())
    switch Int.random(in: 0..<10, using: &generator) {
    case 8, 9:
      // Ones on one diagonal, numbers on the other.
      var entries = [Complex](repeating: .zero, count: 16)
      let isImaginary = Bool.random(using: &generator)
      for row in 0..<4 {
        let number = 0.5 * generator.complex()
        (entries[5 * row], entries[3 * row + 3]) = (.one, isImaginary ? Complex(0, number.imaginary) : number)
      }
      return .matrix(entries, targets: [targets[0], targets[1]].sorted(), controls: controls)
    case 0: return .matrix([.one, Complex(s.real), Complex(t.real), .one], targets: [targets[0]], controls: controls)
    case 1:
      return .matrix([.one, Complex(0, s.real), Complex(0, t.real), .one], targets: [targets[0]], controls: controls)
    case 2: return .matrix(generator.complexes(4), targets: [targets[0]], controls: controls)
    case 3:
      return .matrix(generator.complexes(16).map { $0 / 3 }, targets: [targets[0], targets[1]].sorted(), controls: controls)
    case 4: return .permutation([1, 0], targets: [targets[0]], controls: controls)
    case 5: return .permutation([0, 2, 1, 3], targets: [targets[0], targets[1]], controls: controls)
    default:
      let qubits = generator.qubits(Int.random(in: 0...5, using: &generator), of: qubitCount)
      let isReal = Bool.random(using: &generator)
      let factors = generator.complexes(1 << qubits.count).map { isReal ? Complex($0.real) : $0 }
      return .diagonal(
        factors, targets: qubits,
        controls: generator.controls(Int.random(in: 0...2, using: &generator), avoiding: qubits, of: qubitCount))
    }
  }

  @Test(
    "in blocks on any three registers, and with the lowest qubits exchanged", arguments: RegisterFactory.all,
    [(8, UInt64(0xff)), (10, 0b10_1111_1111), (12, 0b1011_0111_1111), (13, 0x1fff)])
  func blocks(factory: RegisterFactory, shape: (qubitCount: Int, local: UInt64)) throws {
    var generator = SplitMix(seed: 77 + shape.local)
    let laneCount = factory.precision == .single ? 4 : 3
    let above = (laneCount..<shape.qubitCount).filter { shape.local >> UInt64($0) & 1 == 1 }
    let steps: [TileStep] = (0..<12).map { index in
      if index % 5 == 4 { return .exchange(Array(above.shuffled(using: &generator).prefix(laneCount))) }
      let registers = Array(above.shuffled(using: &generator).prefix(3)).sorted()
      return .block(
        registers: registers,
        (0..<6).map { _ in blockOperation(registers, qubitCount: shape.qubitCount, &generator) })
    }
    let pass = TilePass(localQubits: shape.local, activeCount: shape.qubitCount, steps: steps)
    let start = generator.state(qubitCount: shape.qubitCount)
    let (tiled, plain) = (try factory.make(shape.qubitCount), try factory.make(shape.qubitCount))
    try tiled.load(start)
    try plain.load(start)
    try tiled.apply(pass)
    for operation in pass.operations { try plain.apply(operation) }
    #expect(try tiled.state(shape.qubitCount) == plain.state(shape.qubitCount))
    var reference = DenseReference(start)
    for operation in pass.operations { reference.apply(operation) }
    #expect(distance(try tiled.state(shape.qubitCount), reference.amplitudes) < (factory.precision == .single ? 1e-3 : 1e-11))
  }

  @Test("a tile beyond the register is refused", arguments: RegisterFactory.all)
  func beyond(factory: RegisterFactory) throws {
    let register = try factory.make(6)
    let operation = StateOperation.diagonal([.one, .i], targets: [0], controls: .none)
    let error = #expect(throws: SimulatorError.self) {
      try register.apply(TilePass(localQubits: 0b1111_1111, activeCount: 8, steps: [.operation(operation)]))
    }
    #expect(error?.code == .invalidArgument)
  }
}
