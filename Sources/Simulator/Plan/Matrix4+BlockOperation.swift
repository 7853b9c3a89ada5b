internal import Circuits

extension Matrix4 {
  /// Applies an operation on two wires, or on one of them, after what the matrix does.
  mutating func apply(_ gate: BlockOperation, low: Int, high: Int, _ numbers: [Complex]) {
    func place(_ mask: UInt64) -> Int { Int(mask >> UInt64(low) & 1) | Int(mask >> UInt64(high) & 1) << 1 }
    let (targets, mask, values) = (place(gate.targets), place(gate.controls.mask), place(gate.controls.values))
    let first = gate.firstNumber
    for row in 0..<4 where row & mask == values {
      switch gate.kind {
      case .diagonal:
        let factor = targets == 3 ? row : targets == 0 ? 0 : row & targets != 0 ? 1 : 0
        scale(row, by: numbers[first + factor])
      case .exchange where targets == 3: if row == 1 { exchange(1, 2) }
      case .exchange: if row & targets == 0 { exchange(row, row | targets) }
      case .matrix where targets != 3:
        if row & targets == 0 { mix(row, row | targets, by: Matrix2(numbers, at: first)) }
      case .matrix: break
      case .cartan: preconditionFailure("a Cartan form is not taken up again")
      }
    }
    if gate.kind == .matrix, targets == 3 { self = Matrix4(numbers, at: first) * self }
  }

  private mutating func scale(_ row: Int, by factor: Complex) {
    for column in 0..<4 { self[row, column] *= factor }
  }

  private mutating func exchange(_ first: Int, _ second: Int) {
    for column in 0..<4 { (self[first, column], self[second, column]) = (self[second, column], self[first, column]) }
  }

  private mutating func mix(_ first: Int, _ second: Int, by u: Matrix2) {
    for column in 0..<4 {
      let (x, y) = (self[first, column], self[second, column])
      self[first, column] = u.a * x + u.b * y
      self[second, column] = u.c * x + u.d * y
    }
  }
}
