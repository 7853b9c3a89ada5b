internal import Circuits

/// Merges diagonal operations that meet into one.
///
/// A diagonal joins an earlier one if it commutes with everything between them, that is, if nothing there mixes its qubits. What the
/// merged operation costs does not depend on how many it was made of: a Fourier transform's ladder of controlled phases becomes one
/// table. Tables are no wider than their building is worth for the state.
struct DiagonalMerger {
  private var operations: [StateOperation?] = []
  /// The diagonals that later ones may still join, the latest last.
  private var open: [Group] = []
  private let widest: Int

  /// Diagonals on the way to be one operation, which stands where the first of them stood.
  private struct Group {
    let position: Int
    var qubits: UInt64
    var members: [StateOperation]
    /// Qubits that were mixed since.
    var mixed: UInt64 = 0
  }

  /// The operations with their diagonals merged.
  static func merged(_ operations: [StateOperation], qubitCount: Int) -> [StateOperation] {
    // A table of 2^(n − 8) entries is built in a small part of the time of a pass.
    var merger = DiagonalMerger(widest: min(Limits.tableQubitCount, qubitCount - 8))
    for operation in operations { merger.append(operation) }
    for group in merger.open { merger.close(group) }
    return merger.operations.compactMap(\.self)
  }

  private init(widest: Int) { self.widest = widest }

  private mutating func append(_ operation: StateOperation) {
    guard operation.mixedQubits == 0, let qubits = operation.diagonalQubits, qubits.nonzeroBitCount <= widest else {
      let mixed = operation.mixedQubits
      for index in open.indices { open[index].mixed |= mixed }
      operations.append(operation)
      return
    }
    if let index = open.lastIndex(where: { $0.mixed & qubits == 0 && ($0.qubits | qubits).nonzeroBitCount <= widest }) {
      open[index].qubits |= qubits
      open[index].members.append(operation)
      return
    }
    if open.count == Limits.openDiagonalCount { close(open.removeFirst()) }
    open.append(Group(position: operations.count, qubits: qubits, members: [operation]))
    operations.append(nil)
  }

  /// Puts a group's operation in its place.
  private mutating func close(_ group: Group) {
    guard group.members.count > 1 else {
      operations[group.position] = group.members[0]
      return
    }
    let qubits = (0..<64).filter { group.qubits >> UInt64($0) & 1 == 1 }
    var factors = [Complex](repeating: .one, count: 1 << qubits.count)
    for member in group.members { member.multiply(into: &factors, over: qubits) }
    operations[group.position] = StateOperation.diagonal(factors, targets: qubits, controls: .none).simplified()
  }
}

extension StateOperation {
  /// All qubits of a diagonal; nil for what is none.
  fileprivate var diagonalQubits: UInt64? {
    guard case .diagonal = self else { return nil }
    return selectingQubits
  }

  /// Multiplies a diagonal into a table over qubits among which its own are.
  fileprivate func multiply(into factors: inout [Complex], over qubits: [Int]) {
    guard case .diagonal(let own, let targets, let controls) = self else { return }
    let places = targets.map { qubits.firstIndex(of: $0) ?? 0 }
    let (mask, values) = (packed(controls.mask, over: qubits), packed(controls.values, over: qubits))
    for index in factors.indices where UInt64(index) & mask == values {
      let own = own[places.indices.reduce(0) { $0 | (index >> places[$1] & 1) << $1 }]
      factors[index] *= own
    }
  }

  private func packed(_ bits: UInt64, over qubits: [Int]) -> UInt64 {
    qubits.indices.reduce(UInt64(0)) { $0 | (bits >> UInt64(qubits[$1]) & 1) << UInt64($1) }
  }
}
