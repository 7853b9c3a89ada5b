/// A named gate of the gate table, the single record from which parser, simulator, exporter and help are driven.
///
/// Two gates are equal if they have the same name.
public struct Gate: Hashable, Sendable {
  /// The position in ``all``.
  let index: Int

  /// Every gate, in the order of the table.
  public static let all: [Gate] = GateTable.records.indices.map(Gate.init(index:))

  /// The gate of a name or alias, if there is one.
  public init?(named name: String) {
    guard let index = GateTable.indices[name] else { return nil }
    self.index = index
  }

  init(index: Int) { self.index = index }

  /// The record.
  var record: GateRecord { GateTable.records[index] }

  /// The name, as OpenQASM writes it.
  public var name: String { record.name }
  /// Other names of the same gate.
  public var aliases: [String] { record.aliases }
  /// The names of the parameters, in order; all are angles in radians.
  public var parameterNames: [String] { record.parameterNames }
  /// The number of qubits, controls included.
  public var qubitCount: Int { record.controlCount + record.targetCount }
  /// How many of the first qubits are controls.
  public var controlCount: Int { record.controlCount }
  /// What kind of matrix the gate has on its targets.
  public var structure: GateStructure { record.structure }
  /// One or two sentences about what the gate does, with the source where it has one.
  public var documentation: String { record.documentation }

  /// The matrix on the target qubits alone, those after the controls; target 0 is the least significant bit of an index.
  public func targetMatrix(_ parameters: [Double]) -> Matrix {
    precondition(
      parameters.count == parameterNames.count, "\(name) takes \(parameterNames.count) parameters, not \(parameters.count)")
    return record.matrix(parameters)
  }

  /// The matrix on all qubits; qubit 0 of the gate is the least significant bit of an index.
  public func matrix(_ parameters: [Double]) -> Matrix {
    let target = targetMatrix(parameters)
    var result = Matrix.identity(1 << qubitCount)
    let allControls = (1 << controlCount) - 1
    for row in 0..<target.dimension {
      for column in 0..<target.dimension {
        result[row << controlCount | allControls, column << controlCount | allControls] = target[row, column]
      }
    }
    return result
  }
}

/// What kind of matrix a gate has on its targets.
public enum GateStructure: String, Hashable, Sendable, CaseIterable {
  /// Only diagonal entries: amplitudes keep their places.
  case diagonal
  /// One entry, 1, in each column: amplitudes only move.
  case permutation
  /// Anything else.
  case dense
}

/// How the inverse of a gate is written.
enum GateInverse: Sendable {
  /// The gate is its own inverse.
  case itself
  /// Another gate of the same parameters.
  case gate(String)
  /// The same gate with other parameters.
  case parameters(@Sendable ([ClassicalExpression]) -> [ClassicalExpression])
  /// Another gate of other parameters.
  case other(String, @Sendable ([ClassicalExpression]) -> [ClassicalExpression])
  /// No name: the gate with exponent −1.
  case exponent
}

/// One step of a decomposition.
public struct GateStep: Hashable, Sendable {
  /// The gate.
  public var gate: Gate
  /// Its parameters, in terms of the decomposed gate's parameter names.
  public var parameters: [ClassicalExpression]
  /// Which of the decomposed gate's qubits it acts on.
  public var qubits: [Int]
}

/// One record of the gate table.
struct GateRecord: Sendable {
  var name: String
  var aliases: [String] = []
  var parameterNames: [String] = []
  var controlCount = 0
  var targetCount = 1
  var structure: GateStructure
  var inverse: GateInverse
  var matrix: @Sendable ([Double]) -> Matrix
  /// Simpler gates with the same matrix, global phase included; empty for the gates everything else is made of.
  var decomposition: [(name: String, parameters: [ClassicalExpression], qubits: [Int])] = []
  var documentation: String
}

extension Gate {
  /// Simpler gates, in order, whose product is this gate, global phase included; nil for `gphase`, `u` and `cx`, from which all others are made.
  public var decomposition: [GateStep]? {
    guard !record.decomposition.isEmpty else { return nil }
    return record.decomposition.map { step in
      guard let gate = Gate(named: step.name) else { preconditionFailure("\(name) decomposes into unknown gate \(step.name)") }
      return GateStep(gate: gate, parameters: step.parameters, qubits: step.qubits)
    }
  }

  /// The gate and parameters that undo this gate, if the table names them; else nil, and exponent −1 undoes it.
  public func inverse(_ parameters: [ClassicalExpression]) -> (gate: Gate, parameters: [ClassicalExpression])? {
    func named(_ name: String) -> Gate {
      guard let gate = Gate(named: name) else { preconditionFailure("the inverse of \(self.name) is unknown gate \(name)") }
      return gate
    }
    return switch record.inverse {
    case .itself: (self, parameters)
    case .gate(let name): (named(name), parameters)
    case .parameters(let map): (self, map(parameters))
    case .other(let name, let map): (named(name), map(parameters))
    case .exponent: nil
    }
  }
}

extension Gate: CustomStringConvertible {
  /// How the gate is written: `cu(theta, phi, lambda, gamma) q0, q1`.
  public var description: String {
    let parameters = parameterNames.isEmpty ? "" : "(" + parameterNames.joined(separator: ", ") + ")"
    let qubits = (0..<qubitCount).map { "q\($0)" }.joined(separator: ", ")
    return name + parameters + (qubits.isEmpty ? "" : " " + qubits)
  }
}
