public import Circuits

extension SplitMix {
  /// A complex number with both parts uniform in (−1, 1).
  public mutating func complex() -> Complex {
    Complex(Double.random(in: -1...1, using: &self), Double.random(in: -1...1, using: &self))
  }

  /// `count` complex numbers; no structure, so a matrix of them is not unitary.
  public mutating func complexes(_ count: Int) -> [Complex] {
    (0..<count).map { _ in complex() }
  }

  /// 2ⁿ amplitudes of norm one.
  public mutating func state(qubitCount: Int) -> [Complex] {
    let raw = complexes(1 << qubitCount)
    let norm = raw.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
    return raw.map { $0 / norm }
  }

  /// Some of 0..<count, in random order.
  public mutating func qubits(_ wanted: Int, of count: Int) -> [Int] {
    Array((0..<count).shuffled(using: &self).prefix(wanted))
  }

  /// A random unitary matrix on one qubit, row-major; now and then one with a special angle.
  public mutating func unitary() -> [Complex] {
    let special = [0, Double.pi / 2, -Double.pi / 2, Double.pi]
    let angles = (0..<4).map { _ in
      Bool.random(using: &self) ? Double.random(in: -7...7, using: &self) : special[Int.random(in: 0..<4, using: &self)]
    }
    let half = Complex(phase: angles[0] / 2)
    let (c, s) = (half.real, half.imaginary)
    let phase = Complex(phase: angles[3])
    return [
      c * phase, -s * (phase * Complex(phase: angles[2])), s * (phase * Complex(phase: angles[1])),
      c * (phase * Complex(phase: angles[1] + angles[2])),
    ]
  }

  /// A row-major unitary matrix on two qubits; often one whose interaction is none, that of a controlled gate or that of a SWAP.
  public mutating func unitaryOnTwo() -> [Complex] {
    let special = [0, Double.pi / 2, -Double.pi / 2, Double.pi]
    let angles = (0..<3).map { _ in
      Bool.random(using: &self) ? Double.random(in: -7...7, using: &self) : special[Int.random(in: 0..<4, using: &self)]
    }
    func pair(_ low: [Complex], _ high: [Complex]) -> Matrix {
      Matrix(dimension: 2, entries: high).tensor(Matrix(dimension: 2, entries: low))
    }
    let core = Gate.rxx.matrix([angles[0]]) * Gate.ryy.matrix([angles[1]]) * Gate.rzz.matrix([angles[2]])
    return (pair(unitary(), unitary()) * core * pair(unitary(), unitary())).entries
  }
}

extension SplitMix {
  /// A unitary matrix without a zero: a random reflection, 1 − 2vv†/v†v, whose columns have random phases.
  public mutating func unitary(dimension: Int) -> Matrix {
    let (normal, phases) = (complexes(dimension), complexes(dimension))
    let lengthSquared = normal.reduce(0) { $0 + $1.lengthSquared }
    var result = Matrix.identity(dimension)
    for column in 0..<dimension {
      let factor = 2 / lengthSquared * normal[column].conjugate
      let phase = phases[column] / phases[column].length
      for row in 0..<dimension { result[row, column] = phase * (result[row, column] - normal[row] * factor) }
    }
    return result
  }
}
