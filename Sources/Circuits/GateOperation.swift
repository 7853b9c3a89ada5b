/// A qubit that must have a value for a gate to act.
public struct Control: Hashable, Sendable {
  /// The qubit.
  public var qubit: Int
  /// Whether the gate acts where the qubit is 1; if false, where it is 0.
  public var isPositive: Bool
  /// Makes a control.
  public init(_ qubit: Int, isPositive: Bool = true) {
    self.qubit = qubit
    self.isPositive = isPositive
  }
}

/// A gate applied to qubits: any record of the table, any unitary of at most six qubits or any Pauli rotation, under any controls, to any real power.
public struct GateOperation: Hashable, Sendable {
  /// What is applied.
  public enum Kind: Hashable, Sendable {
    /// A gate of the table.
    case standard(Gate)
    /// A unitary; the operation's first qubit is the least significant bit of an index.
    case unitary(Matrix)
    /// exp(−iθP/2), the operation's first qubit under the string's qubit 0, θ its only parameter.
    case pauliRotation(PauliString)
  }

  /// What is applied.
  public var kind: Kind
  /// Angles in radians, in the order of the gate's parameter names.
  public var parameters: [ClassicalExpression]
  /// The gate's own qubits, its built-in controls first.
  public var qubits: [Int]
  /// Further controls.
  public var controls: [Control]
  /// The real power to which the gate is raised; −1 is the inverse.
  public var exponent: Double

  /// Makes an operation without checking it; ``Circuit/append(_:)`` checks.
  public init(
    _ kind: Kind, parameters: [ClassicalExpression] = [], qubits: [Int], controls: [Control] = [], exponent: Double = 1
  ) {
    self.kind = kind
    self.parameters = parameters
    self.qubits = qubits
    self.controls = controls
    self.exponent = exponent
  }

  /// Every qubit touched: controls, then the gate's own.
  public var allQubits: [Int] { controls.map(\.qubit) + qubits }

  /// The gate's name, for messages: `cx`, `unitary`, `pauli_rotation`.
  public var name: String {
    switch kind {
    case .standard(let gate): gate.name
    case .unitary: "unitary"
    case .pauliRotation: "pauli_rotation"
    }
  }

  /// How many qubits and parameters the gate takes.
  public var arity: (qubits: Int, parameters: Int) {
    switch kind {
    case .standard(let gate): (gate.qubitCount, gate.parameterNames.count)
    case .unitary(let matrix): (matrix.dimension.trailingZeroBitCount, 0)
    case .pauliRotation(let string): (string.qubitCount, 1)
    }
  }

  /// The operation that undoes this one.
  public func inverse() -> GateOperation {
    var result = self
    switch kind {
    case .standard(let gate):
      guard exponent == 1, let named = gate.inverse(parameters) else { break }
      (result.kind, result.parameters) = (.standard(named.gate), named.parameters)
      return result
    case .unitary(let matrix):
      guard exponent == 1 else { break }
      result.kind = .unitary(matrix.adjoint())
      return result
    case .pauliRotation:
      result.parameters = [-parameters[0]]
      return result
    }
    result.exponent = -exponent
    return result
  }
}

/// A gate with its numbers bound: what a simulator applies.
public enum ResolvedGate: Hashable, Sendable {
  /// A matrix on targets (target 0 the least significant bit) under controls. `structure` tells what its entries are.
  case matrix(Matrix, structure: GateStructure, targets: [Int], controls: [Control])
  /// exp(−iθP/2) with P's qubits resolved to the circuit's.
  case pauliRotation(PauliString, angle: Double, controls: [Control])
}

extension GateOperation {
  /// The operation with its parameters' values in a memory.
  ///
  /// - Throws: ``CircuitError``: `unbound_parameter`, `not_finite`, or what the arithmetic throws.
  public func resolved(in memory: borrowing ClassicalMemory) throws(CircuitError) -> ResolvedGate {
    var values = [Double]()
    for parameter in parameters { values.append(try parameter.finiteDouble(in: memory)) }
    switch kind {
    case .standard(let gate):
      let builtIn = qubits.prefix(gate.controlCount).map { Control($0) }
      let matrix = gate.targetMatrix(values)
      let targets = Array(qubits.dropFirst(gate.controlCount))
      return powered(matrix, gate.structure, targets: targets, controls: controls + builtIn)
    case .unitary(let matrix):
      let structure: GateStructure = matrix.isDiagonal ? .diagonal : matrix.permutationTable != nil ? .permutation : .dense
      return powered(matrix, structure, targets: qubits, controls: controls)
    case .pauliRotation(let string):
      return .pauliRotation(string.mapped(to: qubits), angle: values[0] * exponent, controls: controls)
    }
  }

  private func powered(_ matrix: Matrix, _ structure: GateStructure, targets: [Int], controls: [Control]) -> ResolvedGate {
    if exponent == 1 { return .matrix(matrix, structure: structure, targets: targets, controls: controls) }
    if structure == .diagonal {
      let factors = matrix.diagonalEntries.map { entry in
        Complex(phase: exponent * (entry.phase <= -Double.pi + 1e-12 ? Double.pi : entry.phase))
      }
      return .matrix(.diagonal(factors), structure: .diagonal, targets: targets, controls: controls)
    }
    let power = matrix.power(exponent)
    let kept: GateStructure = power.permutationTable != nil ? .permutation : .dense
    return .matrix(power, structure: kept, targets: targets, controls: controls)
  }
}
