import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("matrices on one qubit taken apart")
struct RotationFormTests {
  private func product(_ a: [Complex], _ b: [Complex]) -> [Complex] {
    [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]]
  }

  private func matrix(_ form: RotationForm) -> [Complex] {
    let flip: [Complex] = form.flips ? [.zero, .one, .one, .zero] : [.one, .zero, .zero, .one]
    let right = product([.one, .zero, .zero, form.right], flip)
    let rotated = product([.one, form.upper, form.lower, .one], right)
    return product([.one, .zero, .zero, form.left], rotated).map { form.scale * $0 }
  }

  @Test(
    "give the matrix again, by a rotation that is real or imaginary and no longer than asked for",
    arguments: 0..<200 as Range<UInt64>, [1.0, 4.0])
  func unitary(seed: UInt64, longest: Double) throws {
    var generator = SplitMix(seed: seed)
    let u = generator.unitary()
    guard u[1].length > 1e-12, u[0].length > 1e-12 else { return }
    let form = try #require(RotationForm(Matrix2(u), longest: longest), "seed \(seed)")
    #expect(zip(matrix(form), u).allSatisfy { ($0 - $1).length < 1e-14 }, "seed \(seed)")
    #expect(max(form.upper.length, form.lower.length) <= longest * (1 + 1e-14))
    #expect(form.flips == (u[1].length > longest * u[0].length), "seed \(seed)")
    let isReal = form.upper.imaginary == 0 && form.lower.imaginary == 0
    #expect(isReal || form.upper.real == 0 && form.lower.real == 0)
  }

  @Test("rotations about x and y need no phases", arguments: [0.3, -0.3, 1.5, -1.5])
  func withoutPhases(angle: Double) throws {
    let half = Complex(phase: angle / 2)
    let (c, s) = (Complex(half.real), Complex(half.imaginary))
    let aboutY = try #require(RotationForm(Matrix2([c, -s, s, c])))
    let aboutX = try #require(RotationForm(Matrix2([c, -(.i * s), -(.i * s), c])))
    #expect(aboutY.left == .one && aboutY.right == .one && !aboutY.flips)
    #expect(aboutX.left == .one && aboutX.right == .one && !aboutX.flips)
  }

  @Test("small rotations have the form, too", arguments: [1e-3, 1e-7, 1e-12])
  func small(angle: Double) {
    var generator = SplitMix(seed: 11)
    let (half, turn) = (Complex(phase: angle / 2), Complex(phase: Double.random(in: 0...6, using: &generator)))
    let (c, s) = (Complex(half.real), Complex(half.imaginary))
    let u = [c, -s, s, c].map { turn * $0 }
    #expect(RotationForm(Matrix2(u)) != nil)
  }

  @Test("what has not the form is left alone")
  func others() {
    #expect(RotationForm(Matrix2([.one, .zero, .zero, .i])) == nil)
    #expect(RotationForm(Matrix2([.one, Complex(0.5), .zero, .one])) == nil)
    #expect(RotationForm(Matrix2([.one, Complex(0.5), Complex(0.5), Complex(2)])) == nil)
    #expect(RotationForm(Matrix2([.one, Complex(0.5), Complex(0.5), .i])) == nil)
  }
}
