internal import Circuits

extension StateOperation {
  /// Refuses an operation that does not fit a register, before anything is changed.
  ///
  /// - Throws: ``SimulatorError`` with code `qubit_out_of_range`, or `invalid_argument` for repeated qubits, wrong counts, numbers that
  ///   are not finite and tables that are not bijections.
  package func validate(qubitCount: Int) throws(SimulatorError) {
    switch self {
    case .matrix(let entries, let targets, let controls):
      try Self.expectDistinct(targets, controls, qubitCount: qubitCount)
      try Self.expectTargets(targets.count, in: 1...Limits.denseQubitCount, of: "a matrix")
      try Self.expectCount(entries.count, 1 << (2 * targets.count), "entries of a matrix on \(targets.count) qubits")
      try Self.expectFinite(entries)
    case .diagonal(let factors, let targets, let controls):
      try Self.expectDistinct(targets, controls, qubitCount: qubitCount)
      try Self.expectTargets(targets.count, in: 0...Limits.tableQubitCount, of: "a diagonal")
      try Self.expectCount(factors.count, 1 << targets.count, "factors of a diagonal on \(targets.count) qubits")
      try Self.expectFinite(factors)
    case .permutation(let table, let targets, let controls):
      try Self.expectDistinct(targets, controls, qubitCount: qubitCount)
      try Self.expectTargets(targets.count, in: 1...Limits.tableQubitCount, of: "a permutation")
      try Self.expectCount(table.count, 1 << targets.count, "entries of a permutation on \(targets.count) qubits")
      guard Self.isBijection(table) else {
        throw SimulatorError(.invalidArgument, "the permutation table is not a bijection on 0..<\(table.count)")
      }
    case .pauliRotation(let x, let z, let angle, let controls):
      try SimulatorError.check(mask: x | z | controls.mask, qubitCount: qubitCount)
      guard (x | z) & controls.mask == 0 else {
        throw SimulatorError(.invalidArgument, "a Pauli rotation acts on one of its controls; targets and controls are distinct")
      }
      guard angle.isFinite else {
        throw SimulatorError(.invalidArgument, "the rotation angle is \(angle); a finite number is needed")
      }
    }
  }

  private static func isBijection(_ table: [Int]) -> Bool {
    guard table.count > 4 else {
      // Nearly all are an exchange, which needs no set.
      return table.indices.allSatisfy { value in table.contains(value) }
    }
    return Set(table).count == table.count && table.allSatisfy { table.indices.contains($0) }
  }

  /// The condition under which this operation acts.
  package var controls: Controls {
    switch self {
    case .matrix(_, _, let controls), .diagonal(_, _, let controls), .permutation(_, _, let controls),
      .pauliRotation(_, _, _, let controls):
      controls
    }
  }

  private static func expectDistinct(_ targets: [Int], _ controls: Controls, qubitCount: Int) throws(SimulatorError) {
    try SimulatorError.check(mask: controls.mask, qubitCount: qubitCount)
    var seen = controls.mask
    for target in targets {
      guard (0..<qubitCount).contains(target) else { throw SimulatorError.qubit(target, qubitCount: qubitCount) }
      guard seen & (1 << UInt64(target)) == 0 else {
        throw SimulatorError(
          .invalidArgument, "qubit \(target) is given twice to one operation; targets and controls are distinct")
      }
      seen |= 1 << UInt64(target)
    }
  }

  private static func expectTargets(_ count: Int, in range: ClosedRange<Int>, of what: String) throws(SimulatorError) {
    guard range.contains(count) else {
      throw SimulatorError(.invalidArgument, "\(what) on \(count) qubits; \(range.lowerBound) to \(range.upperBound) are accepted")
    }
  }

  private static func expectCount(_ count: Int, _ expected: Int, _ what: @autoclosure () -> String) throws(SimulatorError) {
    guard count == expected else { throw SimulatorError(.invalidArgument, "\(count) \(what()); \(expected) are needed") }
  }

  private static func expectFinite(_ values: [Complex]) throws(SimulatorError) {
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw SimulatorError(.invalidArgument, "entry \(place) is \(values[place]); finite numbers are needed")
  }
}

extension SimulatorError {
  /// The error for a qubit that a register does not have.
  package static func qubit(_ qubit: Int, qubitCount: Int) -> SimulatorError {
    SimulatorError(.qubitOutOfRange, "qubit \(qubit) is outside this register of \(qubitCount) qubits (0 to \(qubitCount - 1))")
  }

  /// Refuses a mask that names a qubit which a register does not have.
  package static func check(mask: UInt64, qubitCount: Int) throws(SimulatorError) {
    guard mask >> UInt64(qubitCount) == 0 else { throw qubit(63 - mask.leadingZeroBitCount, qubitCount: qubitCount) }
  }

  /// Refuses a condition whose values lie outside its mask, or its mask outside the register.
  package static func check(mask: UInt64, values: UInt64, qubitCount: Int) throws(SimulatorError) {
    try check(mask: mask, qubitCount: qubitCount)
    guard values & ~mask == 0 else {
      throw SimulatorError(.invalidArgument, "values \(values) lie outside the mask \(mask)")
    }
  }

  /// Refuses a list of qubits that repeats one or leaves the register.
  package static func check(qubits: [Int], qubitCount: Int) throws(SimulatorError) {
    var seen: UInt64 = 0
    for index in qubits {
      guard (0..<qubitCount).contains(index) else { throw qubit(index, qubitCount: qubitCount) }
      guard seen & (1 << UInt64(index)) == 0 else { throw SimulatorError(.invalidArgument, "qubit \(index) is listed twice") }
      seen |= 1 << UInt64(index)
    }
  }
}
