extension RotationCircuit {
  /// The circuit with strings replaced by factors on qubits that no rotation brings together; nil if there are none.
  ///
  /// Qubits that start in |0…0⟩ and never meet stay in a product state, in which the value of a string is the product of the values of its parts on
  /// each group of them. A state of each group is much less than one of all.
  ///
  /// - Parameter observableCount: Factors are what comes after as many observables, each with the coefficient 1, and once however many strings
  ///   have it.
  /// - Complexity: O(rotations²) for each string and factor, and nil beyond ``Limits/lightConeWork``.
  func factored(observableCount: Int) -> (circuit: RotationCircuit, products: [TermProduct])? {
    let most = Limits.lightConeWork / max(1, rotations.count * rotations.count)
    var (result, products, columns, coneCount) = (self, [TermProduct](), [SignedPauli: Int](), terms.count)
    guard coneCount <= most else { return nil }
    result.terms = []
    var strings = [SignedPauli]()
    for term in terms {
      guard let factors = factors(of: term, &coneCount, most) else {
        result.terms.append(term)
        continue
      }
      let places = factors.map { factor in
        if let column = columns[factor] { return column }
        let column = observableCount + strings.count
        columns[factor] = column
        strings.append(factor)
        return column
      }
      products.append(TermProduct(observable: term.observable, coefficient: term.coefficient, factors: places))
    }
    if products.isEmpty { return nil }
    result.terms += strings.enumerated().map { index, string in
      Term(observable: observableCount + index, coefficient: 1, x: string.x, z: string.z)
    }
    return (result, products)
  }

  /// A string's parts on the groups of qubits that its light cone never brings together; nil for fewer than two.
  ///
  /// Nil too for a string with a part on which more depends than on the whole: a rotation of both groups that commutes with the string and with
  /// neither part. Then the parts are no strings of this circuit.
  private func factors(of term: Term, _ coneCount: inout Int, _ most: Int) -> [SignedPauli]? {
    let cone = lightCone(seenBy: [(term.x, term.z)])
    // A qubit that nothing flips is in |0⟩, where Z is 1 and brings nothing together.
    let flipped = cone.reduce(0) { $0 | rotations[$1].x }
    // Flipped by the string alone: the value is zero, and no states are needed.
    guard term.x & ~flipped == 0 else { return nil }
    let groups = separateGroups(cone, flipped)
    guard groups.count > 1, coneCount + groups.count <= most else { return nil }
    coneCount += groups.count
    for group in groups {
      let own = cone.filter { (rotations[$0].x | rotations[$0].z) & group != 0 }
      guard lightCone(seenBy: [(term.x & group, term.z & group)]) == own else { return nil }
    }
    return groups.map { SignedPauli(x: term.x & $0, z: term.z & $0) }
  }

  /// Groups of flipped qubits such that each rotation is on one of them alone; ascending by their lowest qubits.
  private func separateGroups(_ cone: [Int], _ flipped: UInt64) -> [UInt64] {
    var groups = [UInt64]()
    for index in cone {
      let support = (rotations[index].x | rotations[index].z) & flipped
      let met = groups.reduce(support) { $1 & support != 0 ? $0 | $1 : $0 }
      groups.removeAll { $0 & support != 0 }
      if met != 0 { groups.append(met) }
    }
    return groups.sorted { $0.trailingZeroBitCount < $1.trailingZeroBitCount }
  }
}
