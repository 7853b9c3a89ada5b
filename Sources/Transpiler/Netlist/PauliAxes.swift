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
    let (limit, difference) = (Limits.matrixTolerance * Limits.matrixTolerance, (u.a - u.d).lengthSquared)
    if u.b.lengthSquared + u.c.lengthSquared < limit { insert(.z) }
    if difference + (u.b - u.c).lengthSquared < limit { insert(.x) }
    if difference + (u.b + u.c).lengthSquared < limit { insert(.y) }
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
    let limit = Limits.matrixTolerance * Limits.matrixTolerance
    if distances.x < limit { insert(.x) }
    if distances.y < limit { insert(.y) }
    if distances.z < limit { insert(.z) }
  }
}
