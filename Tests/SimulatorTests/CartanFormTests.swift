import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("matrices on two qubits taken apart")
struct CartanFormTests {
  private func isNear(_ first: Matrix4, _ second: Matrix4, _ tolerance: Double) -> Bool {
    (0..<16).allSatisfy { (first[$0 / 4, $0 % 4] - second[$0 / 4, $0 % 4]).length < tolerance }
  }

  private func product(_ factors: (low: Matrix2, high: Matrix2)) -> Matrix4 {
    let (low, high) = (factors.low, factors.high)
    let (inner, outer) = ([low.a, low.b, low.c, low.d], [high.a, high.b, high.c, high.d])
    return Matrix4((0..<16).map { outer[$0 >> 2 & 2 | $0 >> 1 & 1] * inner[$0 >> 1 & 2 | $0 & 1] }, at: 0)
  }

  private func product(_ form: ShearForm) -> Matrix4 {
    var (exchange, shear, diagonal) = (Matrix4(), Matrix4(), Matrix4())
    for row in 0..<4 {
      let isExchanged = row == 0 || row == 3 ? form.exchangesEven : form.exchangesOdd
      (exchange[row, row], exchange[row, 3 - row]) = isExchanged ? (.zero, .one) : (.one, .zero)
      shear[row, 3 - row] = form.shear[row]
      diagonal[row, row] = form.diagonal[row]
    }
    return diagonal * shear * exchange
  }

  @Test("give the matrix again: two rotations, a core that is sheared, and two rotations", arguments: 0..<400 as Range<UInt64>)
  func unitary(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    try check(Matrix4(generator.unitaryOnTwo(), at: 0), "seed \(seed)")
  }

  @Test("eigenvalues that are equal, or nearly so, do no harm", arguments: Gate.all.filter { $0.qubitCount == 2 })
  func named(gate: Gate) throws {
    for angle in [0, 1e-9, .pi / 2, .pi, -3] {
      let matrix = gate.matrix(Array(repeating: angle, count: gate.parameterNames.count))
      try check(Matrix4(matrix.entries, at: 0), "\(gate.name) \(angle)")
    }
  }

  private func check(_ u: Matrix4, _ comment: Comment) throws {
    let form = try #require(CartanForm(u), comment)
    var core = Matrix4()
    for row in 0..<4 { (core[row, row], core[row, 3 - row]) = (form.core.diagonal[row], form.core.other[row]) }
    #expect(isNear(product(form.last) * core * product(form.first), u, 1e-13), comment)
    let shear = try #require(ShearForm(core), comment)
    #expect(isNear(product(shear), core, 1e-14), comment)
    #expect(shear.isImaginary && (0..<4).allSatisfy { shear.shear[$0].length <= 1 + 1e-12 }, comment)
  }

  @Test("a matrix that is not unitary is left alone")
  func others() {
    var generator = SplitMix(seed: 9)
    #expect(CartanForm(Matrix4(generator.complexes(16), at: 0)) == nil)
    #expect(ShearForm(Matrix4(generator.complexes(16), at: 0)) == nil)
  }

  @Test("rotations about two qubits need no table but their phases", arguments: ["rxx", "ryy"], [0.3, -0.3, 2.9])
  func rotations(name: String, angle: Double) throws {
    let matrix = try #require(Gate(named: name)).matrix([angle])
    let form = try #require(ShearForm(Matrix4(matrix.entries, at: 0)))
    #expect(isNear(product(form), Matrix4(matrix.entries, at: 0), 1e-15))
    #expect(form.isImaginary && !form.isDiagonal)
    #expect(form.exchangesEven == (abs(angle) > .pi / 2) && form.exchangesOdd == form.exchangesEven)
  }
}
