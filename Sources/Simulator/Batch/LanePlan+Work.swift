extension LanePlan {
  /// Multiply-adds on real numbers that take one state from |0…0⟩ through the plan: what its arithmetic costs on any device.
  ///
  /// A rotation is one for each real of the state, and so is a factor of the whole state. A rotation that grows the state is a multiplication
  /// for each real that it reaches. A table is four for each amplitude, and what multiplying it out takes. Multiplications count like
  /// multiply-adds, because they take as long. Binding angles and summing observables are not in it.
  var multiplyAddCount: Int {
    let partCount = isReal ? 1 : 2
    let realCount = partCount << bits
    let growing = partCount * ((1 << growths.count) - 1)
    let building = tables.reduce(0) { $0 + $1.buildingMultiplyAddCount }
    return growing + building
      + blocks.reduce(0) { count, block in
        count
          + block.operations.reduce(0) { count, operation in
            switch operation {
            case .rotation, .scale: count + realCount
            case .table: count + 4 << bits
            }
          }
      }
  }
}

extension LanePlan.Table {
  /// Multiply-adds of multiplying the table out: each string takes part in all factors up to its highest bit, two for each.
  var buildingMultiplyAddCount: Int { strings.reduce(0) { $0 + 4 << (31 - $1.mask.leadingZeroBitCount) } }
}
