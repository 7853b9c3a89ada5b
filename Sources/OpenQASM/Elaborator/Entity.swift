internal import Circuits

/// A classical expression with its type.
struct Scalar {
  var expression: ClassicalExpression
  var type: ClassicalType

  init(_ expression: ClassicalExpression, _ type: ClassicalType) {
    self.expression = expression
    self.type = type
  }

  init(_ value: ClassicalValue) {
    expression = .literal(value)
    type = value.type
  }

  /// The value, if it is known now.
  var literal: ClassicalValue? { expression.literal }
}

/// What a name stands for.
enum Entity {
  /// Qubits of the circuit, or of the gate being defined.
  case qubits([Int], isRegister: Bool)
  /// Classical bits.
  case bits([Int], isRegister: Bool)
  /// Something that cannot be assigned: a constant, a parameter, a loop variable. Gates and subroutines see global constants only.
  case value(Scalar, isConstant: Bool)
  /// A scalar variable of the circuit.
  case variable(Int, ClassicalType)
  /// An array or a part of one.
  case array(ArrayView)
  /// An array that cannot be assigned: inputs.
  case values([Scalar], [ArrayView.Dimension])
  /// Something whose declaration is wrong and already reported.
  case invalid
}

/// An array variable seen through indices.
struct ArrayView {
  struct Dimension: Hashable {
    var count: Int
    var stride: Int
  }

  var variable: Int
  var type: ClassicalType
  /// The element at index 0 of every dimension.
  var base: ClassicalExpression = .literal(.int(0, width: 64))
  var dimensions: [Dimension]
  var isMutable = true

  var shape: [Int] { dimensions.map(\.count) }
  var elementCount: Int { shape.reduce(1, *) }

  /// The dimensions of a whole array, the last index fastest.
  static func dimensions(_ shape: [Int]) -> [Dimension] {
    var stride = 1
    var result = [Dimension]()
    for count in shape.reversed() {
      result.append(Dimension(count: count, stride: stride))
      stride *= count
    }
    return result.reversed()
  }

  /// The places of all elements, the last index fastest.
  var elements: [ClassicalExpression] {
    dimensions.reduce([base]) { places, dimension in
      places.flatMap { place in (0..<dimension.count).map { ArrayView.moved(place, by: $0 * dimension.stride) } }
    }
  }

  static func moved(_ place: ClassicalExpression, by offset: Int) -> ClassicalExpression {
    offset == 0 ? place : ClassicalExpression.binary(.add, place, .literal(.int(Int64(offset), width: 64))).folded()
  }
}

/// Names and what they own, between braces.
struct Scope {
  enum Kind { case global, block, gate, subroutine }
  var kind: Kind
  var names: [String: Entity] = [:]
  /// Where names were declared, to say so when they are declared again.
  var places: [String: SourceRange] = [:]
  /// Storage that others may use after this scope.
  var variables: [Int] = []
  var bits: [Range<Int>] = []
}

/// What an expression stands for.
enum Operand {
  case qubits([Int], isRegister: Bool)
  case bits([Int], isRegister: Bool)
  case scalar(Scalar)
  case array(ArrayView)
  case values([Scalar], [ArrayView.Dimension])

  /// What it is, for messages.
  var description: String {
    switch self {
    case .qubits(let qubits, let isRegister): isRegister ? "a register of \(qubits.count) qubits" : "a qubit"
    case .bits(let bits, let isRegister): isRegister ? "a register of \(bits.count) bits" : "a bit"
    case .scalar(let scalar): "a value of type \(scalar.type)"
    case .array(let view): "an array of \(view.elementCount) elements"
    case .values(let scalars, _): "an array of \(scalars.count) inputs"
    }
  }
}

/// Where a value is stored.
enum Target {
  case bits([Int], isRegister: Bool)
  case bitAt(Range<Int>, index: ClassicalExpression)
  case variable(Int, ClassicalType)
  case element(variable: Int, type: ClassicalType, index: ClassicalExpression)
  case variableBit(variable: Int, element: ClassicalExpression, bit: ClassicalExpression)
  case array(ArrayView)
}

/// How a block of statements was left while it was expanded.
enum Flow {
  case normal
  /// By a `break`, `continue` or `return` that is reached for certain.
  case breaks, continues, returns
  /// What follows is not reached: an instruction that leaves was emitted.
  case dead
}
