import Circuits
import Simulator
import TestSupport

/// Where the qubits of one register lie in another, which has as many or more.
struct QubitEmbedding {
  /// The place of each qubit.
  let places: [Int]
  /// The places of the qubits that only the other register has, ascending.
  let added: [Int]

  var qubitCount: Int { places.count + added.count }

  /// As many qubits, in another order.
  init(places: [Int]) { (self.places, added) = (places, []) }

  /// Adds qubits, one after the other, each before the one of this number; the others keep their order.
  init(_ qubitCount: Int, adding positions: [Int]) {
    var names: [Int?] = Array(0..<qubitCount)
    for position in positions { names.insert(nil, at: position) }
    places = names.indices.filter { names[$0] != nil }
    added = names.indices.filter { names[$0] == nil }
  }

  /// Adds some anywhere.
  init(_ qubitCount: Int, addingAnywhere count: Int, _ generator: inout SplitMix) {
    self.init(qubitCount, adding: (0..<count).map { Int.random(in: 0...(qubitCount + $0), using: &generator) })
  }

  /// The same run on the other register.
  func callAsFunction(_ run: MetamorphicRun) -> MetamorphicRun {
    var other = run
    other.qubitCount = qubitCount
    other.lists = run.lists.map { $0.map { $0.relabelled(places) } }
    return other
  }

  /// The amplitudes in the other register where the added qubits have the values that `bits` says, one bit for each; all others are zero.
  func callAsFunction(_ state: [Complex], added bits: Int = 0) -> [Complex] {
    let offset = added.enumerated().reduce(0) { $0 | (bits >> $1.offset & 1) << $1.element }
    var result = [Complex](repeating: .zero, count: 1 << qubitCount)
    var moved = [Int](repeating: offset, count: state.count)
    result[offset] = state[0]
    for index in state.indices.dropFirst() {
      moved[index] = moved[index & (index - 1)] | 1 << places[index.trailingZeroBitCount]
      result[moved[index]] = state[index]
    }
    return result
  }
}
