extension BatchProgram {
  /// A row's observables from the values that the parts add up to, where some are products: sums first, then products in their order.
  func combine(_ found: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    for observable in 0..<observableCount { unsafe values[observable] = found[observable] }
    for product in products {
      unsafe values[product.observable] += product.factors.reduce(product.coefficient) { unsafe $0 * found[$1] }
    }
  }
}
