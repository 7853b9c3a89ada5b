import Circuits
import Simulator
import TestSupport
import Testing

@Suite(
  "passes on a device's tiles give the host's bits", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLTilePassTests {
  /// Applies the operations as one pass on a device, and one by one on the host, and expects the same bits.
  private func expectHostBits(
    _ operations: [StateOperation], on qubitCount: Int, _ precision: Precision, tileQubitCount: Int = 12,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var generator = SplitMix(seed: 77)
    let start = generator.state(qubitCount: qubitCount)
    var host = try HostRegister(qubitCount: qubitCount, precision: precision)
    try host.load(start)
    for operation in operations { try host.apply(operation) }
    let expected = try host.amplitudes(from: 0, count: 1 << qubitCount)
    for backend in OpenCLTestDevices.backends {
      var device = try OpenCLRegister(
        backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: tileQubitCount)
      try device.load(start)
      try device.apply(
        TilePass(localQubits: (1 << UInt64(qubitCount)) - 1, activeCount: qubitCount, steps: operations.map { .operation($0) }))
      #expect(try device.amplitudes(from: 0, count: 1 << qubitCount) == expected, sourceLocation: sourceLocation)
    }
  }

  @Test(
    "random operations on states of one tile, two, and several", arguments: Precision.allCases, [(2, 5), (5, 5), (6, 5), (8, 5)])
  func sizes(precision: Precision, size: (qubitCount: Int, tileQubitCount: Int)) throws {
    var generator = SplitMix(seed: 5)
    let operations = (0..<40).map { _ in generator.operation(qubitCount: size.qubitCount) }
    try expectHostBits(operations, on: size.qubitCount, precision, tileQubitCount: size.tileQubitCount)
  }

  @Test("one qubit and a program longer than the device's ring", arguments: Precision.allCases)
  func smallest(precision: Precision) throws {
    var generator = SplitMix(seed: 6)
    let operations = (0..<30).map { _ in
      StateOperation.matrix(generator.complexes(4).map { $0 / 1.5 }, targets: [0], controls: .none)
    }
    try expectHostBits(operations, on: 1, precision)
    let wide = (0..<20).map { _ in
      StateOperation.diagonal(generator.complexes(4096), targets: generator.qubits(12, of: 13), controls: .none)
    }
    try expectHostBits(wide, on: 13, precision)
  }

  @Test("matrices on every pair of a large tile's qubits", arguments: Precision.allCases)
  func pairs(precision: Precision) throws {
    var generator = SplitMix(seed: 7)
    var operations: [StateOperation] = []
    for first in 0..<13 {
      for second in 0..<13 where second != first {
        let unit = generator.complexes(16).map { $0 / 4 }
        operations.append(.matrix(unit, targets: [first, second], controls: .none))
      }
    }
    try expectHostBits(operations, on: 13, precision)
  }

  @Test("three and four targets anywhere, under controls inside and outside", arguments: Precision.allCases, 3...4)
  func largerMatrices(precision: Precision, targetCount: Int) throws {
    var generator = SplitMix(seed: UInt64(targetCount))
    let size = 1 << targetCount
    let operations = (0..<30).map { _ in
      let targets = generator.qubits(targetCount, of: 13)
      let controls = generator.controls(Int.random(in: 0...2, using: &generator), avoiding: targets, of: 13)
      return StateOperation.matrix(generator.complexes(size * size).map { $0 / Double(size) }, targets: targets, controls: controls)
    }
    try expectHostBits(operations, on: 13, precision)
    try expectHostBits(operations, on: 13, precision, tileQubitCount: 8)
  }

  @Test(
    "operations that mix three qubits only: every kind, in every order, under controls anywhere", arguments: Precision.allCases,
    0..<4 as Range<UInt64>)
  func blocks(precision: Precision, seed: UInt64) throws {
    var generator = SplitMix(seed: 90 + seed)
    let block = generator.qubits(3, of: 8)
    let operations = (0..<60).map { _ in
      let targets = Array(block.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)))
      let size = 1 << targets.count
      let controls = generator.controls(Int.random(in: 0...2, using: &generator), avoiding: targets, of: 8)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0, 1:
        return StateOperation.matrix(
          generator.complexes(size * size).map { $0 / Double(size) }, targets: targets, controls: controls)
      case 2: return .permutation((0..<size).shuffled(using: &generator), targets: targets, controls: controls)
      case 3: return .permutation([0, 2, 1, 3], targets: [block[0], block[2]], controls: .none)
      case 4:
        let any = generator.qubits(Int.random(in: 0...5, using: &generator), of: 8)
        return .diagonal(
          generator.complexes(1 << any.count), targets: any, controls: generator.controls(1, avoiding: any, of: 8))
      default:
        let x = targets.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        let (mask, z) = (controls.mask, generator.next() & 0xff & ~controls.mask)
        return .pauliRotation(
          x: generator.next() % 4 == 0 ? 0 : x, z: z, angle: 1.1, controls: Controls(mask: mask, values: controls.values))
      }
    }
    try expectHostBits(operations, on: 8, precision, tileQubitCount: 5)
  }

  @Test("what only looks at qubits outside the tile: diagonals, controls and Zs", arguments: Precision.allCases)
  func outside(precision: Precision) throws {
    var generator = SplitMix(seed: 8)
    let mix = { (target: Int) in StateOperation.matrix([.one, .i, .i, .one].map { $0 / 1.4 }, targets: [target], controls: .none) }
    let operations: [StateOperation] = [
      mix(1),
      .diagonal(generator.complexes(16), targets: [9, 0, 8, 2], controls: .none),
      .diagonal(generator.complexes(4), targets: [8, 9], controls: Controls(mask: 0b100_0001, values: 0b1)),
      .diagonal([.i], targets: [], controls: Controls(mask: 1 << 7, values: 1 << 7)),
      mix(2),
      .permutation([1, 0], targets: [2], controls: Controls(mask: 0b11_0000_0001, values: 0b10_0000_0001)),
      .permutation([3, 0, 1, 2], targets: [2, 0], controls: Controls(mask: 1 << 9, values: 0)),
      .pauliRotation(x: 0b11, z: 0b11_0000_0110, angle: 0.4, controls: .none),
      .pauliRotation(x: 0b1, z: 0b1, angle: 1.4, controls: Controls(mask: 0b10_0000_0010, values: 0b10)),
      .pauliRotation(x: 0, z: 0b11_0000_0010, angle: -2.4, controls: .none),
      mix(0),
    ]
    try expectHostBits(operations, on: 10, precision, tileQubitCount: 5)
  }
}
