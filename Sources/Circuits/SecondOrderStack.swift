/// A stack of numbers that carry their gradient, and how both change along a vector.
///
/// An entry is a value, its slope along the vector, its derivatives, and the slopes of those: for a result f, the product of its Hessian with
/// the vector. Each operation takes them on by the chain rule, to the second order:
/// ∂ᵢf(u) = f′·∂ᵢu and ∂ᵥ∂ᵢf(u) = f″·∂ᵥu·∂ᵢu + f′·∂ᵥ∂ᵢu, and so for two operands.
///
/// Unlike ``DualStack`` it allocates: a Hessian is multiplied once where an angle is evaluated for many states.
struct SecondOrderStack {
  private var slots: [Double]
  private let derivativeCount: Int
  /// Where the next entry begins.
  private var end = 0
  /// The first operation without finite derivatives where it was applied; kept and not thrown, because a later one may have no value, and that
  /// is reported first.
  private(set) var failure: CircuitError?

  init(depth: Int, derivativeCount: Int) {
    self.derivativeCount = derivativeCount
    slots = Array(repeating: 0, count: depth * (2 + 2 * derivativeCount))
  }

  /// The value of the entry at the bottom: the result, once all operations are done.
  var value: Double { slots[0] }
  /// A derivative of the entry at the bottom.
  func derivative(_ entry: Int) -> Double { slots[2 + entry] }
  /// An entry of the product of its Hessian with the vector.
  func product(_ entry: Int) -> Double { slots[2 + derivativeCount + entry] }

  /// Pushes a number that depends on no parameter.
  mutating func push(_ value: Double) {
    slots[end] = value
    for place in end + 1..<end + entrySize { slots[place] = 0 }
    end += entrySize
  }

  /// Pushes the value of a parameter, whose slope is its entry of the vector.
  mutating func push(_ value: Double, slope: Double, entry: Int) {
    push(value)
    let start = end - entrySize
    slots[start + 1] = slope
    slots[start + 2 + entry] = 1
  }

  /// Replaces the entry on top.
  mutating func apply(_ operation: DifferentiableExpression.Unary) throws(CircuitError) {
    let top = end - entrySize
    let (x, slope) = (slots[top], slots[top + 1])
    let value = try operation.value(x)
    let (first, second) = (operation.derivative(x, value), operation.secondDerivative(x, value))
    if !(first.isFinite && second.isFinite), failure == nil {
      failure = CircuitError(.notFinite, "\(operation.name) has no finite \(first.isFinite ? "second " : "")derivative at \(x)")
    }
    (slots[top], slots[top + 1]) = (value, first * slope)
    for derivative in top + 2..<top + 2 + derivativeCount {
      let product = derivative + derivativeCount
      slots[product] = second * slope * slots[derivative] + first * slots[product]
      slots[derivative] *= first
    }
  }

  /// Replaces the two entries on top by one.
  mutating func apply(_ name: ClassicalExpression.BinaryOperator) throws(CircuitError) {
    end -= entrySize
    let top = end - entrySize
    let (a, b) = (slots[top], slots[end])
    let value = try Arithmetic.floats(name, a, b)
    let (left, right) = (Derivative.left(name, a, b), Derivative.right(name, a, b, value))
    let second = Derivative.second(name, a, b, value)
    let isSmooth = second.left.isFinite && second.mixed.isFinite && second.right.isFinite
    if !(left.isFinite && right.isFinite && isSmooth), failure == nil {
      let order = left.isFinite && right.isFinite ? "second " : ""
      failure = CircuitError(.notFinite, "'\(name.rawValue)' has no finite \(order)derivative at \(a) and \(b)")
    }
    // How the two factors of the derivatives change along the vector.
    let (slopeOfA, slopeOfB) = (slots[top + 1], slots[end + 1])
    let changeOfLeft = second.left * slopeOfA + second.mixed * slopeOfB
    let changeOfRight = second.mixed * slopeOfA + second.right * slopeOfB
    (slots[top], slots[top + 1]) = (value, left * slopeOfA + right * slopeOfB)
    for derivative in top + 2..<top + 2 + derivativeCount {
      let (other, product) = (derivative + entrySize, derivative + derivativeCount)
      slots[product] =
        changeOfLeft * slots[derivative] + changeOfRight * slots[other] + left * slots[product] + right * slots[product + entrySize]
      slots[derivative] = left * slots[derivative] + right * slots[other]
    }
  }

  private var entrySize: Int { 2 + 2 * derivativeCount }
}
