import Circuits
import Simulator
import TestSupport

extension MetamorphicRelation {
  /// What may be done to the way in which the same operations are carried out.
  static let ofExecution = [
    MetamorphicRelation(
      "a list may be given in parts",
      changing: { run, generator in
        let operations = run.operations
        let cuts = (0..<Int.random(in: 1...6, using: &generator)).map { _ in Int.random(in: 0...operations.count, using: &generator)
        }
        let edges = [0] + cuts.sorted() + [operations.count]
        run.lists = zip(edges, edges.dropFirst()).map { Array(operations[$0..<$1]) }
      }),
    MetamorphicRelation("operations may be given one by one", changing: { run, _ in run.lists = run.operations.map { [$0] } }),
    MetamorphicRelation(
      "tiles may have any size",
      changing: { run, generator in
        run.tileQubitCount = Int.random(in: 9...min(15, max(9, run.qubitCount)), using: &generator)
      }),
    MetamorphicRelation("there may be no plan", changing: { run, _ in run.isPlanned = false }),
  ]
}
