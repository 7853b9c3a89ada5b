internal import Circuits

/// Storage that lives as long as one statement.
enum Temporary {
  case variable(Int)
  case bits(Range<Int>)
}

extension Elaborator {
  func openScope(_ kind: Scope.Kind) { scopes.append(Scope(kind: kind)) }

  func closeScope() {
    let scope = scopes.removeLast()
    for variable in scope.variables { release(variable: variable) }
    for bits in scope.bits { storage.release(bits: bits) }
  }

  private func release(variable: Int) {
    known[variable] = nil
    storage.release(variable: variable)
  }

  func releaseTemporaries(downTo count: Int) {
    while temporaries.count > count {
      switch temporaries.removeLast() {
      case .variable(let variable): release(variable: variable)
      case .bits(let bits): storage.release(bits: bits)
      }
    }
  }

  // MARK: Names

  var isGlobal: Bool { scopes.count == 1 }

  func declare(_ name: Identifier, _ entity: Entity) throws(Failure) {
    let top = scopes.count - 1
    if scopes[top].places[name.text] != nil {
      throw Failure(.duplicateName, "'\(name.text)' is already declared in this scope", at: name.range)
    }
    scopes[top].names[name.text] = entity
    scopes[top].places[name.text] = name.range
  }

  /// Makes uses of a name silent: its declaration is reported as wrong.
  func declareInvalid(_ name: String) {
    let top = scopes.count - 1
    if scopes[top].names[name] == nil { scopes[top].names[name] = .invalid }
    invalidGates.insert(name)
  }

  /// Declares a name; if what it stands for cannot be found out, its uses are not reported too.
  func declare(_ name: Identifier, _ entity: () throws(Failure) -> Entity) throws(Failure) {
    do throws(Failure) {
      try declare(name, try entity())
    } catch {
      declareInvalid(name.text)
      throw error
    }
  }

  func entity(_ name: String, at range: SourceRange) throws(Failure) -> Entity {
    for scope in scopes.reversed() {
      if let entity = scope.names[name] {
        if case .invalid = entity { throw .silent(at: range) }
        return entity
      }
      guard scope.kind == .gate || scope.kind == .subroutine else { continue }
      return try global(name, from: scope.kind, at: range)
    }
    if let constant = Elaborator.constants[name] { return .value(Scalar(.float(constant)), isConstant: true) }
    throw unknown(name, at: range)
  }

  /// A name seen from inside a gate or a subroutine: constants only.
  private func global(_ name: String, from kind: Scope.Kind, at range: SourceRange) throws(Failure) -> Entity {
    switch scopes[0].names[name] {
    case .value(let scalar, isConstant: true)?: return .value(scalar, isConstant: true)
    case .invalid?: throw .silent(at: range)
    case nil:
      if let constant = Elaborator.constants[name] { return .value(Scalar(.float(constant)), isConstant: true) }
      throw unknown(name, at: range)
    default:
      let place = kind == .gate ? "gate" : "subroutine"
      throw Failure(
        .unknownName, "'\(name)' is declared outside this \(place), which sees its own names and global constants only", at: range)
    }
  }

  private func unknown(_ name: String, at range: SourceRange) -> Failure {
    let candidates = scopes.flatMap { Array($0.names.keys) } + Elaborator.constants.keys
    let hint = nearest(name, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
    return Failure(.unknownName, "'\(name)' is not declared\(hint)", at: range)
  }

  static let constants: [String: Double] = [
    "pi": Double.pi, "π": Double.pi, "tau": 2 * Double.pi, "τ": 2 * Double.pi, "euler": 2.718281828459045, "ℇ": 2.718281828459045,
  ]

  // MARK: Storage

  /// A variable of this scope.
  func newVariable(_ name: String, _ type: ClassicalType, count: Int = 1) throws(Failure) -> (variable: Int, isFresh: Bool) {
    let (variable, isFresh) = try storage.addVariable(name, type, count, at: currentRange)
    if !isGlobal { scopes[scopes.count - 1].variables.append(variable) }
    known[variable] = nil
    return (variable, isFresh && isStraightLine)
  }

  /// A variable until the end of this statement.
  func temporaryVariable(_ type: ClassicalType) throws(Failure) -> Int {
    let (variable, _) = try storage.addVariable("_t\(storage.variables.count)", type, 1, at: currentRange)
    temporaries.append(.variable(variable))
    known[variable] = nil
    return variable
  }

  /// Bits until the end of this statement.
  func temporaryBits(_ count: Int) throws(Failure) -> Range<Int> {
    let (bits, _) = try storage.addBits("_b\(storage.classicalRegisters.count)", count, isOutput: false, at: currentRange)
    temporaries.append(.bits(bits))
    return bits
  }

  /// Whether this place is passed at most once, so that storage never used before still holds zeros.
  var isStraightLine: Bool { runtimeLoopDepth == 0 }
}
