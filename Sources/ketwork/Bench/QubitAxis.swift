/// A linear axis of qubits: which counts get a label.
struct QubitAxis {
  /// The counts shown, from border to border.
  let range: ClosedRange<Int>

  /// Labelled counts: at most eight, in steps of 1, 2, 4 or 8.
  var labels: [Int] {
    let step = [1, 2, 4, 8].first { range.count / $0 < 8 } ?? 16
    return range.filter { $0 % step == 0 }
  }

  /// A count's place, 0 at the left border and 1 at the right one.
  func place(_ qubitCount: Int) -> Double {
    let margin = 0.5
    return (Double(qubitCount - range.lowerBound) + margin) / (Double(range.count - 1) + 2 * margin)
  }
}
