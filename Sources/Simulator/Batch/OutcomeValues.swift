/// What one shot's outcome says of an observable: the sum of those of its strings that were measured together.
struct OutcomeValues: Sendable {
  /// The observable's index.
  let observable: Int
  /// Parities of an outcome's bits with their factors, ascending and each once.
  private let strings: [(mask: UInt64, coefficient: Double)]
  /// The value of each outcome, where there are few.
  private let table: [Double]

  /// Takes parities with their factors, which add up where a mask comes again.
  init(observable: Int, _ strings: [(mask: UInt64, coefficient: Double)]) {
    self.observable = observable
    var sums: [UInt64: Double] = [:]
    for string in strings { sums[string.mask, default: 0] += string.coefficient }
    self.strings = sums.sorted { $0.key < $1.key }.map { (mask: $0.key, coefficient: $0.value) }
    table = []
  }

  /// The same with a table of all outcomes of a number of bits.
  init(tabulating values: OutcomeValues, bitCount: Int) {
    (observable, strings) = (values.observable, values.strings)
    table = (0..<1 << bitCount).map { values.sum(at: $0) }
  }

  /// The value of an outcome.
  func value(at outcome: UInt64) -> Double { table.isEmpty ? sum(at: outcome) : table[Int(outcome)] }

  private func sum(at outcome: UInt64) -> Double {
    strings.reduce(0) { (outcome & $1.mask).nonzeroBitCount & 1 == 0 ? $0 + $1.coefficient : $0 - $1.coefficient }
  }
}
