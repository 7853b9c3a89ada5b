import Circuits
import Simulator
import TestSupport

extension SplitMix {
  /// Operations after which hardly an amplitude is zero, although some qubits stay in a basis state for a while.
  mutating func operations(_ count: Int, qubitCount: Int) -> [StateOperation] {
    var result = [StateOperation]()
    while result.count < count {
      guard qubitCount > 1, Int.random(in: 0..<4, using: &self) == 0 else {
        result.append(unitaryOperation(qubitCount: qubitCount))
        continue
      }
      // Several on one pair, which may become one matrix.
      let pair = qubits(2, of: qubitCount)
      for _ in 0..<4 { result.append(unitaryOperation(qubitCount: 2).relabelled(pair)) }
    }
    for qubit in 0..<qubitCount {
      let turn = unitary(dimension: 2).entries
      result.insert(.matrix(turn, targets: [qubit], controls: .none), at: Int.random(in: 0...(count / 3), using: &self))
    }
    return result
  }

  /// A unitary operation of any kind, some of them extreme, on at most `qubitCount` qubits.
  mutating func unitaryOperation(qubitCount: Int) -> StateOperation {
    let targets = qubits(min(3, qubitCount), of: qubitCount)
    let controls = controls([0, 0, 0, 1, 1, 2, 3].randomElement(using: &self)!, avoiding: targets, of: qubitCount)
    switch Int.random(in: 0..<14, using: &self) {
    case 0, 1: return .matrix(unitary(), targets: [targets[0]], controls: controls)
    case 2: return .matrix(extremeTurn(), targets: [targets[0]], controls: controls)
    case 3, 4: return dense(Array(targets.prefix(2)), controls)
    case 5: return dense(targets, controls)
    case 6: return dense(qubits(min(Int.random(in: 4...6, using: &self), qubitCount), of: qubitCount), .none)
    case 7: return rotation(on: targets, controls)
    case 8: return rotation(on: qubits(Int.random(in: 1...qubitCount, using: &self), of: qubitCount), .none)
    case 9: return targets.count > 1 ? .swap(Array(targets.prefix(2))) : .flip(targets[0])
    case 10: return .permutation([1, 0], targets: [targets[0]], controls: controls)
    case 11:
      let moved = Array(targets.prefix(Int.random(in: 1...3, using: &self)))
      return .permutation((0..<(1 << moved.count)).shuffled(using: &self), targets: moved, controls: controls)
    case 12: return .diagonal([Complex(phase: angle())], targets: [], controls: controls)
    default: return phases(qubitCount: qubitCount)
    }
  }

  /// A diagonal on at most six qubits and one control.
  mutating func phases(qubitCount: Int) -> StateOperation {
    let some = qubits(Int.random(in: 0...min(6, qubitCount), using: &self), of: qubitCount)
    let factors = (0..<(1 << some.count)).map { _ in Bool.random(using: &self) ? Complex.one : Complex(phase: angle()) }
    return .diagonal(factors, targets: some, controls: controls(1, avoiding: some, of: qubitCount))
  }

  /// An operation that is its own inverse.
  mutating func involution(qubitCount: Int) -> StateOperation {
    let pair = qubits(min(2, qubitCount), of: qubitCount)
    let all: [StateOperation] = [.flip(pair[0]), .hadamard(pair[0])]
    return (all + (pair.count > 1 ? [.swap(pair), .controlledFlip(pair[0], pair[1])] : [])).randomElement(using: &self)!
  }

  /// Any angle, those at which something changes form, and those next to them.
  private mutating func angle() -> Double {
    let quarter = Double.pi / 2
    let corners: [Double] = [
      0, quarter, -quarter, .pi, -.pi, 2 * .pi, 4 * .pi, quarter.nextUp, quarter.nextDown, .pi - 1e-9, .pi + 1e-7,
    ]
    let extremes = [1e-300, 1e-160, 1e-15, -1e-9, 1e-7, 1e-4, 1e4, -1e9, 1e15]
    switch Int.random(in: 0..<4, using: &self) {
    case 0: return corners.randomElement(using: &self)!
    case 1: return extremes.randomElement(using: &self)!
    default: return Double.random(in: -7...7, using: &self)
    }
  }

  /// A turn about X or Y by any such angle, with phases.
  private mutating func extremeTurn() -> [Complex] {
    let half = Complex(phase: angle() / 2)
    let (c, s) = (Complex(half.real), half.imaginary)
    let phase = Complex(phase: angle())
    let turn = Bool.random(using: &self) ? [c, Complex(-s), Complex(s), c] : [c, Complex(0, -s), Complex(0, -s), c]
    return turn.map { phase * $0 }
  }

  private mutating func dense(_ targets: [Int], _ controls: Controls) -> StateOperation {
    .matrix(unitary(dimension: 1 << targets.count).entries, targets: targets, controls: controls)
  }

  private mutating func rotation(on targets: [Int], _ controls: Controls) -> StateOperation {
    let mask = targets.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    let allowed = controls.mask & mask == 0 ? controls : .none
    return .pauliRotation(x: next() & mask, z: next() & mask, angle: angle(), controls: allowed)
  }
}
