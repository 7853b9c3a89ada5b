internal import Circuits

/// Diagonals that have not been applied yet because nothing has needed them.
///
/// A diagonal may be put off past everything that does not mix its qubits. When one of its qubits is about to be mixed it becomes
/// part of a table, and with it as many others as the table has room for: a layer of phases on every qubit, or a Fourier transform's
/// ladder, takes a few tables instead of an operation for each gate.
struct PendingDiagonals {
  private var terms: [Term] = []
  /// A factor of the whole state.
  private(set) var scale = Complex.one
  /// By how many powers of two amplitudes may be longer or shorter than they will be once all is applied: rotations with a unit diagonal make
  /// them longer, and the factors that undo it wait.
  private var strain = 0.0
  /// All qubits of the terms.
  private var qubits: UInt64 = 0
  private var table = DiagonalTable()
  /// Qubits of the widest table.
  private let widest: Int

  private struct Term {
    let gate: BlockOperation
    let qubits: UInt64
    let strain: Double
    var isTaken = false
  }

  init(widest: Int) { self.widest = widest }

  /// Whether nothing is left to apply.
  var isEmpty: Bool { terms.isEmpty && scale == .one }

  /// Whether no more may be put off: applied late or early, the factors would leave what single precision holds.
  var isStrained: Bool { strain > Limits.pendingStrain }

  /// Puts off a diagonal.
  mutating func append(_ gate: BlockOperation, _ numbers: [Complex]) {
    precondition(gate.kind == .diagonal, "a diagonal")
    var added = 0.0
    for index in 0..<gate.numberCount { added = max(added, numbers[gate.firstNumber + index].strain) }
    strain += added
    if gate.selecting == 0 {
      scale *= numbers[gate.firstNumber]
      return
    }
    terms.append(Term(gate: gate, qubits: gate.selecting, strain: added))
    qubits |= gate.selecting
  }

  /// Puts off a factor of the whole state.
  mutating func multiply(by factor: Complex) {
    if factor == .one { return }
    scale *= factor
    strain += factor.strain
  }

  /// Applies the diagonals that have to be applied before these qubits are mixed.
  mutating func take(touching mixed: UInt64, of circuit: borrowing PlannedCircuit, at places: [Int], into steps: inout TileSteps) {
    if isStrained { return takeAll(of: circuit, at: places, into: &steps) }
    while qubits & mixed != 0 { takeTable(touching: mixed, of: circuit, at: places, into: &steps) }
  }

  /// Applies all diagonals that are left.
  mutating func takeAll(of circuit: borrowing PlannedCircuit, at places: [Int], into steps: inout TileSteps) {
    while qubits != 0 { takeTable(touching: .max, of: circuit, at: places, into: &steps) }
    if scale != .one { steps.append(diagonal: [scale], targets: 0, controls: .none) }
    scale = .one
    recount()
  }

  /// Applies one table that holds at least one term on these qubits.
  private mutating func takeTable(
    touching mixed: UInt64, of circuit: borrowing PlannedCircuit, at places: [Int], into steps: inout TileSteps
  ) {
    guard let first = terms.firstIndex(where: { $0.qubits & mixed != 0 }) else {
      preconditionFailure("no diagonal on these qubits")
    }
    let (union, taken) = members(of: first, touching: mixed)
    if taken == 1, scale == .one || union.nonzeroBitCount > widest {
      steps.append(terms[first].gate, of: circuit, at: places)
      terms.remove(at: first)
    } else {
      table.begin(on: movedBits(union, to: places), scale: scale)
      scale = .one
      for term in terms where term.isTaken { table.append(term.gate, at: places) }
      terms.removeAll { $0.isTaken }
      table.multiply(circuit.numbers)
      steps.append(diagonal: table.factors, targets: movedBits(union, to: places), controls: .none)
    }
    recount()
  }

  /// Marks the terms of a table: first what has to be applied now, then what there is room for.
  private mutating func members(of first: Int, touching mixed: UInt64) -> (qubits: UInt64, count: Int) {
    var (union, count) = (terms[first].qubits, 1)
    terms[first].isTaken = true
    guard union.nonzeroBitCount <= widest else { return (union, count) }
    for isUrgent in [true, false] {
      for index in terms.indices where !terms[index].isTaken && (terms[index].qubits & mixed != 0) == isUrgent {
        guard (union | terms[index].qubits).nonzeroBitCount <= widest else { continue }
        union |= terms[index].qubits
        terms[index].isTaken = true
        count += 1
      }
    }
    return (union, count)
  }

  /// Finds what the terms are on, and how far they strain the state; a factor of the whole state is one by then, or small.
  private mutating func recount() {
    (qubits, strain) = (0, scale.strain)
    for term in terms {
      qubits |= term.qubits
      strain += term.strain
    }
  }
}

extension Complex {
  /// About |log₂|z||, by a straight line between powers of two.
  fileprivate var strain: Double {
    let square = max(lengthSquared, .leastNormalMagnitude)
    return abs(Double(square.exponent) + square.significand - 1) / 2
  }
}
