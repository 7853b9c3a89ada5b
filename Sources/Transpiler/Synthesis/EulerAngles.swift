internal import Circuits
internal import RealModule

/// A gate on one qubit as e^{iα}·Rz(φ)·Ry(θ)·Rz(λ), θ from 0 to π.
struct EulerAngles {
  var alpha: Double
  var theta: Double
  var phi: Double
  var lambda: Double

  init(_ u: Matrix2) {
    theta = 2 * .atan2(y: u.c.length, x: u.a.length)
    alpha = (u.a * u.d - u.b * u.c).phase / 2
    // a = e^{iα}·e^{−i(φ+λ)/2}·cos(θ/2), c = e^{iα}·e^{i(φ−λ)/2}·sin(θ/2).
    if theta < Limits.angleTolerance {
      (theta, lambda) = (0, 0)
      phi = 2 * (alpha - u.a.phase)
    } else if theta > Double.pi - Limits.angleTolerance {
      (theta, lambda) = (Double.pi, 0)
      phi = 2 * (u.c.phase - alpha)
    } else {
      let (sum, difference) = (2 * (alpha - u.a.phase), 2 * (u.c.phase - alpha))
      (phi, lambda) = ((sum + difference) / 2, (sum - difference) / 2)
    }
  }

  /// Whether the gate only changes phases.
  var isDiagonal: Bool { theta == 0 }
}
