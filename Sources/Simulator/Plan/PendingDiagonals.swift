internal import Circuits

/// Diagonals that have not been applied yet because nothing has needed them.
///
/// A diagonal may be put off past everything that does not mix its qubits. When one of its qubits is about to be mixed it becomes
/// part of a table, and with it as many others as the table has room for: a layer of phases on every qubit, or a Fourier transform's
/// ladder, takes a few tables instead of an operation for each gate.
struct PendingDiagonals {
  private var terms: [(operation: StateOperation, qubits: UInt64)] = []
  /// A factor of the whole state.
  private(set) var scale = Complex.one
  /// All qubits of the terms.
  private var qubits: UInt64 = 0
  /// Qubits of the widest table.
  private let widest: Int

  init(widest: Int) { self.widest = widest }

  /// Whether nothing is left to apply.
  var isEmpty: Bool { terms.isEmpty && scale == .one }

  /// Puts off a diagonal.
  mutating func append(_ operation: PlannedOperation) {
    if operation.selecting == 0, case .diagonal(let factors, _, _) = operation.operation {
      scale *= factors[0]
      return
    }
    terms.append((operation.operation, operation.selecting))
    qubits |= operation.selecting
  }

  /// The diagonals that have to be applied before these qubits are mixed.
  mutating func take(touching mixed: UInt64) -> [StateOperation] {
    var tables = [StateOperation]()
    while qubits & mixed != 0, let table = takeTable(touching: mixed) { tables.append(table) }
    // Shears make the state longer; far below the largest number that a format holds.
    if scale.length < Limits.leastPendingScale || scale.length > 1 / Limits.leastPendingScale { tables.append(takeScale()) }
    return tables
  }

  /// All diagonals that are left.
  mutating func takeAll() -> [StateOperation] {
    var tables = [StateOperation]()
    while let table = takeTable(touching: .max) { tables.append(table) }
    if scale != .one { tables.append(takeScale()) }
    return tables
  }

  private mutating func takeScale() -> StateOperation {
    defer { scale = .one }
    return .diagonal([scale], targets: [], controls: .none)
  }

  /// One table that holds at least one term on these qubits; nil if there is none.
  private mutating func takeTable(touching mixed: UInt64) -> StateOperation? {
    guard let first = terms.firstIndex(where: { $0.qubits & mixed != 0 }) else { return nil }
    var union = terms[first].qubits
    guard union.nonzeroBitCount <= widest else {
      let operation = terms.remove(at: first).operation
      findQubits()
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
    findQubits()
    if members.count == 1, scale == .one { return members[0] }
    defer { scale = .one }
    return DiagonalTable(of: members, on: union, scale: scale).operation
  }

  private mutating func findQubits() { qubits = terms.reduce(0) { $0 | $1.qubits } }
}
