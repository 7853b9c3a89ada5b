/// One elementary Clifford gate; every Clifford gate is made of these, up to its global phase.
struct CliffordStep: Hashable {
  enum Kind: UInt8 {
    case h, s, x, z
    /// The first qubit controls, the second is the target.
    case cx
    case cz, swap
  }

  var kind: Kind
  /// 16 bits hold every qubit that a circuit may declare, and six bytes a step.
  private var places: SIMD2<UInt16>

  init(_ kind: Kind, _ first: Int, _ second: Int = 0) {
    self.kind = kind
    places = SIMD2(UInt16(first), UInt16(second))
  }

  var first: Int { Int(places[0]) }
  /// The second qubit; of no meaning for a gate on one.
  var second: Int { Int(places[1]) }

  /// The same step where qubit j is called `qubits[j]`.
  func moved(to qubits: [Int]) -> CliffordStep {
    switch kind {
    case .h, .s, .x, .z: CliffordStep(kind, qubits[first])
    case .cx, .cz, .swap: CliffordStep(kind, qubits[first], qubits[second])
    }
  }

  /// Steps that undo these.
  static func inverse(of steps: [CliffordStep]) -> [CliffordStep] {
    steps.reversed().flatMap { step in step.kind == .s ? [step, CliffordStep(.z, step.first)] : [step] }
  }
}

extension SignedPauli {
  /// Becomes UPU† for a step U.
  mutating func conjugate(by step: CliffordStep) {
    let (a, b) = (UInt64(step.first), UInt64(step.second))
    let (xa, za, xb, zb) = (x >> a & 1, z >> a & 1, x >> b & 1, z >> b & 1)
    switch step.kind {
    case .h:
      turn(Int(2 * (xa & za)))
      (x, z) = (x ^ (xa ^ za) << a, z ^ (xa ^ za) << a)
    case .s:
      // X becomes Y = iXZ.
      turn(Int(xa))
      z ^= xa << a
    case .x: turn(Int(2 * za))
    case .z: turn(Int(2 * xa))
    case .cx: (x, z) = (x ^ xa << b, z ^ zb << a)
    case .cz:
      turn(Int(2 * (xa & xb)))
      z ^= xb << a | xa << b
    case .swap: (x, z) = (x ^ ((xa ^ xb) << a | (xa ^ xb) << b), z ^ ((za ^ zb) << a | (za ^ zb) << b))
    }
  }

  private mutating func turn(_ quarters: Int) { phase = (phase + quarters) & 3 }
}
