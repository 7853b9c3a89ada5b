/// A stack of dual numbers: each entry is a value followed by its derivatives.
///
/// It lies in memory that it is lent, so that evaluating a row allocates nothing. Without derivatives it only evaluates.
struct DualStack: ~Copyable, ~Escapable {
  private var slots: MutableSpan<Double>
  private let derivativeCount: Int
  /// Where the next entry begins.
  private var end = 0
  /// The first operation that has no finite derivative where it was applied. It is kept and not thrown: a later operation may have no
  /// value, and that is reported first, as without derivatives.
  private(set) var failure: Failure?

  /// An operation and where it has no finite derivative. Plain numbers, so that rows without one pay nothing for it.
  enum Failure {
    case unary(DifferentiableExpression.Unary, Double)
    case binary(ClassicalExpression.BinaryOperator, Double, Double)

    /// What it is for people.
    var error: CircuitError {
      switch self {
      case .unary(let operation, let x): CircuitError(.notFinite, "\(operation.name) has no finite derivative at \(x)")
      case .binary(let name, let a, let b):
        CircuitError(.notFinite, "'\(name.rawValue)' has no finite derivative at \(a) and \(b)")
      }
    }
  }

  @_lifetime(copy slots)
  init(_ slots: consuming MutableSpan<Double>, derivativeCount: Int) {
    self.slots = slots
    self.derivativeCount = derivativeCount
  }

  /// The value of the entry at the bottom: the result, once all operations are done.
  var value: Double { slots[0] }
  /// A derivative of the entry at the bottom.
  func derivative(_ entry: Int) -> Double { slots[1 + entry] }

  /// Pushes a number that depends on no parameter.
  mutating func push(_ value: Double) {
    slots[end] = value
    for place in end + 1..<end + entrySize { slots[place] = 0 }
    end += entrySize
  }

  /// Pushes the value of a parameter, whose derivative in itself is 1.
  mutating func push(_ value: Double, entry: Int) {
    push(value)
    if derivativeCount > 0 { slots[end - derivativeCount + entry] = 1 }
  }

  /// Replaces the entry on top.
  mutating func apply(_ operation: DifferentiableExpression.Unary) throws(CircuitError) {
    let top = end - entrySize
    let x = slots[top]
    let value = try operation.value(x)
    slots[top] = value
    guard derivativeCount > 0 else { return }
    let factor = operation.derivative(x, value)
    if !factor.isFinite, failure == nil { failure = .unary(operation, x) }
    for place in top + 1..<end { slots[place] *= factor }
  }

  /// Replaces the two entries on top by one.
  mutating func apply(_ name: ClassicalExpression.BinaryOperator) throws(CircuitError) {
    end -= entrySize
    let top = end - entrySize
    let (a, b) = (slots[top], slots[end])
    let value = try Arithmetic.floats(name, a, b)
    slots[top] = value
    guard derivativeCount > 0 else { return }
    let (left, right) = (Derivative.left(name, a, b), Derivative.right(name, a, b, value))
    if !(left.isFinite && right.isFinite), failure == nil { failure = .binary(name, a, b) }
    for place in top + 1..<end { slots[place] = left * slots[place] + right * slots[place + entrySize] }
  }

  private var entrySize: Int { 1 + derivativeCount }
}
