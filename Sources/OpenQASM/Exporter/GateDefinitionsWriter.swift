internal import Circuits

/// Names of gates in a version of the language, and definitions of those that its include lacks.
struct GateDefinitionsWriter {
  let version: OpenQASMVersion
  /// The definitions, each after those it uses.
  private(set) var lines: [String] = []
  private var defined: Set<String> = []
  private var unitaries: [Matrix: String] = [:]

  init(version: OpenQASMVersion) { self.version = version }

  /// What stdgates.inc defines with the matrices of the gate table; its u2 and u3 have other phases.
  private static let standard: Set<String> = [
    "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx", "cry", "crz", "ch",
    "swap",
    "ccx", "cswap", "cu", "id",
  ]
  /// What qelib1.inc defines.
  private static let library: Set<String> = [
    "u", "u2", "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx",
    "cry", "crz",
    "ch", "swap", "ccx", "cswap", "cu", "cu3", "csx", "rxx", "rzz", "rccx", "rc3x", "c3x", "c3sx", "c4x", "id",
  ]

  /// The name to call a gate by; defines it if need be.
  mutating func name(of gate: Gate) throws(ExportFailure) -> String {
    switch (gate.name, version) {
    case ("gphase", .v3), ("U", .v3): return gate.name
    case ("c3sx", .v2): return "c3sqrtx"
    case ("u", .v2): return "u3"
    default: break
    }
    let name = gate.name == "U" ? "u3" : gate.name
    if version == .v2, gate.name == "U" { return name }
    guard !(version == .v3 ? Self.standard : Self.library).contains(name), defined.insert(name).inserted else { return name }
    lines.append(try definition(of: gate))
    return name
  }

  private mutating func definition(of gate: Gate) throws(ExportFailure) -> String {
    let qubits = (0..<gate.qubitCount).map { "q\($0)" }
    // In alphabetical order, in which Qiskit's reader takes the values, whatever the order of the names.
    let names = gate.parameterNames.indices.map { "p\($0)" }
    let head = "gate \(gate.name)\(list(names)) \(qubits.joined(separator: ", "))"
    if gate == .u { return "\(head) { gphase(-p0 / 2); U(p0, p1, p2) q0; }" }
    let formals = Dictionary(zip(gate.parameterNames, names)) { first, _ in first }
    guard let steps = gate.decomposition else { throw ExportFailure("gate '\(gate.name)' has no definition in this version") }
    var body = [String]()
    for step in steps where version == .v3 || step.gate != .globalPhase {
      var parameters = [String]()
      for parameter in step.parameters { parameters.append(try text(parameter, formals)) }
      let operands = step.qubits.map { qubits[$0] }.joined(separator: ", ")
      body.append("\(try name(of: step.gate))\(list(parameters))\(operands.isEmpty ? "" : " " + operands);")
    }
    return "\(head) { \(body.joined(separator: " ")) }"
  }

  private func list(_ items: [String]) -> String { items.isEmpty ? "" : "(\(items.joined(separator: ", ")))" }

  /// Arithmetic over a gate's parameters, by the names that they have in its definition.
  private func text(_ expression: ClassicalExpression, _ names: [String: String] = [:]) throws(ExportFailure) -> String {
    switch expression {
    case .literal(let value): return numberText(value.double)
    case .parameter(let parameter): return names[parameter.name] ?? parameter.name
    case .unary(.minus, let operand): return "-(\(try text(operand, names)))"
    case .binary(let name, let left, let right): return "(\(try text(left, names))) \(name.rawValue) (\(try text(right, names)))"
    default: preconditionFailure("a decomposition with \(expression)")
    }
  }

  /// The name of a gate with this matrix; defines it by controlled one-qubit gates.
  mutating func name(of matrix: Matrix) throws(ExportFailure) -> String {
    precondition(version == .v3, "OpenQASM 2 has no controls to define a unitary by")
    if let name = unitaries[matrix] { return name }
    let name = "unitary_\(unitaries.count)"
    unitaries[matrix] = name
    let count = matrix.dimension.trailingZeroBitCount
    var body = [String]()
    for step in GateSynthesis.steps(matrix) {
      guard case .standard(let gate) = step.kind else { continue }
      let modifiers = step.controls.map { $0.isPositive ? "ctrl @ " : "negctrl @ " }.joined()
      var parameters = [String]()
      for parameter in step.parameters { parameters.append(try text(parameter)) }
      let operands = step.allQubits.map { "q\($0)" }.joined(separator: ", ")
      body.append("  \(modifiers)\(try self.name(of: gate))\(list(parameters))\(operands.isEmpty ? "" : " " + operands);")
    }
    lines.append("gate \(name) \((0..<count).map { "q\($0)" }.joined(separator: ", ")) {")
    lines += body
    lines.append("}")
    return name
  }
}
