internal import Circuits

/// A statement as it was written.
struct Statement {
  indirect enum Kind {
    case include(String)
    case qubits(Identifier, size: Expression?)
    case classical(Declaration)
    case alias(Identifier, Expression)
    case gate(GateSyntax)
    case opaque(Identifier)
    case subroutine(SubroutineSyntax)
    case gateCall(GateCallSyntax)
    case measure(Expression, into: Expression?)
    case reset([Expression])
    case barrier([Expression])
    case delay(Expression, [Expression])
    case box([Statement])
    case assignment(Expression, operator: ClassicalExpression.BinaryOperator?, Expression)
    case expression(Expression)
    case ifElse(Expression, then: [Statement], otherwise: [Statement])
    case forLoop(ForSyntax)
    case whileLoop(Expression, [Statement])
    case switchCase(Expression, [CaseSyntax], otherwise: [Statement])
    case breakLoop
    case continueLoop
    case end
    case returnValue(Expression?)
    /// A declaration that could not be read: its name is known, so that its uses are not reported too.
    case invalid(String)
  }

  var kind: Kind
  var range: SourceRange
}

/// `const float[64] x = 1;` and its relatives.
struct Declaration {
  enum Role { case variable, constant, input, output }
  var role: Role
  var type: TypeSyntax
  var name: Identifier
  var value: Expression?
}

/// `gate name(a, b) q, r { … }`.
struct GateSyntax {
  var name: Identifier
  var parameters: [Identifier]
  var qubits: [Identifier]
  var body: [Statement]
}

/// `def name(…) -> type { … }`.
struct SubroutineSyntax {
  /// One formal parameter.
  struct Formal {
    enum Kind {
      case qubits(size: Expression?)
      case value(TypeSyntax)
      case array(TypeSyntax, isMutable: Bool)
    }
    var name: Identifier
    var kind: Kind
  }
  var name: Identifier
  var formals: [Formal]
  var result: TypeSyntax?
  var body: [Statement]
  /// Names that the body assigns to.
  var assigned: Set<String>
}

/// `ctrl @ pow(2) @ name(a) q, r;`.
struct GateCallSyntax {
  struct Modifier {
    enum Kind {
      case inverse
      case power(Expression)
      case control(count: Expression?, isPositive: Bool)
    }
    var kind: Kind
    var range: SourceRange
  }
  var modifiers: [Modifier]
  var name: Identifier
  var arguments: [Expression]
  var operands: [Expression]
}

/// `for type name in values { … }`.
struct ForSyntax {
  var type: TypeSyntax
  var name: Identifier
  var values: Expression
  var body: [Statement]
}

/// `case 1, 2 { … }`.
struct CaseSyntax {
  var values: [Expression]
  var body: [Statement]
}

extension [Statement] {
  /// The names that are assigned, measured into or passed on by reference anywhere inside.
  var assignedNames: Set<String> {
    var names = Set<String>()
    collectAssigned(into: &names)
    return names
  }

  private func collectAssigned(into names: inout Set<String>) {
    for statement in self {
      switch statement.kind {
      case .assignment(let target, _, _): if let name = target.baseName { names.insert(name) }
      case .measure(_, into: let target): if let name = target?.baseName { names.insert(name) }
      default: break
      }
      for body in statement.bodies { body.collectAssigned(into: &names) }
    }
  }

  /// Whether a `break`, `continue` or `return` stands anywhere inside.
  var hasExits: Bool {
    contains { statement in
      switch statement.kind {
      case .breakLoop, .continueLoop, .returnValue: true
      default: statement.bodies.contains(where: \.hasExits)
      }
    }
  }
}

extension Statement {
  /// The statement lists inside.
  var bodies: [[Statement]] {
    switch kind {
    case .box(let body), .whileLoop(_, let body): [body]
    case .ifElse(_, let then, let otherwise): [then, otherwise]
    case .forLoop(let loop): [loop.body]
    case .switchCase(_, let cases, let otherwise): cases.map(\.body) + [otherwise]
    default: []
    }
  }
}
