/// A Clifford circuit C as what it makes of Pauli strings: P ↦ C†PC.
///
/// Rotations about strings by multiples of π/2 make every Clifford gate up to its global phase. C is what has been appended, the last to the left.
package struct CliffordFrame: Hashable, Sendable {
  private var imagesOfX: [SignedPauli]
  private var imagesOfZ: [SignedPauli]

  /// Makes the identity on a number of qubits, at most 64.
  package init(qubitCount: Int) {
    precondition((0...64).contains(qubitCount), "\(qubitCount) qubits; a Clifford frame has at most 64")
    imagesOfX = (0..<qubitCount).map { SignedPauli(x: 1 << UInt64($0), z: 0) }
    imagesOfZ = (0..<qubitCount).map { SignedPauli(x: 0, z: 1 << UInt64($0)) }
  }

  /// C†PC.
  package func image(of pauli: SignedPauli) -> SignedPauli {
    var result = SignedPauli(x: 0, z: 0, phase: pauli.phase)
    for qubit in setBits(pauli.x) { result = result * imagesOfX[qubit] }
    for qubit in setBits(pauli.z) { result = result * imagesOfZ[qubit] }
    return result
  }

  /// Appends exp(−iθP/2) with θ = quarterTurns·π/2.
  ///
  /// A string Q that anticommutes with P becomes Q·exp(−iθP): −iQP for one quarter turn, −Q for two.
  package mutating func appendRotation(about pauli: SignedPauli, quarterTurns: Int) {
    let turns = quarterTurns & 3
    guard turns != 0 else { return }
    let rotation = image(of: pauli)
    func turned(_ image: SignedPauli) -> SignedPauli {
      if turns == 2 { return SignedPauli(x: image.x, z: image.z, phase: image.phase + 2) }
      let product = image * rotation
      return SignedPauli(x: product.x, z: product.z, phase: product.phase + (turns == 1 ? 3 : 1))
    }
    for qubit in setBits(pauli.z) { imagesOfX[qubit] = turned(imagesOfX[qubit]) }
    for qubit in setBits(pauli.x) { imagesOfZ[qubit] = turned(imagesOfZ[qubit]) }
  }
}
