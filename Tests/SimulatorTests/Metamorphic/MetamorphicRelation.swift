import Circuits
import Simulator
import TestSupport
import Testing

/// Two runs whose states determine each other, whatever the operations are.
///
/// Nothing is compared with a reference, so a relation holds on states that are too large for one, and for what no reference knows of:
/// plans, tiles and lists.
struct MetamorphicRelation: Sendable, CustomTestStringConvertible {
  /// Two runs, and what the second's state has to be where the first's is known.
  struct Pair {
    var first: MetamorphicRun
    var second: MetamorphicRun
    var expected: ([Complex]) -> [Complex] = { $0 }
  }

  /// What is promised.
  let testDescription: String
  let pair: @Sendable (MetamorphicRun, inout SplitMix) -> Pair

  init(_ promise: String, _ pair: @escaping @Sendable (MetamorphicRun, inout SplitMix) -> Pair) {
    (testDescription, self.pair) = (promise, pair)
  }

  /// A relation in which only the second run is changed, and its state is the same.
  init(_ promise: String, changing change: @escaping @Sendable (inout MetamorphicRun, inout SplitMix) -> Void) {
    self.init(promise) { run, generator in
      var second = run
      change(&second, &generator)
      return Pair(first: run, second: second)
    }
  }

  static let all = ofQubits + ofControls + ofOperations + ofExecution
}
