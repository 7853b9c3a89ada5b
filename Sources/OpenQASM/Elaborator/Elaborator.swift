internal import Circuits

/// Gives statements their meaning, one after the other, and builds the circuit.
///
/// What is known before the run is computed here: constants, loops over known ranges, gate definitions, subroutine calls. The rest becomes
/// classical memory and control flow of the circuit.
final class Elaborator {
  let version: OpenQASMVersion
  let diagnostics: Diagnostics

  // Declarations.
  var scopes: [Scope] = [Scope(kind: .global)]
  var gates: [String: Callee] = [:]
  var gatePlaces: [String: SourceRange] = [:]
  var opaqueGates: Set<String> = []
  var invalidGates: Set<String> = []
  var subroutines: [String: SubroutineSyntax] = [:]
  var includesLibrary = false
  var hasExplicitOutput = false
  /// The classical registers declared `output`, by their place among all.
  var outputRegisters: Set<Int> = []
  /// The qubits written `$0`, `$1`…
  var hardwareQubits: Range<Int>?

  // The circuit so far.
  var storage = Storage()
  /// Where instructions go.
  var sink: [Instruction] = []
  /// The statement being elaborated, for failures that have no better place.
  var currentRange = SourceRange(0, 0)
  /// The steps of the gate being defined; nil outside definitions.
  var gateSteps: [GateDefinition.Step]?

  // Where we are.
  /// Open instructions whose body may run or not, or often.
  var branchDepth = 0
  /// Those of them that may run often.
  var runtimeLoopDepth = 0
  var loops: [LoopContext] = []
  var calls: [CallContext] = []
  /// Values of scalar variables that are the same in every run.
  var known: [Int: ClassicalValue] = [:]
  var temporaries: [Temporary] = []
  /// OpenQASM 2 has no integers in angles.
  var integersAreReal = false

  // What may still be spent.
  let budget: Budget
  var remainingInstructions: Int
  private var remainingSteps: Int

  init(version: OpenQASMVersion, diagnostics: Diagnostics, budget: Budget, hardwareQubitCount: Int) throws(Failure) {
    self.budget = budget
    remainingInstructions = budget.instructionCount
    remainingSteps = budget.stepCount
    self.version = version
    self.diagnostics = diagnostics
    if hardwareQubitCount > 0 {
      hardwareQubits = try storage.addQubits("$", hardwareQubitCount, at: currentRange)
    }
  }

  /// Elaborates a statement of the top level; notes what is wrong with it.
  ///
  /// - Throws: a fatal failure only.
  func add(_ statement: Statement) throws(Failure) { _ = try attempt(statement) }

  // MARK: Blocks

  /// Statements in a scope of their own.
  func block(_ statements: [Statement], _ kind: Scope.Kind = .block) throws(Failure) -> Flow {
    openScope(kind)
    defer { closeScope() }
    return try run(statements)
  }

  func run(_ statements: [Statement]) throws(Failure) -> Flow {
    for statement in statements {
      let flow = try attempt(statement)
      guard flow == .normal else { return flow }
    }
    return .normal
  }

  private func attempt(_ statement: Statement) throws(Failure) -> Flow {
    try spendStep(statement.range)
    let outer = (currentRange, temporaries.count)
    currentRange = statement.range
    defer {
      currentRange = outer.0
      releaseTemporaries(downTo: outer.1)
    }
    do throws(Failure) {
      return try elaborate(statement)
    } catch {
      guard !error.isFatal else { throw error }
      diagnostics.record(error)
      return .normal
    }
  }

  func spendStep(_ range: SourceRange) throws(Failure) {
    remainingSteps -= 1
    guard remainingSteps >= 0 else {
      throw .fatal("expanding loops and calls takes more than \(budget.stepCount) steps", at: range)
    }
  }

  /// Does something without counting what it takes: for work that has a bound of its own.
  func uncounted(_ body: () throws(Failure) -> Void) throws(Failure) {
    let left = (remainingSteps, remainingInstructions)
    defer { (remainingSteps, remainingInstructions) = left }
    try body()
  }

  private func elaborate(_ statement: Statement) throws(Failure) -> Flow {
    if gateSteps != nil { try checkGateStatement(statement) }
    switch statement.kind {
    case .include(let name): try include(name, at: statement.range)
    case .qubits(let name, let size): try declareQubits(name, size)
    case .classical(let declaration): try declare(declaration)
    case .alias(let name, let value): try declareAlias(name, value)
    case .gate(let syntax): try define(syntax)
    case .opaque(let name): opaqueGates.insert(name.text)
    case .subroutine(let syntax): try define(syntax)
    case .gateCall(let call): try gateCall(call, at: statement.range)
    case .measure(let qubits, let target): try measure(qubits, into: target)
    case .reset(let operands): for operand in operands { for qubit in try qubits(operand) { try emit(.reset(qubit: qubit)) } }
    case .barrier(let operands): try barrier(operands)
    case .delay(let duration, let operands): try delay(duration, operands)
    case .assignment(let target, let name, let value): try assign(target, name, value)
    case .expression(let expression): try discard(expression)
    case .invalid(let name): declareInvalid(name)
    default: return try elaborateControl(statement)
    }
    return .normal
  }

  private func elaborateControl(_ statement: Statement) throws(Failure) -> Flow {
    switch statement.kind {
    case .box(let body): return try block(body)
    case .ifElse(let condition, let then, let otherwise): return try ifElse(condition, then, otherwise)
    case .forLoop(let loop): return try forLoop(loop)
    case .whileLoop(let condition, let body): return try whileLoop(condition, body)
    case .switchCase(let value, let cases, let otherwise): return try switchCase(value, cases, otherwise)
    case .breakLoop, .continueLoop: return try leaveLoop(isBreak: statement.isBreak, at: statement.range)
    case .returnValue(let value): return try returnValue(value, at: statement.range)
    case .end:
      try emit(.end)
      return .dead
    default: preconditionFailure("a statement without a meaning: \(statement.kind)")
    }
  }

  // MARK: Output

  /// Adds an instruction.
  func emit(_ instruction: Instruction, cost: Int = 1) throws(Failure) {
    remainingInstructions -= cost
    guard remainingInstructions >= 0 else {
      throw .fatal("the circuit has more than \(budget.instructionCount) instructions once it is expanded", at: currentRange)
    }
    sink.append(instruction)
  }

  /// What a body emits, instead of emitting it.
  func collect<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> (instructions: [Instruction], result: Result) {
    let outer = sink
    sink = []
    do throws(Failure) {
      let result = try body()
      let inner = sink
      sink = outer
      return (inner, result)
    } catch {
      sink = outer
      throw error
    }
  }
}

extension Statement {
  fileprivate var isBreak: Bool { if case .breakLoop = kind { true } else { false } }
}
