/// One step of a circuit.
public indirect enum Instruction: Hashable, Sendable {
  /// Applies a gate.
  case gate(GateOperation)
  /// Measures a qubit in the computational basis and stores the outcome in a classical bit, or nowhere.
  case measure(qubit: Int, bit: Int?)
  /// Puts a qubit into |0⟩.
  case reset(qubit: Int)
  /// Applies noise, the first qubit under the channel's qubit 0.
  case channel(Channel, qubits: [Int])
  /// Keeps gates on these qubits from being moved across; no effect on the state.
  case barrier([Int])
  /// Leaves qubits idle for a time, in seconds; no effect on an ideal state.
  case delay(seconds: ClassicalExpression, qubits: [Int])
  /// Stores a value in classical memory.
  case assign(ClassicalTarget, ClassicalExpression)
  /// Branches on a condition.
  case ifElse(ClassicalExpression, then: [Instruction], otherwise: [Instruction])
  /// Repeats while a condition holds.
  case whileLoop(ClassicalExpression, body: [Instruction])
  /// Runs a body for each value of a range known only at run time; the variable takes the values.
  case forLoop(variable: Int, values: LoopValues, body: [Instruction])
  /// Runs bodies one after the other: a loop already unrolled, in which `break` leaves all and `continue` goes on with the next.
  case iterations([[Instruction]])
  /// Runs the first case that holds the value, or the default.
  case switchCase(ClassicalExpression, cases: [SwitchCase], otherwise: [Instruction])
  /// Leaves the innermost loop.
  case breakLoop
  /// Goes on with the innermost loop's next iteration.
  case continueLoop
  /// Ends the circuit.
  case end

  /// What a loop variable runs over.
  public enum LoopValues: Hashable, Sendable {
    /// From start to end, both included, by a step that may be negative.
    case range(start: ClassicalExpression, step: ClassicalExpression, end: ClassicalExpression)
    /// The listed values.
    case list([ClassicalExpression])
  }

  /// One case of a switch.
  public struct SwitchCase: Hashable, Sendable {
    /// The values that choose this case.
    public var values: [Int64]
    /// What is run.
    public var body: [Instruction]
    /// Makes a case.
    public init(values: [Int64], body: [Instruction]) {
      self.values = values
      self.body = body
    }
  }
}

/// Where an assignment stores its value.
public enum ClassicalTarget: Hashable, Sendable {
  /// One classical bit.
  case bit(Int)
  /// Consecutive classical bits, at most 64.
  case bits(Range<Int>)
  /// One of a range of bits, chosen at run time.
  case bitAt(Range<Int>, index: ClassicalExpression)
  /// A scalar variable.
  case variable(Int)
  /// An element of an array variable.
  case element(variable: Int, index: ClassicalExpression)
  /// One bit of an integer, angle or bit-string variable (element 0 of a scalar).
  case variableBit(variable: Int, element: ClassicalExpression, bit: ClassicalExpression)
}

extension Instruction {
  /// The instruction lists one level down.
  public var bodies: [[Instruction]] {
    switch self {
    case .gate, .measure, .reset, .channel, .barrier, .delay, .assign, .breakLoop, .continueLoop, .end: []
    case .ifElse(_, let then, let otherwise): [then, otherwise]
    case .whileLoop(_, let body), .forLoop(_, _, let body): [body]
    case .iterations(let bodies): bodies
    case .switchCase(_, let cases, let otherwise): cases.map(\.body) + [otherwise]
    }
  }

  /// Whether control flow or classical memory is involved.
  public var isClassical: Bool {
    switch self {
    case .gate(let operation): operation.parameters.contains(where: \.readsMemory)
    case .measure, .reset, .channel, .barrier, .delay: false
    default: true
    }
  }
}
