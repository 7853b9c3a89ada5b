import Circuits
import Simulator
import TestSupport
import Testing

@Suite("every register applies operations as they are defined")
struct OperationContractTests {
  @Test("a matrix acts on every ordered choice of one and two qubits, controlled and not", arguments: RegisterFactory.all)
  func smallMatrices(factory: RegisterFactory) throws {
    var generator = SeededGenerator(seed: 1)
    let qubitCount = 6
    for first in 0..<qubitCount {
      try expectSame(
        .matrix(generator.complexes(4), targets: [first], controls: .none), on: qubitCount, factory, seed: generator.next())
      for second in 0..<qubitCount where second != first {
        let value = Int.random(in: 0...1, using: &generator)
        let controls = Controls.none.adding(second, value: value)
        try expectSame(
          .matrix(generator.complexes(4), targets: [first], controls: controls), on: qubitCount, factory, seed: generator.next())
        try expectSame(
          .matrix(generator.complexes(16), targets: [first, second], controls: .none), on: qubitCount, factory,
          seed: generator.next())
      }
    }
  }

  @Test("random operations of every kind, on 1 to 12 qubits", arguments: RegisterFactory.all, 1...12)
  func randomOperations(factory: RegisterFactory, qubitCount: Int) throws {
    var generator = SeededGenerator(seed: UInt64(qubitCount))
    for _ in 0..<24 {
      try expectSame(generator.operation(qubitCount: qubitCount), on: qubitCount, factory, seed: generator.next())
    }
  }
}
