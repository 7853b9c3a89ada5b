internal import Circuits

/// A Clifford gate U on a few qubits as what it makes of Pauli strings: P ↦ UPU†.
///
/// Fixes the gate up to its global phase.
struct CliffordImages {
  private var ofX: [SignedPauli]
  private var ofZ: [SignedPauli]

  /// Takes a unitary; nil for one that is not a Clifford gate.
  ///
  /// - Parameter tolerance: By how much entries of UP and QU may differ, P a Pauli matrix on one qubit and Q its image.
  /// - Complexity: O(4ᵏ·k) for k qubits.
  init?(_ matrix: Matrix, tolerance: Double) {
    let qubitCount = matrix.dimension.trailingZeroBitCount
    (ofX, ofZ) = ([], [])
    for qubit in 0..<qubitCount {
      guard let x = matrix.image(of: SignedPauli(x: 1 << UInt64(qubit), z: 0), tolerance: tolerance),
        let z = matrix.image(of: SignedPauli(x: 0, z: 1 << UInt64(qubit)), tolerance: tolerance)
      else { return nil }
      ofX.append(x)
      ofZ.append(z)
    }
  }

  /// Elementary gates that make the same gate, in the order of time.
  ///
  /// Steps g are found, qubit by qubit, that turn the images back into the strings they are images of, up to their signs: gₘ…g₁U is then a
  /// product of X and Z. So is U but for a product of X and Z before gₘ, …, g₁, each of which undoes itself up to a Z.
  ///
  /// Source: Aaronson and Gottesman, arXiv:quant-ph/0406196 (2004), one qubit after the other.
  func steps() -> [CliffordStep] {
    var reduction = Reduction(images: self)
    for qubit in ofX.indices {
      reduction.clearImageOfX(qubit)
      reduction.clearImageOfZ(qubit)
    }
    let steps = Array(reduction.steps.reversed())
    return signs(before: steps) + steps
  }

  /// X and Z that give the images their signs, where other steps give them their letters.
  private func signs(before steps: [CliffordStep]) -> [CliffordStep] {
    func isTurned(_ pauli: SignedPauli, _ wanted: SignedPauli) -> Bool {
      var image = pauli
      for step in steps { image.conjugate(by: step) }
      precondition((image.x, image.z) == (wanted.x, wanted.z), "steps that make another gate")
      return image.phase != wanted.phase
    }
    return ofX.indices.flatMap { qubit in
      (isTurned(SignedPauli(x: 1 << UInt64(qubit), z: 0), ofX[qubit]) ? [CliffordStep(.z, qubit)] : [])
        + (isTurned(SignedPauli(x: 0, z: 1 << UInt64(qubit)), ofZ[qubit]) ? [CliffordStep(.x, qubit)] : [])
    }
  }
}

extension CliffordImages {
  /// Images on their way to the identity's.
  private struct Reduction {
    var images: CliffordImages
    var steps: [CliffordStep] = []

    /// Makes of the image of X on a qubit that X itself, without touching the qubits before, on which it has no letters.
    mutating func clearImageOfX(_ qubit: Int) {
      bringX(to: qubit)
      for other in images.ofX.indices where other != qubit && hasX(images.ofX[qubit], other) { apply(.cx, qubit, other) }
      for other in images.ofX.indices where other != qubit && hasZ(images.ofX[qubit], other) { apply(.cz, qubit, other) }
      if hasZ(images.ofX[qubit], qubit) { apply(.s, qubit) }
    }

    /// Puts an X or a Y on the qubit.
    private mutating func bringX(to qubit: Int) {
      if hasX(images.ofX[qubit], qubit) { return }
      if hasZ(images.ofX[qubit], qubit) { return apply(.h, qubit) }
      let letters = images.ofX[qubit].x | images.ofX[qubit].z
      precondition(letters != 0, "the image of X is the identity")
      let other = letters.trailingZeroBitCount
      if !hasX(images.ofX[qubit], other) { apply(.h, other) }
      apply(.swap, qubit, other)
    }

    /// Makes of the image of Z that Z, by steps that commute with X there; the image anticommutes with it, and so has Z or Y there.
    mutating func clearImageOfZ(_ qubit: Int) {
      for other in images.ofZ.indices where other != qubit {
        if hasX(images.ofZ[qubit], other) {
          if hasZ(images.ofZ[qubit], other) { apply(.s, other) }
          apply(.h, other)
        }
        if hasZ(images.ofZ[qubit], other) { apply(.cx, other, qubit) }
      }
      if hasX(images.ofZ[qubit], qubit) {
        apply(.h, qubit)
        apply(.s, qubit)
        apply(.h, qubit)
      }
    }

    private func hasX(_ pauli: SignedPauli, _ qubit: Int) -> Bool { pauli.x >> UInt64(qubit) & 1 == 1 }
    private func hasZ(_ pauli: SignedPauli, _ qubit: Int) -> Bool { pauli.z >> UInt64(qubit) & 1 == 1 }

    private mutating func apply(_ kind: CliffordStep.Kind, _ first: Int, _ second: Int = 0) {
      let step = CliffordStep(kind, first, second)
      steps.append(step)
      for qubit in images.ofX.indices {
        images.ofX[qubit].conjugate(by: step)
        images.ofZ[qubit].conjugate(by: step)
      }
    }
  }
}

extension Matrix {
  /// The Pauli string Q = UPU†, with its sign; nil if that is no Pauli string.
  fileprivate func image(of pauli: SignedPauli, tolerance: Double) -> SignedPauli? {
    // Q = i^phase·X^x Z^z has in column 0 the entry i^phase in row x, and no other.
    let first = (0..<dimension).map { moved(by: pauli, row: $0, column: 0) }
    guard let x = first.indices.max(by: { first[$0].lengthSquared < first[$1].lengthSquared }) else { return nil }
    var image = SignedPauli(x: UInt64(x), z: 0, phase: first[x].quarterTurns)
    for bit in 0..<dimension.trailingZeroBitCount {
      let entry = moved(by: pauli, row: x ^ 1 << bit, column: 1 << bit)
      if (entry + first[x]).lengthSquared < (entry - first[x]).lengthSquared { image.z |= 1 << UInt64(bit) }
    }
    return isTransformed(pauli, image, tolerance) ? image : nil
  }

  /// An entry of UPU†.
  private func moved(by pauli: SignedPauli, row: Int, column: Int) -> Complex {
    (0..<dimension).reduce(Complex.zero) { $0 + times(pauli, row, $1) * self[column, $1].conjugate }
  }

  /// An entry of UP.
  private func times(_ pauli: SignedPauli, _ row: Int, _ column: Int) -> Complex {
    // P|c⟩ = i^phase (−1)^|z∧c| |c ⊕ x⟩.
    Self.turned(self[row, column ^ Int(pauli.x)], pauli.phase + 2 * (Int(pauli.z) & column).nonzeroBitCount)
  }

  /// Whether UP = QU.
  private func isTransformed(_ pauli: SignedPauli, _ image: SignedPauli, _ tolerance: Double) -> Bool {
    for row in 0..<dimension {
      let source = row ^ Int(image.x)
      for column in 0..<dimension {
        let other = Self.turned(self[source, column], image.phase + 2 * (Int(image.z) & source).nonzeroBitCount)
        if !((times(pauli, row, column) - other).length <= tolerance) { return false }
      }
    }
    return true
  }

  private static func turned(_ value: Complex, _ quarters: Int) -> Complex {
    switch quarters & 3 {
    case 0: value
    case 1: Complex(-value.imaginary, value.real)
    case 2: -value
    default: Complex(value.imaginary, -value.real)
    }
  }
}

extension Complex {
  /// The power of i in whose direction it points most.
  var quarterTurns: Int { real.magnitude >= imaginary.magnitude ? (real < 0 ? 2 : 0) : (imaginary < 0 ? 3 : 1) }
}
