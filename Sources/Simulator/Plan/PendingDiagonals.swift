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
  /// Qubits of the widest table.
  private let widest: Int

  private struct Term {
    let operation: StateOperation
    let qubits: UInt64
    let strain: Double
  }

  init(widest: Int) { self.widest = widest }

  /// Whether nothing is left to apply.
  var isEmpty: Bool { terms.isEmpty && scale == .one }

  /// Whether no more may be put off: applied late or early, the factors would leave what single precision holds.
  var isStrained: Bool { strain > Limits.pendingStrain }

  /// Puts off a diagonal.
  mutating func append(_ operation: PlannedOperation) {
    guard case .diagonal(let factors, _, _) = operation.operation else { preconditionFailure("not a diagonal") }
    let added = factors.reduce(0) { max($0, $1.strain) }
    strain += added
    let own = operation.operation.selectingQubits
    if own == 0 {
      scale *= factors[0]
      return
    }
    terms.append(Term(operation: operation.operation, qubits: own, strain: added))
    qubits |= own
  }

  /// The diagonals that have to be applied before these qubits are mixed.
  mutating func take(touching mixed: UInt64) -> [StateOperation] {
    if isStrained { return takeAll() }
    var tables = [StateOperation]()
    while qubits & mixed != 0, let table = takeTable(touching: mixed) { tables.append(table) }
    return tables
  }

  /// All diagonals that are left.
  mutating func takeAll() -> [StateOperation] {
    var tables = [StateOperation]()
    while let table = takeTable(touching: .max) { tables.append(table) }
    if scale != .one { tables.append(.diagonal([takeScale()], targets: [], controls: .none)) }
    return tables
  }

  /// One table that holds at least one term on these qubits; nil if there is none.
  private mutating func takeTable(touching mixed: UInt64) -> StateOperation? {
    guard let first = terms.firstIndex(where: { $0.qubits & mixed != 0 }) else { return nil }
    var union = terms[first].qubits
    guard union.nonzeroBitCount <= widest else {
      let operation = terms.remove(at: first).operation
      recount()
      return operation
    }
    // First what has to be applied now, then what there is room for.
    var taken = [first]
    for isUrgent in [true, false] {
      for index in terms.indices where index != first && (terms[index].qubits & mixed != 0) == isUrgent {
        guard (union | terms[index].qubits).nonzeroBitCount <= widest else { continue }
        union |= terms[index].qubits
        taken.append(index)
      }
    }
    let members = taken.map { terms[$0].operation }
    for index in taken.sorted(by: >) { terms.remove(at: index) }
    if members.count == 1, scale == .one {
      recount()
      return members[0]
    }
    return DiagonalTable(of: members, on: union, scale: takeScale()).operation
  }

  private mutating func takeScale() -> Complex {
    defer {
      scale = .one
      recount()
    }
    return scale
  }

  /// Finds what the terms are on, and how far they strain the state; a factor of the whole state is one by then, or small.
  private mutating func recount() {
    qubits = terms.reduce(0) { $0 | $1.qubits }
    strain = terms.reduce(scale.strain) { $0 + $1.strain }
  }
}

extension Complex {
  /// About |log₂|z||, by a straight line between powers of two.
  fileprivate var strain: Double {
    let square = max(lengthSquared, .leastNormalMagnitude)
    return abs(Double(square.exponent) + square.significand - 1) / 2
  }
}
