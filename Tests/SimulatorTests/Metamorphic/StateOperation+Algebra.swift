import Circuits
import Simulator
import TestSupport

/// Operations by their definition, apart from how the planner sees them.
extension StateOperation {
  static func hadamard(_ qubit: Int) -> StateOperation {
    let half = Complex(0.5.squareRoot())
    return .matrix([half, half, half, -half], targets: [qubit], controls: .none)
  }
  static func flip(_ qubit: Int) -> StateOperation { .permutation([1, 0], targets: [qubit], controls: .none) }
  static func swap(_ pair: [Int]) -> StateOperation { .permutation([0, 2, 1, 3], targets: pair, controls: .none) }
  static func controlledFlip(_ control: Int, _ target: Int) -> StateOperation { flip(target).controlled(by: control, value: 1) }

  /// The inverse of a unitary operation.
  var adjoint: StateOperation {
    switch self {
    case .matrix(let entries, let targets, let controls):
      let matrix = Matrix(dimension: 1 << targets.count, entries: entries)
      return .matrix(matrix.adjoint().entries, targets: targets, controls: controls)
    case .diagonal(let factors, let targets, let controls):
      return .diagonal(factors.map(\.conjugate), targets: targets, controls: controls)
    case .permutation(let table, let targets, let controls):
      var inverse = table
      for (index, image) in table.enumerated() { inverse[image] = index }
      return .permutation(inverse, targets: targets, controls: controls)
    case .pauliRotation(let x, let z, let angle, let controls): return .pauliRotation(x: x, z: z, angle: -angle, controls: controls)
    }
  }

  /// Every entry's conjugate: exp(−iθ/2·P)* is exp(+iθ/2·P*), and P* has a sign for each Y.
  var conjugate: StateOperation {
    switch self {
    case .matrix(let entries, let targets, let controls): .matrix(entries.map(\.conjugate), targets: targets, controls: controls)
    case .diagonal(let factors, let targets, let controls):
      .diagonal(factors.map(\.conjugate), targets: targets, controls: controls)
    case .permutation: self
    case .pauliRotation(let x, let z, let angle, let controls):
      .pauliRotation(x: x, z: z, angle: (x & z).nonzeroBitCount % 2 == 0 ? -angle : angle, controls: controls)
    }
  }

  /// The same operation where qubit q is called `places[q]`.
  func relabelled(_ places: [Int]) -> StateOperation {
    func moved(_ mask: UInt64) -> UInt64 {
      places.indices.reduce(0) { $0 | (mask >> UInt64($1) & 1) << UInt64(places[$1]) }
    }
    let controls = Controls(mask: moved(controls.mask), values: moved(controls.values))
    switch self {
    case .matrix(let entries, let targets, _): return .matrix(entries, targets: targets.map { places[$0] }, controls: controls)
    case .diagonal(let factors, let targets, _): return .diagonal(factors, targets: targets.map { places[$0] }, controls: controls)
    case .permutation(let table, let targets, _):
      return .permutation(table, targets: targets.map { places[$0] }, controls: controls)
    case .pauliRotation(let x, let z, let angle, _):
      return .pauliRotation(x: moved(x), z: moved(z), angle: angle, controls: controls)
    }
  }

  /// The same operation under one more condition.
  func controlled(by qubit: Int, value: Int) -> StateOperation {
    let controls = controls.adding(qubit, value: value)
    switch self {
    case .matrix(let entries, let targets, _): return .matrix(entries, targets: targets, controls: controls)
    case .diagonal(let factors, let targets, _): return .diagonal(factors, targets: targets, controls: controls)
    case .permutation(let table, let targets, _): return .permutation(table, targets: targets, controls: controls)
    case .pauliRotation(let x, let z, let angle, _): return .pauliRotation(x: x, z: z, angle: angle, controls: controls)
    }
  }

  /// Whether two operations commute because no qubit that either changes is touched by the other, or both are diagonal.
  func commutes(with other: StateOperation) -> Bool {
    let (own, others) = (mixedQubits | selectingQubits, other.mixedQubits | other.selectingQubits)
    return mixedQubits & others == 0 && other.mixedQubits & own == 0
  }

  /// The operation as a matrix without controls, if it touches one to three qubits.
  var dense: StateOperation {
    let touched = mixedQubits | selectingQubits
    guard (1...3).contains(touched.nonzeroBitCount) else { return self }
    let qubits = (0..<64).filter { touched >> UInt64($0) & 1 == 1 }
    var places = [Int](repeating: 0, count: 64)
    for (place, qubit) in qubits.enumerated() { places[qubit] = place }
    let size = 1 << qubits.count
    var matrix = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    for column in 0..<size {
      var state = DenseReference((0..<size).map { $0 == column ? .one : .zero })
      state.apply(relabelled(places))
      for row in 0..<size { matrix[row, column] = state.amplitudes[row] }
    }
    return .matrix(matrix.entries, targets: qubits, controls: .none)
  }
}
