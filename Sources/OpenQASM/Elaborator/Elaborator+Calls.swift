internal import Circuits

extension Elaborator {
  /// A call of a built-in function or of a subroutine.
  func call(_ name: String, _ arguments: [Expression], at range: SourceRange) throws(Failure) -> Operand {
    if let subroutine = subroutines[name] {
      guard let result = try call(subroutine, arguments, at: range) else {
        throw Failure(.wrongType, "'\(name)' returns nothing, and a value is needed", at: range)
      }
      return result
    }
    if name == "sizeof" { return .scalar(try sizeOf(arguments, at: range)) }
    if let function = Elaborator.function(name, version) { return .scalar(try apply(function, arguments, at: range)) }
    if invalidGates.contains(name) { throw .silent(at: range) }
    if name == "real" || name == "imag" {
      throw Failure(.unsupported, "'\(name)' is not supported: there are no complex values", at: range)
    }
    let names = Array(subroutines.keys) + ClassicalExpression.Function.allCases.map(\.rawValue)
    let hint = nearest(name, in: names).map { "; did you mean '\($0)'?" } ?? ""
    throw Failure(.unknownName, "no function or subroutine is called '\(name)'\(hint)", at: range)
  }

  private static func function(_ name: String, _ version: OpenQASMVersion) -> ClassicalExpression.Function? {
    guard version == .v2 else { return ClassicalExpression.Function(rawValue: name) }
    switch name {
    case "sin", "cos", "tan", "exp", "sqrt": return ClassicalExpression.Function(rawValue: name)
    case "ln": return .log
    case "asin": return .arcsin
    case "acos": return .arccos
    case "atan": return .arctan
    default: return nil
    }
  }

  private func apply(_ function: ClassicalExpression.Function, _ arguments: [Expression], at range: SourceRange) throws(Failure)
    -> Scalar
  {
    guard arguments.count == function.arity else {
      throw Failure(
        .wrongArity,
        "'\(function.rawValue)' takes \(function.arity) argument\(function.arity == 1 ? "" : "s"), not \(arguments.count)",
        at: range)
    }
    var scalars = [Scalar]()
    for argument in arguments { scalars.append(try scalar(argument)) }
    return try folded(.call(function, scalars.map(\.expression)), try type(function, scalars, at: range), at: range)
  }

  private func type(_ function: ClassicalExpression.Function, _ arguments: [Scalar], at range: SourceRange) throws(Failure)
    -> ClassicalType
  {
    switch function {
    case .popcount, .rotl, .rotr:
      guard !arguments[0].type.isFloat else {
        throw Failure(.wrongType, "'\(function.rawValue)' needs bits or an integer, not \(arguments[0].type)", at: range)
      }
      return function == .popcount ? .uint(width: 64) : arguments[0].type
    case .mod, .pow: return arguments.contains { $0.type.isReal } ? .float(width: 64) : .int(width: 64)
    case .abs: return arguments[0].type.isReal ? .float(width: 64) : arguments[0].type
    default: return .float(width: 64)
    }
  }

  private func sizeOf(_ arguments: [Expression], at range: SourceRange) throws(Failure) -> Scalar {
    guard (1...2).contains(arguments.count) else {
      throw Failure(.wrongArity, "'sizeof' takes an array and perhaps a dimension, not \(arguments.count) arguments", at: range)
    }
    let shape: [Int]
    switch try operand(arguments[0]) {
    case .array(let view): shape = view.shape
    case .values(_, let dimensions): shape = dimensions.map(\.count)
    case .qubits(let items, true), .bits(let items, true): shape = [items.count]
    case let other: throw Failure(.wrongType, "'sizeof' of \(other.description); an array or a register is needed", at: range)
    }
    let dimension = arguments.count == 2 ? try place(try integer(arguments[1], "a dimension"), shape.count, arguments[1].range) : 0
    return Scalar(.uint(UInt64(shape[dimension]), width: 64))
  }

  /// A call whose value nobody wants.
  func discard(_ expression: Expression) throws(Failure) {
    guard case .call(let name, let arguments) = expression.kind else {
      throw Failure(.syntax, "a value that nothing uses; expected a call, an assignment or a gate", at: expression.range)
    }
    if let subroutine = subroutines[name] {
      _ = try call(subroutine, arguments, at: expression.range)
    } else if callee(named: name) != nil {
      throw Failure(.syntax, "expected the qubits of gate '\(name)' before ';'", at: expression.range)
    } else {
      _ = try call(name, arguments, at: expression.range)
    }
  }
}
