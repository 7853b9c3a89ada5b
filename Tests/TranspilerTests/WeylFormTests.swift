import Circuits
import TestSupport
import Testing

@testable import Transpiler

@Suite("gates on two qubits, taken apart")
struct WeylFormTests {
  /// Random gates, and every gate of the table on two qubits at angles where it takes fewer entangling gates.
  private static let gates: [(name: String, matrix: Matrix4)] = {
    var random = SplitMix(seed: 1)
    var result = (0..<50).map { ("random \($0)", Matrix4(random.unitaryOnTwo())) }
    for gate in Gate.all where gate.qubitCount == 2 {
      for angle in [0, 0.3, -0.7, Double.pi / 4, Double.pi / 2, Double.pi, -Double.pi / 2, 2 * Double.pi, 1e-3] {
        let parameters = [Double](repeating: angle, count: gate.parameterNames.count)
        result.append(("\(gate.name) \(parameters)", Matrix4(gate.matrix(parameters))))
        result.append(("\(gate.name) \(parameters), mirrored", Matrix4(gate.matrix(parameters)).swapped))
      }
    }
    return result
  }()

  private func distance(_ a: Matrix4, _ b: Matrix4) -> Double {
    (0..<16).reduce(0) { max($0, (a[$1 / 4, $1 % 4] - b[$1 / 4, $1 % 4]).length) }
  }

  private func scaled(_ matrix: Matrix4, _ phase: Double) -> Matrix4 {
    Matrix4((0..<16).map { Complex(phase: phase) * matrix[$0 / 4, $0 % 4] })
  }

  /// exp(iθ·PP).
  private func rotation(_ name: String, _ angle: Double) throws -> Matrix4 {
    Matrix4(try #require(Gate(named: name)).matrix([-2 * angle]))
  }

  @Test("are in the Weyl chamber and give the gate again, to 1e-10")
  func form() throws {
    for (name, matrix) in Self.gates {
      let form = try #require(WeylForm(matrix), "\(name)")
      let c = form.coordinates
      #expect(c[0] <= Double.pi / 4 + 1e-9 && c[0] >= c[1] - 1e-12 && c[1] >= abs(c[2]) - 1e-12, "\(name) \(c)")
      let core = try rotation("rxx", c[0]) * rotation("ryy", c[1]) * rotation("rzz", c[2])
      let whole = Matrix4(low: form.last.low, high: form.last.high) * core * Matrix4(low: form.first.low, high: form.first.high)
      #expect(distance(scaled(whole, form.phase), matrix) < 1e-10, "\(name)")
    }
  }

  @Test("take as many entangling gates as the traces say, and multiply to the gate", arguments: [false, true])
  func synthesis(usesAngles: Bool) throws {
    for (name, matrix) in Self.gates {
      for synthesis in [
        PairSynthesis(try #require(WeylForm(matrix)), usesAngles: usesAngles),
        try #require(PairSynthesis(matrix, usesAngles: usesAngles)),
      ] {
        try check(synthesis, name, matrix, usesAngles: usesAngles)
      }
    }
  }

  private func check(_ synthesis: PairSynthesis, _ name: String, _ matrix: Matrix4, usesAngles: Bool) throws {
    var (product, count) = (Matrix4(), 0)
    for step in synthesis.steps {
      switch step {
      case .local(let local, let bit): product = product.before(local, onBit: bit)
      case .cz: (product, count) = (Matrix4(Gate.cz.matrix([])) * product, count + 1)
      case .zz(let angle): (product, count) = (Matrix4(Gate.rzz.matrix([angle])) * product, count + 1)
      }
    }
    #expect(distance(scaled(product, synthesis.phase), matrix) < 1e-9, "\(name)")
    if !usesAngles { #expect(count == EntanglerCount(matrix).own, "\(name)") }
    if usesAngles { #expect(count <= 3, "\(name)") }
  }

  @Test("a mirrored gate takes what its traces say")
  func mirrors() {
    for (name, matrix) in Self.gates { #expect(EntanglerCount(matrix).mirrored == EntanglerCount(matrix.swapped).own, "\(name)") }
    #expect(EntanglerCount(Matrix4(Gate.cx.matrix([]))) == EntanglerCount(own: 1, mirrored: 2))
    #expect(EntanglerCount(Matrix4(Gate.iswap.matrix([]))) == EntanglerCount(own: 2, mirrored: 1))
    #expect(EntanglerCount(.swap) == EntanglerCount(own: 3, mirrored: 0))
  }

  @Test("gates on one qubit are given again by their angles, to 1e-12")
  func euler() {
    var random = SplitMix(seed: 2)
    let special: [Matrix2] = [.identity, .x, .z, .hadamard, .rx(0.3), .ry(1e-5), .rz(2), .ry(Double.pi), .rx(-Double.pi / 2)]
    for matrix in special + (0..<100).map({ _ in Matrix2(random.unitary(dimension: 2)) }) {
      let angles = EulerAngles(matrix)
      let product = Complex(phase: angles.alpha) * (.rz(angles.phi) * .ry(angles.theta) * .rz(angles.lambda))
      let distance =
        [product.a - matrix.a, product.b - matrix.b, product.c - matrix.c, product.d - matrix.d].map(\.length).max() ?? 1
      #expect(distance < 1e-8 && angles.theta >= 0 && angles.theta <= Double.pi)
    }
  }
}
