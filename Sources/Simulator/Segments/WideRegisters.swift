/// Wide registers for a row's branches, by how many states they have room for; made when they are first wanted, and kept from run to run.
final class WideRegisters<Register: StateRegister & ~Copyable> {
  /// Qubits of a slot.
  let slotQubitCount: Int
  /// How many states one register holds at most.
  let mostSlots: Int
  private let pools: [RegisterPool<PlannedRegister<Register>>]

  /// Makes room for as many states as a register has slots; nil if those are too few.
  ///
  /// - Parameters:
  ///   - qubitCount: Of a state.
  ///   - wideQubitCount: Of a wide register, at most.
  init?(
    qubitCount: Int, wideQubitCount: Int, _ make: @escaping (Int) throws(SimulatorError) -> Register
  ) {
    let size = StateSlots.qubitCount(of: qubitCount)
    guard size + Limits.leastSlotNumberQubitCount <= wideQubitCount else { return nil }
    (slotQubitCount, mostSlots) = (size, 1 << (wideQubitCount - size))
    // One a thread is in use at most, so there is no other limit.
    pools = (0...wideQubitCount - size).map { slotQubits in
      RegisterPool(limit: 0) { () throws(SimulatorError) in
        PlannedRegister(try make(size + slotQubits), slotQubitCount: size)
      }
    }
  }

  /// A register with slots for some states.
  func take(slotCount: Int) throws(SimulatorError) -> RegisterBox<PlannedRegister<Register>> {
    try pools[slotCount.trailingZeroBitCount].takeNeeded()
  }

  func give(_ box: RegisterBox<PlannedRegister<Register>>, slotCount: Int) { pools[slotCount.trailingZeroBitCount].give(box) }
}
