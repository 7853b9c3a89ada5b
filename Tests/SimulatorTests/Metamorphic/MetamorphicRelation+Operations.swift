import Circuits
import Simulator
import TestSupport

extension MetamorphicRelation {
  /// What may be done to the operations.
  static let ofOperations = [
    MetamorphicRelation("what is undone in reverse leaves the start") { run, generator in
      var (first, second) = (run, run)
      first.operations = []
      second.operations += run.operations.reversed().map(\.adjoint)
      return Pair(first: first, second: second)
    },
    MetamorphicRelation("operations that cancel change nothing, wherever they are put") { run, generator in
      var second = run
      for _ in 0..<6 {
        let operation = generator.unitaryOperation(qubitCount: run.qubitCount)
        second.insert([operation, operation.adjoint], &generator)
        let chosen = generator.involution(qubitCount: run.qubitCount)
        second.insert([chosen, chosen], &generator)
      }
      return Pair(first: run, second: second)
    },
    MetamorphicRelation("operations that commute may change places") { run, generator in
      var operations = run.operations
      for _ in 0..<8 {
        for index in operations.indices.dropLast()
        where operations[index].commutes(with: operations[index + 1]) && Bool.random(using: &generator) {
          operations.swapAt(index, index + 1)
        }
      }
      var second = run
      second.operations = operations
      return Pair(first: run, second: second)
    },
    MetamorphicRelation("a phase of the whole state is one of every amplitude") { run, generator in
      let phase = Complex(phase: Double.random(in: -7...7, using: &generator))
      var second = run
      second.insert([.diagonal([phase], targets: [], controls: .none)], &generator)
      return Pair(first: run, second: second) { $0.map { phase * $0 } }
    },
    MetamorphicRelation(
      "small operations may as well be matrices", changing: { run, _ in run.operations = run.operations.map(\.dense) }),
    MetamorphicRelation("the conjugate of every operation gives the conjugate of every amplitude") { run, _ in
      var second = run
      second.operations = run.operations.map(\.conjugate)
      return Pair(first: run, second: second) { $0.map(\.conjugate) }
    },
  ]
}
