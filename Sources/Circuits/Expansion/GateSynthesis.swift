/// Writes matrices as controlled one-qubit gates.
package enum GateSynthesis {
  /// e^{iα}·u(θ, φ, λ) = the matrix.
  package static func euler(_ matrix: Matrix) -> (alpha: Double, theta: Double, phi: Double, lambda: Double) {
    let (a, b, c, d) = (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1])
    // θ/2 is the angle of a point in the first quadrant.
    let theta = 2 * Complex(a.length, c.length).phase
    if c.length < 1e-15 { return (a.phase, 0, 0, d.phase - a.phase) }
    if a.length < 1e-15 { return (c.phase, Double.pi, 0, (-b).phase - c.phase) }
    return (a.phase, theta, c.phase - a.phase, (-b).phase - a.phase)
  }

  /// Gates on qubits 0, 1, … whose product is the matrix, global phase included: `u` and `gphase` under controls.
  ///
  /// The rows are taken in the order of a Gray code, so that each rotation of two neighbouring rows, which makes an entry zero, is a
  /// one-qubit gate under controls on all other qubits.
  ///
  /// Source: Vartiainen, Möttönen and Salomaa (2004), Efficient decomposition of quantum gates, arXiv:quant-ph/0312218.
  package static func steps(_ matrix: Matrix) -> [GateOperation] {
    let dimension = matrix.dimension
    let states = (0..<dimension).map { $0 ^ ($0 >> 1) }
    var rest = matrix
    var rotations = [[GateOperation]]()
    for column in 0..<dimension {
      for row in stride(from: dimension - 1, to: column, by: -1) {
        let (first, second) = (states[row - 1], states[row])
        let (a, b) = (rest[first, states[column]], rest[second, states[column]])
        guard b.length > 1e-15 else { continue }
        let norm = Complex(a.length, b.length).length
        let rotation = Matrix([[a.conjugate / norm, b.conjugate / norm], [-b / norm, a / norm]])
        rest.rotate(rotation, rows: (first, second))
        rotations.append(step(rotation.adjoint(), first, second, dimension))
      }
    }
    let phases = states.flatMap { phase(rest[$0, $0].phase, state: $0, dimension) }
    return phases + rotations.reversed().joined()
  }

  private static func controls(_ state: Int, _ dimension: Int, except target: Int?) -> [Control] {
    (0..<dimension.trailingZeroBitCount).filter { $0 != target }.map { Control($0, isPositive: state >> $0 & 1 == 1) }
  }

  private static func phase(_ angle: Double, state: Int, _ dimension: Int) -> [GateOperation] {
    guard abs(angle) > 1e-16 else { return [] }
    let controls = controls(state, dimension, except: nil)
    return [GateOperation(.standard(.globalPhase), parameters: [ClassicalExpression(angle)], qubits: [], controls: controls)]
  }

  /// A gate on the plane of two basis states that differ in one bit.
  private static func step(_ rotation: Matrix, _ first: Int, _ second: Int, _ dimension: Int) -> [GateOperation] {
    let target = (first ^ second).trailingZeroBitCount
    let isOrdered = first >> target & 1 == 0
    let matrix =
      isOrdered ? rotation : Matrix([[rotation[1, 1], rotation[1, 0]], [rotation[0, 1], rotation[0, 0]]])
    let controls = controls(first, dimension, except: target)
    let (alpha, theta, phi, lambda) = euler(matrix)
    let angles = [theta, phi, lambda].map { ClassicalExpression($0) }
    let gate = GateOperation(.standard(.u), parameters: angles, qubits: [target], controls: controls)
    guard abs(alpha) > 1e-16 else { return [gate] }
    return [GateOperation(.standard(.globalPhase), parameters: [ClassicalExpression(alpha)], qubits: [], controls: controls), gate]
  }
}

extension Matrix {
  /// Multiplies two rows by a 2×2 matrix.
  fileprivate mutating func rotate(_ rotation: Matrix, rows: (Int, Int)) {
    for column in 0..<dimension {
      let (a, b) = (self[rows.0, column], self[rows.1, column])
      self[rows.0, column] = rotation[0, 0] * a + rotation[0, 1] * b
      self[rows.1, column] = rotation[1, 0] * a + rotation[1, 1] * b
    }
  }
}

/// exp(−iθP/2) by basis changes, a ladder of cx and one rz; only the rz needs the controls.
package func pauliSteps(_ string: PauliString, _ operation: GateOperation) -> [GateOperation] {
  let angle = operation.exponent == 1 ? operation.parameters[0] : ClassicalExpression(operation.exponent) * operation.parameters[0]
  var (before, after, touched) = ([GateOperation](), [GateOperation](), [Int]())
  for (index, qubit) in operation.qubits.enumerated() {
    let (x, z) = (string.x >> UInt64(index) & 1 == 1, string.z >> UInt64(index) & 1 == 1)
    guard x || z else { continue }
    touched.append(qubit)
    guard x else { continue }
    // Z = H X H and Z = (H S†) Y (S H).
    before += (z ? [Gate.sdg, .h] : [.h]).map { GateOperation(.standard($0), qubits: [qubit]) }
    after += (z ? [Gate.h, .s] : [.h]).map { GateOperation(.standard($0), qubits: [qubit]) }
  }
  guard let target = touched.last else {
    let phase = -(angle / 2)
    return [GateOperation(.standard(.globalPhase), parameters: [phase], qubits: [], controls: operation.controls)]
  }
  let ladder = zip(touched, touched.dropFirst()).map { GateOperation(.standard(.cx), qubits: [$0, $1]) }
  let rotation = GateOperation(.standard(.rz), parameters: [angle], qubits: [target], controls: operation.controls)
  return before + ladder + [rotation] + ladder.reversed() + after
}
