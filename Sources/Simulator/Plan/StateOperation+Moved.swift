internal import Circuits

extension StateOperation {
  /// The same operation on other qubits: what was on qubit q is on `places[q]`; the targets of a matrix ascend.
  func moved(to places: [Int]) -> StateOperation {
    let controls = controls.moved(to: places)
    switch self {
    case .matrix(let entries, let targets, _):
      let moved = targets.map { places[$0] }
      guard moved.count == 2, moved[0] > moved[1] else { return .matrix(entries, targets: moved, controls: controls) }
      let exchanged = (0..<16).map { entries[BlockOperation.exchangedEntry($0)] }
      return .matrix(exchanged, targets: [moved[1], moved[0]], controls: controls)
    case .diagonal(let factors, let targets, _): return .diagonal(factors, targets: targets.map { places[$0] }, controls: controls)
    case .permutation(let table, let targets, _):
      return .permutation(table, targets: targets.map { places[$0] }, controls: controls)
    case .pauliRotation(let x, let z, let angle, _):
      return .pauliRotation(x: movedBits(x, to: places), z: movedBits(z, to: places), angle: angle, controls: controls)
    }
  }
}

extension Controls {
  /// The same on other qubits: what was on qubit q is on `places[q]`.
  func moved(to places: [Int]) -> Controls {
    mask == 0 ? self : Controls(mask: movedBits(mask, to: places), values: movedBits(values, to: places))
  }
}

extension [Int] {
  /// Whether a permutation exchanges two halves, or two qubits.
  var isExchange: Bool {
    switch count {
    case 2: self[0] == 1
    case 4: self[0] == 0 && self[1] == 2 && self[2] == 1
    default: false
    }
  }
}
