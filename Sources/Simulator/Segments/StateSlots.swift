/// Where several small states lie in one register: each in a slot of neighbouring amplitudes, which the highest qubits number.
///
/// A slot has at least the qubits of one block of ``ReductionTree``, so that what is summed up of it is what would be of a register of its own; a
/// smaller state lies at its beginning, and the rest is zero.
package struct StateSlots: Hashable, Sendable {
  /// Qubits of a slot.
  package let qubitCount: Int
  /// How many slots there are: a power of two.
  package let count: Int

  /// A whole state as the only slot.
  init(whole qubitCount: Int) { self.init(qubitCount: qubitCount, count: 1) }

  /// So many slots of a size that is large enough.
  init(qubitCount: Int, count: Int) { (self.qubitCount, self.count) = (qubitCount, count) }

  /// The slots of a register.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for a number that is no power of two, or slots that are too small.
  init(of wideQubitCount: Int, slotCount: Int) throws(SimulatorError) {
    let most = 1 << max(0, wideQubitCount - Limits.leastSlotQubitCount)
    guard slotCount > 0, slotCount.nonzeroBitCount == 1, slotCount <= most, wideQubitCount >= Limits.leastSlotQubitCount else {
      throw SimulatorError(
        .invalidArgument,
        "\(slotCount) slots in a register of \(wideQubitCount) qubits; a power of two is accepted that leaves "
          + "\(Limits.leastSlotQubitCount) qubits or more to each slot")
    }
    (qubitCount, count) = (wideQubitCount - slotCount.trailingZeroBitCount, slotCount)
  }

  /// The slots of a register that is filled with copies of a smaller one.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` if there is no room for one.
  init(of wideQubitCount: Int, filledFrom smallQubitCount: Int) throws(SimulatorError) {
    let slotQubitCount = Self.qubitCount(of: smallQubitCount)
    guard slotQubitCount <= wideQubitCount else {
      throw SimulatorError(
        .invalidArgument,
        "a slot for \(smallQubitCount) qubits in a register of \(wideQubitCount); \(slotQubitCount) qubits or more are needed")
    }
    (qubitCount, count) = (slotQubitCount, 1 << (wideQubitCount - slotQubitCount))
  }

  /// Qubits of a slot for states of some size.
  static func qubitCount(of smallQubitCount: Int) -> Int { max(smallQubitCount, Limits.leastSlotQubitCount) }

  /// The qubits that number the slots.
  var mask: UInt64 { UInt64(count - 1) << UInt64(qubitCount) }

  /// The first amplitude of a slot that is copied into a register of its own.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` if there is no such slot, or if the register is not for states of its size.
  func start(of slot: Int, into smallQubitCount: Int) throws(SimulatorError) -> Int {
    guard (0..<count).contains(slot), Self.qubitCount(of: smallQubitCount) == qubitCount else {
      throw SimulatorError(
        .invalidArgument,
        "slot \(slot) of \(count), each of \(qubitCount) qubits, into a register of \(smallQubitCount)")
    }
    return slot << qubitCount
  }

  /// Where an operation acts if it acts in some of the slots only: conditions of which no two hold together, each on the qubits that number
  /// the slots.
  func controls(_ slots: [Int]) -> [Controls] {
    if slots.count == 1 { return [Controls(mask: mask, values: UInt64(slots[0]) << UInt64(qubitCount))] }
    var members = [Bool](repeating: false, count: count)
    for slot in slots { members[slot] = true }
    return Self.cubes(members[...]).map { cube in
      Controls(mask: cube.mask << UInt64(qubitCount), values: cube.values << UInt64(qubitCount))
    }
  }

  /// The numbers that are members, by what some of their bits are: halves that agree are one.
  private static func cubes(_ members: ArraySlice<Bool>) -> [Controls] {
    guard members.contains(true) else { return [] }
    guard members.contains(false) else { return [.none] }
    let half = members.count / 2
    let (lower, upper) = (cubes(members.prefix(half)), cubes(members.suffix(half)))
    let (both, bit) = (lower.filter(upper.contains), half.trailingZeroBitCount)
    return both + lower.filter { !both.contains($0) }.map { $0.adding(bit, value: 0) }
      + upper.filter { !both.contains($0) }.map { $0.adding(bit, value: 1) }
  }
}
