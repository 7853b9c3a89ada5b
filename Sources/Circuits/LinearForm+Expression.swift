extension ClassicalExpression {
  /// The expression as a constant plus multiples of parameters, if it is one.
  ///
  ///     let theta = Parameter("theta")
  ///     (2 * (.parameter(theta) + 0.5)).linearForm(in: [theta: 0])  // 1 + 2θ
  ///
  /// - Parameter parameters: The index in a row of each parameter, at least 0; it may hold more than occur.
  /// - Returns: Nil if the expression is not linear, as ``DifferentiableExpression/linearForm`` has it, or if it cannot be compiled: it reads
  ///   classical memory, a parameter has no index, a constant part has no value, or it is above the limits.
  public func linearForm(in parameters: [Parameter: Int]) -> LinearForm? {
    // What cannot be compiled is not linear either; who wants to know why compiles it.
    try? DifferentiableExpression(self, parameters: parameters).linearForm
  }
}

extension DifferentiableExpression {
  /// The expression as a constant plus multiples of parameters, if it is one.
  ///
  /// The form's value is the expression's up to the rounding of its sums and products, for parameters that are 0 or of magnitude
  /// 2⁻⁵⁰⁰…2⁵⁰⁰. Parameters may stand under `+`, `-`, the minus sign, `*` and `/` by a constant, and casts to `float[64]`. Nil for the rest,
  /// also where it would come to the same (`a * b / b`); for a cast to `float[32]`, which rounds more coarsely; and if a coefficient or
  /// constant on the way is neither 0 nor of magnitude 2⁻⁵⁰⁰…2⁵⁰⁰, because the expression may overflow or underflow where the form does not.
  public var linearForm: LinearForm? {
    var stack = [LinearForm]()
    for operation in operations {
      guard let form = form(operation, &stack), form.allSatisfy(\.isModerate) else { return nil }
      stack.append(form)
    }
    return stack.last
  }

  /// What an operation makes of the forms it takes from the stack.
  private func form(_ operation: Operation, _ stack: inout [LinearForm]) -> LinearForm? {
    switch operation {
    case .constant(let value): return LinearForm(constant: value)
    case .parameter(let entry): return LinearForm(terms: [LinearForm.Term(1, parameter: parameters[entry])])
    case .unary(let unary): return unary.form(stack.removeLast())
    case .binary(let name):
      let right = stack.removeLast()
      let left = stack.removeLast()
      return name == .add ? left + right : name == .subtract ? left - right : nil
    }
  }
}

extension DifferentiableExpression.Unary {
  /// What it makes of a form, if that is a form.
  fileprivate func form(_ operand: LinearForm) -> LinearForm? {
    switch self {
    case .minus: operand.scaled(by: -1)
    case .right(.add, let constant), .left(let constant, .add): operand + LinearForm(constant: constant)
    case .right(.subtract, let constant): operand - LinearForm(constant: constant)
    case .left(let constant, .subtract): LinearForm(constant: constant) - operand
    // The factor as well as the product: a product that underflows to zero would pass for one that is zero.
    case .right(.multiply, let constant), .left(let constant, .multiply): constant.isModerate ? operand.scaled(by: constant) : nil
    // By zero it comes to infinity or no number, which is not moderate.
    case .right(.divide, let constant): constant.isModerate ? operand.divided(by: constant) : nil
    case .right, .left, .single, .function, .modulo: nil
    }
  }
}

extension Double {
  /// Whether it is zero or far from overflow and underflow.
  fileprivate var isModerate: Bool {
    self == 0 || (1 / Limits.linearMagnitude...Limits.linearMagnitude).contains(magnitude)
  }
}
