extension LanePlan {
  /// Multiply-adds on real numbers that take one state from |0…0⟩ through the plan: what its arithmetic costs on any device.
  ///
  /// A rotation is one for each real of the state, and so is a factor of the whole state. A rotation that grows the state is a multiplication
  /// for each real that it reaches. A table is four for each amplitude, and what multiplying it out takes. Multiplications count like
  /// multiply-adds, because they take as long. Binding angles and summing observables are not in it.
  var multiplyAddCount: Int {
    let operationCount = count { operation in
      switch operation {
      case .rotation, .scale: realCount
      case .table: 4 << bits
      }
    }
    return grownRealCount + tables.reduce(0) { $0 + $1.makingMultiplyAddCount } + operationCount
  }

  /// Multiply-adds that take a ket and a bra back through the plan and give the derivatives by all angles.
  ///
  /// A rotation is three for each real: it is undone on both states, and one product is taken. A table is eight for each amplitude to undo it
  /// and two for the products, which its strings then share. A factor of the whole state is one for each real of both. Undoing a growth is one
  /// for each real of the bra that is kept, and two products. Making the bra of observables is not in it.
  var undoingMultiplyAddCount: Int {
    let operationCount = count { operation in
      switch operation {
      case .rotation: 3 * realCount
      case .scale: 2 * realCount
      case .table(let index): 10 << bits + tables[index].strings.count << tables[index].functionals.count
      }
    }
    return 3 * grownRealCount + operationCount
  }

  private var partCount: Int { isReal ? 1 : 2 }
  private var realCount: Int { partCount << bits }
  /// The real numbers that all growths reach: as many as there were before each.
  private var grownRealCount: Int { partCount * ((1 << growths.count) - 1) }

  private func count(_ cost: (Operation) -> Int) -> Int {
    blocks.reduce(0) { sum, block in sum + block.operations.reduce(0) { $0 + cost($1) } }
  }
}

extension LanePlan.Table {
  /// Multiply-adds of multiplying the table out: each string takes part in all factors up to its highest bit, two for each.
  var makingMultiplyAddCount: Int { strings.reduce(0) { $0 + 4 << (31 - $1.mask.leadingZeroBitCount) } }
}
