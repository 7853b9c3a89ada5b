import Circuits
import Simulator
import TestSupport
import Testing

@Suite("every register applies operations as they are defined")
struct OperationContractTests {
  @Test("a matrix acts on every ordered choice of one and two qubits, controlled and not", arguments: RegisterFactory.all)
  func smallMatrices(factory: RegisterFactory) throws {
    var generator = SplitMix(seed: 1)
    let qubitCount = 6
    for first in 0..<qubitCount {
      try expectSame(
        .matrix(generator.complexes(4), targets: [first], controls: .none), on: qubitCount, factory, seed: generator.next())
      for second in 0..<qubitCount where second != first {
        for value in 0...1 {
          try expectSame(
            .matrix(generator.complexes(4), targets: [first], controls: Controls.none.adding(second, value: value)), on: qubitCount,
            factory, seed: generator.next())
        }
        try expectSame(
          .matrix(generator.complexes(16), targets: [first, second], controls: .none), on: qubitCount, factory,
          seed: generator.next())
      }
    }
  }

  @Test("a matrix acts on every ordered choice of three qubits", arguments: RegisterFactory.all)
  func threeQubitMatrices(factory: RegisterFactory) throws {
    var generator = SplitMix(seed: 2)
    for targets in orderedTriples(of: 6) {
      try expectSame(.matrix(generator.complexes(64), targets: targets, controls: .none), on: 6, factory, seed: generator.next())
    }
  }

  @Test("a matrix acts on four to six qubits, inside and above a vector", arguments: RegisterFactory.all, 4...6)
  func largeMatrices(factory: RegisterFactory, targetCount: Int) throws {
    var generator = SplitMix(seed: 3)
    let size = 1 << targetCount
    for lowest in 0...(11 - targetCount) {
      let targets = (lowest..<(lowest + targetCount)).shuffled(using: &generator)
      let controls = generator.controls(lowest % 3, avoiding: targets, of: 11)
      let matrix = generator.complexes(size * size).map { $0 / Double(size) }
      try expectSame(.matrix(matrix, targets: targets, controls: controls), on: 11, factory, seed: generator.next())
    }
  }

  @Test("tables of every size act as defined", arguments: RegisterFactory.all, 0...12)
  func tables(factory: RegisterFactory, targetCount: Int) throws {
    var generator = SplitMix(seed: UInt64(targetCount))
    let qubitCount = max(6, min(13, targetCount + 2))
    for controlCount in 0...min(2, qubitCount - targetCount) {
      let targets = generator.qubits(targetCount, of: qubitCount)
      let controls = generator.controls(controlCount, avoiding: targets, of: qubitCount)
      let factors = generator.complexes(1 << targetCount)
      try expectSame(.diagonal(factors, targets: targets, controls: controls), on: qubitCount, factory, seed: generator.next())
      guard targetCount > 0 else { continue }
      let table = (0..<(1 << targetCount)).shuffled(using: &generator)
      try expectSame(.permutation(table, targets: targets, controls: controls), on: qubitCount, factory, seed: generator.next())
    }
  }

  @Test("x, z, cx, cz and swap as tables act on every pair of qubits", arguments: RegisterFactory.all)
  func simplifiedTables(factory: RegisterFactory) throws {
    var generator = SplitMix(seed: 4)
    for first in 0..<7 {
      try expectSame(.permutation([1, 0], targets: [first], controls: .none), on: 7, factory, seed: generator.next())
      try expectSame(.diagonal([.one, -.one], targets: [first], controls: .none), on: 7, factory, seed: generator.next())
      for second in 0..<7 where second != first {
        let targets = [first, second]
        try expectSame(.permutation([0, 3, 2, 1], targets: targets, controls: .none), on: 7, factory, seed: generator.next())
        try expectSame(.permutation([0, 2, 1, 3], targets: targets, controls: .none), on: 7, factory, seed: generator.next())
        try expectSame(
          .diagonal([.one, .one, .one, -.one], targets: targets, controls: .none), on: 7, factory, seed: generator.next())
      }
    }
  }

  @Test("a Pauli rotation acts for every string on three qubits, wherever they lie", arguments: RegisterFactory.all)
  func pauliRotations(factory: RegisterFactory) throws {
    var generator = SplitMix(seed: 5)
    for bits in UInt64(0)..<64 {
      let places = generator.qubits(3, of: 8)
      let spread = { (letters: UInt64) in UInt64(DenseReference.setting(bits: Int(letters), at: places, of: 0)) }
      let (x, z) = (spread(bits & 7), spread(bits >> 3))
      let angle = [0, Double.pi / 2, -Double.pi / 2, Double.random(in: -7...7, using: &generator)][Int(bits % 4)]
      let controls = generator.controls(Int(bits % 3), avoiding: places, of: 8)
      try expectSame(.pauliRotation(x: x, z: z, angle: angle, controls: controls), on: 8, factory, seed: generator.next())
    }
  }

  @Test("random operations of every kind, on 1 to 12 qubits", arguments: RegisterFactory.all, 1...12)
  func randomOperations(factory: RegisterFactory, qubitCount: Int) throws {
    var generator = SplitMix(seed: UInt64(qubitCount))
    for _ in 0..<12 {
      try expectSame(generator.operation(qubitCount: qubitCount), on: qubitCount, factory, seed: generator.next())
    }
  }

  @Test("the highest qubit of a state larger than the serial threshold", arguments: RegisterFactory.all)
  func highestQubit(factory: RegisterFactory) throws {
    var generator = SplitMix(seed: 6)
    let qubitCount = 15
    let high = qubitCount - 1
    try expectSame(.matrix(generator.complexes(4), targets: [high], controls: .none), on: qubitCount, factory, seed: 60)
    try expectSame(.matrix(generator.complexes(16), targets: [high, 0], controls: .none), on: qubitCount, factory, seed: 61)
    try expectSame(.diagonal(generator.complexes(4), targets: [0, high], controls: .none), on: qubitCount, factory, seed: 62)
    try expectSame(.permutation([1, 2, 3, 0], targets: [high, high - 1], controls: .none), on: qubitCount, factory, seed: 63)
    try expectSame(
      .pauliRotation(x: 1 << UInt64(high) | 2, z: 1 << UInt64(high), angle: 0.7, controls: .none), on: qubitCount, factory, seed: 64
    )
  }

  @Test("random inputs do vary, and the comparison sees one wrong entry")
  func inputsVary() throws {
    var generator = SplitMix(seed: 7)
    let state = generator.state(qubitCount: 6)
    #expect(Set(state).count == state.count)
    #expect(Set((0..<50).map { _ in generator.operation(qubitCount: 6) }).count == 50)
    var wrong = state
    wrong[63].imaginary.negate()
    #expect(distance(wrong, state) > 1e-3)
  }

  private func orderedTriples(of count: Int) -> [[Int]] {
    (0..<(count * count * count)).map { [$0 % count, $0 / count % count, $0 / (count * count)] }.filter { Set($0).count == 3 }
  }
}
