/// An expression compiled once to be evaluated, with its partial derivatives, for many rows of parameters.
///
///     let (a, b) = (Parameter("a"), Parameter("b"))
///     let angle = try DifferentiableExpression(.parameter(a) * .call(.sin, [.parameter(b)]), parameters: [a: 0, b: 1])
///     var gradient = [0.0, 0.0]
///     var entries = gradient.mutableSpan
///     let value = try angle.valueAndGradient([2, 0].span, into: &entries)  // 0, and the gradient is [0, 2]
///
/// Values are those of ``ClassicalExpression/finiteDouble(in:)`` bit for bit, and fail with the same codes. Derivatives are exact up to
/// rounding: forward mode, each intermediate result carrying its derivative in every parameter that occurs.
///
/// Parameters may stand under `+ - * / **`, the minus sign, `sin cos tan arcsin arccos arctan exp log sqrt abs pow`, `mod` by a constant,
/// and casts to floats. Where the derivative jumps, it is taken to be:
/// - `abs`: 0 at 0;
/// - `mod`: 1 everywhere, as between its jumps;
/// - a cast to `float[32]`: 1, as if it did not round.
///
/// What does not depend on a parameter may be anything that has a value.
///
/// Source: Griewank and Walther (2008), Evaluating Derivatives, §3.1.
public struct DifferentiableExpression: Hashable, Sendable {
  /// The indices in a row of the parameters that occur, ascending; an entry of the gradient for each.
  public let parameters: [Int]
  /// In postfix order: each takes its operands from a stack and leaves its result there.
  let operations: [Operation]
  /// Results that wait on the stack at once, at most.
  let stackDepth: Int

  /// Compiles an expression.
  ///
  /// - Parameters:
  ///   - expression: What is evaluated; it may not read classical memory.
  ///   - parameters: The index in a row of each parameter, at least 0; it may hold more than occur.
  /// - Throws: ``CircuitError``: `not_differentiable`, naming the operator and where it stands; `unbound_parameter` for a parameter without
  ///   an index; what a constant part throws when it is evaluated; `limit_exceeded` beyond ``Limits/expressionDepth`` levels or
  ///   ``Limits/expressionNodeCount`` operations and operands.
  public init(_ expression: ClassicalExpression, parameters: [Parameter: Int]) throws(CircuitError) {
    var compiler = ExpressionCompiler(parameters: parameters)
    try compiler.compile(expression)
    let occurring = Set(compiler.operations.compactMap(\.parameter)).sorted()
    let entries = Dictionary(uniqueKeysWithValues: zip(occurring, occurring.indices))
    self.parameters = occurring
    operations = compiler.operations.map { $0.parameter.flatMap { entries[$0] }.map(Operation.parameter) ?? $0 }
    stackDepth = compiler.stackDepth
  }
}
