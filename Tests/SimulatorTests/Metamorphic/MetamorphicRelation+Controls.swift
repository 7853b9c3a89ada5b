import Circuits
import Simulator
import TestSupport

extension MetamorphicRelation {
  /// What a control does whose qubit has a known value, and one whose has none.
  static let ofControls = [
    MetamorphicRelation("what is controlled by |0⟩, or by its opposite on |1⟩, does not happen") { run, generator in
      let wider = QubitEmbedding(run.qubitCount, addingAnywhere: 1, &generator)
      let (control, isSet) = (wider.added[0], Bool.random(using: &generator))
      var second = wider(run)
      for _ in 0..<8 {
        let operation = generator.unitaryOperation(qubitCount: run.qubitCount).relabelled(wider.places)
        second.insert([operation.controlled(by: control, value: isSet ? 0 : 1)], &generator)
      }
      if isSet { second.operations.insert(.flip(control), at: 0) }
      return Pair(first: run, second: second) { wider($0, added: isSet ? 1 : 0) }
    },
    MetamorphicRelation("what is controlled by |1⟩, or by its opposite on |0⟩, happens") { run, generator in
      let wider = QubitEmbedding(run.qubitCount, addingAnywhere: 1, &generator)
      let (control, isSet) = (wider.added[0], Bool.random(using: &generator))
      var second = wider(run)
      second.operations = second.operations.map { operation in
        Bool.random(using: &generator) ? operation.controlled(by: control, value: isSet ? 1 : 0) : operation
      }
      if isSet { second.operations.insert(.flip(control), at: 0) }
      return Pair(first: run, second: second) { wider($0, added: isSet ? 1 : 0) }
    },
    MetamorphicRelation("a control that two quarter turns have set, and no planner knows of, is set") { run, generator in
      let wider = QubitEmbedding(run.qubitCount, addingAnywhere: 1, &generator)
      let control = wider.added[0]
      let quarter = StateOperation.pauliRotation(x: 1 << UInt64(control), z: 1 << UInt64(control), angle: .pi / 2, controls: .none)
      var second = wider(run)
      let all = second.operations
      let half = all.count / 2
      second.operations =
        [quarter] + all[..<half] + [quarter] + all[half...].map { $0.controlled(by: control, value: 1) }
      return Pair(first: run, second: second) { wider($0, added: 1) }
    },
    MetamorphicRelation("what a qubit in superposition controls happens in one half of the state only") { run, generator in
      let wider = QubitEmbedding(run.qubitCount, addingAnywhere: 1, &generator)
      let control = wider.added[0]
      var second = wider(run)
      second.operations = [.hadamard(control)] + second.operations.map { $0.controlled(by: control, value: 1) }
      return Pair(first: run, second: second) { state in
        let half = Complex(0.5.squareRoot())
        var start = state.map { _ in Complex.zero }
        start[0] = half
        return zip(wider(start), wider(state.map { half * $0 }, added: 1)).map { $0 + $1 }
      }
    },
  ]
}
