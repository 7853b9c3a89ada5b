internal import Circuits

/// What a block's kernels make of a matrix on one or two qubits: the special forms take fewer multiply-adds.
enum MatrixForm {
  /// (1, s; t, 1) with real s and t, or with imaginary ones.
  case realRotation
  case imaginaryRotation
  /// Ones on the diagonal of a 4×4 matrix and numbers on the other, complex or imaginary.
  case shear
  case imaginaryShear
  /// Any other.
  case dense

  /// Looks at row-major entries, 4 or 16.
  init(_ entries: ArraySlice<Complex>) {
    self = entries.count == 4 ? Self.form(ofRotation: entries) : Self.form(ofShear: entries)
  }

  private static func form(ofRotation entries: ArraySlice<Complex>) -> MatrixForm {
    let first = entries.startIndex
    let (upper, lower) = (entries[first + 1], entries[first + 2])
    guard entries[first] == .one, entries[first + 3] == .one else { return .dense }
    if upper.imaginary == 0, lower.imaginary == 0 { return .realRotation }
    return upper.real == 0 && lower.real == 0 ? .imaginaryRotation : .dense
  }

  private static func form(ofShear entries: ArraySlice<Complex>) -> MatrixForm {
    var isImaginary = true
    for (index, entry) in zip(0..<16, entries) {
      if index % 5 == 0 {
        if entry != .one { return .dense }
      } else if index % 3 == 0 {
        isImaginary = isImaginary && entry.real == 0
      } else if entry != .zero {
        return .dense
      }
    }
    return isImaginary ? .imaginaryShear : .shear
  }
}
