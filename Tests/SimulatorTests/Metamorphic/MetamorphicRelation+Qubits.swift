import Circuits
import Simulator
import TestSupport

extension MetamorphicRelation {
  /// What may be done to the names and the number of qubits.
  static let ofQubits = [
    MetamorphicRelation("qubits that change names carry their amplitudes along") { run, generator in
      let renamed = QubitEmbedding(places: (0..<run.qubitCount).shuffled(using: &generator))
      return Pair(first: run, second: renamed(run)) { renamed($0) }
    },
    MetamorphicRelation("qubits that change places on the way have changed them at the end") { run, generator in
      var places = Array(0..<run.qubitCount)
      var second = run
      second.operations = run.operations.flatMap { operation in
        let moved = operation.relabelled(places)
        guard run.qubitCount > 1, Int.random(in: 0..<4, using: &generator) == 0 else { return [moved] }
        let pair = generator.qubits(2, of: run.qubitCount)
        places = places.map { $0 == pair[0] ? pair[1] : $0 == pair[1] ? pair[0] : $0 }
        return [moved, .swap(pair)]
      }
      let renamed = QubitEmbedding(places: places)
      return Pair(first: run, second: second) { renamed($0) }
    },
    idle("lowest") { _, _ in 0 },
    idle("highest") { count, _ in count },
    idle("between the others") { count, generator in Int.random(in: 0...count, using: &generator) },
    MetamorphicRelation("idle qubits in superposition share the state out evenly") { run, generator in
      let wider = QubitEmbedding(run.qubitCount, addingAnywhere: 2, &generator)
      var second = wider(run)
      for qubit in wider.added { second.insert([.hadamard(qubit)], &generator) }
      return Pair(first: run, second: second) { state in
        let quarter = state.map { $0 / 2 }
        return (1..<4).reduce(wider(quarter)) { sum, bits in zip(sum, wider(quarter, added: bits)).map { $0 + $1 } }
      }
    },
    MetamorphicRelation("a basis state is what flips make of |0…0⟩") { run, generator in
      var (first, second) = (run, run)
      first.start = generator.next() & ((1 << UInt64(run.qubitCount)) - 1)
      let flips = (0..<run.qubitCount).filter { first.start >> UInt64($0) & 1 == 1 }.map { StateOperation.flip($0) }
      // Phases at once, while the planner still knows every qubit's value.
      first.operations = (0..<4).map { _ in generator.phases(qubitCount: run.qubitCount) } + run.operations
      second.operations = flips + first.operations
      return Pair(first: first, second: second)
    },
  ]

  private static func idle(_ place: String, _ position: @escaping @Sendable (Int, inout SplitMix) -> Int) -> MetamorphicRelation {
    MetamorphicRelation("idle qubits, \(place), stay |0⟩ and change nothing") { run, generator in
      let count = Int.random(in: 1...2, using: &generator)
      let wider = QubitEmbedding(run.qubitCount, adding: (0..<count).map { position(run.qubitCount + $0, &generator) })
      return Pair(first: run, second: wider(run)) { wider($0) }
    }
  }
}

extension MetamorphicRun {
  /// Puts operations, one right after the other, somewhere between the others, all of which become one list.
  mutating func insert(_ added: [StateOperation], _ generator: inout SplitMix) {
    var all = operations
    all.insert(contentsOf: added, at: Int.random(in: 0...all.count, using: &generator))
    operations = all
  }
}
