internal import Circuits

/// With which Pauli matrices on one of its qubits a gate commutes. Two gates that share one qubit, and an axis there, commute.
struct PauliAxes: OptionSet, Hashable {
  let rawValue: UInt8

  static let x = PauliAxes(rawValue: 1)
  static let y = PauliAxes(rawValue: 2)
  static let z = PauliAxes(rawValue: 4)
  static let all: PauliAxes = [.x, .y, .z]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Of a gate on one qubit.
  init(_ u: Matrix2) {
    self = []
    func isSmall(_ terms: Complex...) -> Bool {
      terms.reduce(0) { $0 + $1.lengthSquared } < Limits.matrixTolerance * Limits.matrixTolerance
    }
    if isSmall(u.b, u.c) { insert(.z) }
    if isSmall(u.a - u.d, u.b - u.c) { insert(.x) }
    if isSmall(u.a - u.d, u.b + u.c) { insert(.y) }
  }

  /// Of a gate on two qubits, on the one of a bit.
  init(_ u: Matrix4, bit: Int) {
    self = []
    let step = 1 << bit
    var distances = SIMD3<Double>(repeating: 0)
    for row in 0..<4 where row & step == 0 {
      for column in 0..<4 where column & step == 0 {
        let (a, b) = (u[row, column], u[row, column | step])
        let (c, d) = (u[row | step, column], u[row | step, column | step])
        let difference = (a - d).lengthSquared
        distances += SIMD3(
          difference + (b - c).lengthSquared, difference + (b + c).lengthSquared, b.lengthSquared + c.lengthSquared)
      }
    }
    for (place, axis) in [PauliAxes.x, .y, .z].enumerated()
    where distances[place] < Limits.matrixTolerance * Limits.matrixTolerance { insert(axis) }
  }
}
