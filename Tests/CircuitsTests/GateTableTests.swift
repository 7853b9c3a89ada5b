import Circuits
import Testing

/// Angles with no special relation to each other.
private func angles(_ gate: Gate) -> [Double] { Array([0.37, -1.21, 2.9, 0.83].prefix(gate.parameterNames.count)) }

private func literals(_ values: [Double]) -> [ClassicalExpression] { values.map { ClassicalExpression($0) } }

/// The matrix of a sequence of gates by definition: each gate written on all qubits, multiplied.
private func product(_ steps: [(gate: Gate, parameters: [Double], qubits: [Int])], qubitCount: Int) -> Matrix {
  steps.reduce(.identity(1 << qubitCount)) { result, step in
    embedded(step.gate.matrix(step.parameters), qubits: step.qubits, qubitCount: qubitCount) * result
  }
}

private func embedded(_ matrix: Matrix, qubits: [Int], qubitCount: Int) -> Matrix {
  let size = 1 << qubitCount
  var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
  func inner(_ state: Int) -> Int { qubits.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset } }
  let mask = qubits.reduce(0) { $0 | 1 << $1 }
  for row in 0..<size {
    for column in 0..<size where row & ~mask == column & ~mask { result[row, column] = matrix[inner(row), inner(column)] }
  }
  return result
}

@Suite("the gate table checks itself")
struct GateTableTests {
  @Test("every gate's matrix is unitary and as large as its qubits ask", arguments: Gate.all)
  func unitary(_ gate: Gate) {
    let matrix = gate.matrix(angles(gate))
    #expect(matrix.dimension == 1 << gate.qubitCount)
    #expect(matrix.isUnitary(tolerance: 1e-14))
  }

  @Test("every decomposition multiplies to the gate, global phase included", arguments: Gate.all)
  func decomposition(_ gate: Gate) throws {
    guard let steps = gate.decomposition else {
      #expect(["gphase", "u", "cx"].contains(gate.name))
      return
    }
    let values = angles(gate)
    let names = Dictionary(uniqueKeysWithValues: zip(gate.parameterNames.map { Parameter($0) }, values))
    let memory = ClassicalMemory(parameters: names)
    let bound = try steps.map { ($0.gate, try $0.parameters.map { try $0.finiteDouble(in: memory) }, $0.qubits) }
    #expect(product(bound, qubitCount: gate.qubitCount).distance(to: gate.matrix(values)) < 1e-14)
  }

  @Test("inverse times gate is the identity", arguments: Gate.all)
  func inverse(_ gate: Gate) throws {
    let values = angles(gate)
    let operation = GateOperation(.standard(gate), parameters: literals(values), qubits: Array(0..<gate.qubitCount))
    let both = try [operation, operation.inverse()].map { try matrix(of: $0, qubitCount: gate.qubitCount) }
    #expect((both[1] * both[0]).distance(to: .identity(1 << gate.qubitCount)) < 1e-13)
  }

  @Test("the half power twice is the gate", arguments: Gate.all)
  func squareRoot(_ gate: Gate) throws {
    var operation = GateOperation(.standard(gate), parameters: literals(angles(gate)), qubits: Array(0..<gate.qubitCount))
    operation.exponent = 0.5
    let root = try matrix(of: operation, qubitCount: gate.qubitCount)
    #expect((root * root).distance(to: gate.matrix(angles(gate))) < 1e-12)
  }

  @Test("the structure says what the matrix is", arguments: Gate.all)
  func structure(_ gate: Gate) {
    let matrix = gate.targetMatrix(angles(gate))
    #expect(matrix.isDiagonal == (gate.structure == .diagonal))
    #expect((matrix.permutationTable != nil && !matrix.isDiagonal) == (gate.structure == .permutation))
  }

  @Test("names and aliases are unique and found; every gate is documented")
  func names() {
    for gate in Gate.all {
      for name in [gate.name] + gate.aliases { #expect(Gate(named: name) == gate) }
      #expect(gate.documentation.count > 5 && gate.documentation.hasSuffix("."))
    }
    #expect(Gate(named: "nope") == nil)
    let promised =
      "id x y z h s sdg t tdg sx sxdg rx ry rz p u u1 u2 u3 r gphase cx cy cz ch cs csdg csx cp cu1 crx cry crz cu cu3 swap iswap dcx ecr rxx ryy rzz rzx xx_plus_yy xx_minus_yy fsim ccx ccz cswap rccx c3x c3sx c4x"
    for name in promised.split(separator: " ") { #expect(Gate(named: String(name)) != nil, "\(name)") }
  }

  private func matrix(of operation: GateOperation, qubitCount: Int) throws -> Matrix {
    guard case .matrix(let inner, _, let targets, let controls) = try operation.resolved(in: ClassicalMemory()) else {
      throw CircuitError(.unknownGate, "not a matrix")
    }
    var full = Matrix.identity(1 << qubitCount)
    let mask = controls.reduce(0) { $0 | 1 << $1.qubit }
    let targetMask = targets.reduce(0) { $0 | 1 << $1 }
    func index(_ state: Int) -> Int { targets.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset } }
    for row in 0..<full.dimension where row & mask == mask {
      for column in 0..<full.dimension where column & mask == mask && row & ~targetMask == column & ~targetMask {
        full[row, column] = inner[index(row), index(column)]
      }
    }
    return full
  }
}
