internal import Circuits

extension StateOperation {
  /// The same operation under other controls.
  func with(controls: Controls) -> StateOperation {
    switch self {
    case .matrix(let entries, let targets, _): .matrix(entries, targets: targets, controls: controls)
    case .diagonal(let factors, let targets, _): .diagonal(factors, targets: targets, controls: controls)
    case .permutation(let table, let targets, _): .permutation(table, targets: targets, controls: controls)
    case .pauliRotation(let x, let z, let angle, _): .pauliRotation(x: x, z: z, angle: angle, controls: controls)
    }
  }

  /// The row-major matrix of an operation on one qubit.
  var matrixOnOne: [Complex] {
    switch self {
    case .matrix(let entries, _, _): return entries
    case .permutation(let table, _, _): return table == [1, 0] ? [.zero, .one, .one, .zero] : [.one, .zero, .zero, .one]
    case .diagonal(let factors, let targets, let controls):
      // Simplified, a phase on one value of the qubit is a control.
      if targets.isEmpty { return Self.phase(factors[0], under: controls) }
      return [factors[0], .zero, .zero, factors[1]]
    case .pauliRotation(let x, let z, let angle, let controls):
      let half = Complex(phase: angle / 2)
      let (c, s) = (Complex(half.real), half.imaginary)
      // About no letter at all it is a phase, too.
      if x | z == 0 { return Self.phase(half.conjugate, under: controls) }
      if x == 0 { return [half.conjugate, .zero, .zero, half] }
      return z == 0 ? [c, Complex(0, -s), Complex(0, -s), c] : [c, Complex(-s), Complex(s), c]
    }
  }

  private static func phase(_ factor: Complex, under controls: Controls) -> [Complex] {
    controls.values == 0 ? [factor, .zero, .zero, .one] : [.one, .zero, .zero, factor]
  }

  /// The matrix of an operation on some qubits, which are all that it touches; the first of them in bit 0.
  func matrix(on qubits: [Int]) -> Matrix {
    var result = Matrix(dimension: 1 << qubits.count, entries: Array(repeating: .zero, count: 1 << (2 * qubits.count)))
    for column in 0..<result.dimension {
      let bits = setting(column, qubits, of: 0)
      guard bits & controls.mask == controls.values else {
        result[column, column] = .one
        continue
      }
      for (row, entry) in image(of: bits) { result[gathered(row, qubits), column] += entry }
    }
    return result
  }

  /// What a basis state becomes, as basis states and amplitudes; controls are taken as met.
  func image(of state: UInt64) -> [(UInt64, Complex)] {
    switch self {
    case .matrix(let entries, let targets, _):
      let size = 1 << targets.count
      let column = gathered(state, targets)
      return (0..<size).map { (setting($0, targets, of: state), entries[$0 * size + column]) }
    case .diagonal(let factors, let targets, _): return [(state, factors[gathered(state, targets)])]
    case .permutation(let table, let targets, _): return [(setting(table[gathered(state, targets)], targets, of: state), .one)]
    case .pauliRotation(let x, let z, let angle, _):
      let half = Complex(phase: angle / 2)
      // −i·sin·P|b⟩ = −i·sin·i^|x∧z|·(−1)^|b∧z| |b ⊕ x⟩.
      let powers = [Complex(0, -1), .one, Complex(0, 1), Complex(-1)]
      let sign = (state & z).nonzeroBitCount % 2 == 0 ? half.imaginary : -half.imaginary
      return [(state, Complex(half.real)), (state ^ x, sign * powers[(x & z).nonzeroBitCount % 4])]
    }
  }

  private func gathered(_ state: UInt64, _ targets: [Int]) -> Int {
    targets.enumerated().reduce(0) { $0 | Int(state >> UInt64($1.element) & 1) << $1.offset }
  }

  private func setting(_ value: Int, _ targets: [Int], of state: UInt64) -> UInt64 {
    targets.enumerated().reduce(state) { state, target in
      state & ~(1 << UInt64(target.element)) | UInt64(value >> target.offset & 1) << UInt64(target.element)
    }
  }
}
