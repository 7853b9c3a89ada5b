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
    arguments: RegisterFactory.all + RegisterFactory.openCLTiles,
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
    try tiled.apply(TilePass(localQubits: shape.local, operations: operations))
    for operation in operations { try plain.apply(operation) }
    #expect(try tiled.state(shape.qubitCount) == plain.state(shape.qubitCount))
    #expect(try tiled.state(shape.qubitCount) != start)
  }

  @Test("a tile beyond the register is refused", arguments: RegisterFactory.all)
  func beyond(factory: RegisterFactory) throws {
    let register = try factory.make(6)
    let operation = StateOperation.diagonal([.one, .i], targets: [0], controls: .none)
    let error = #expect(throws: SimulatorError.self) {
      try register.apply(TilePass(localQubits: 0b1111_1111, operations: [operation]))
    }
    #expect(error?.code == .invalidArgument)
  }
}
