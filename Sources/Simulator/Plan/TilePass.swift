internal import Circuits

/// Operations applied one after the other to each tile of a state while it is in the cache.
///
/// A tile is the amplitudes that differ in the local qubits only. Controls, diagonals and the Z part of a Pauli rotation may lie on any
/// qubit: outside a tile they are the same for all of its amplitudes. Qubits are those of the register, whatever the circuit calls them.
package struct TilePass: Hashable, Sendable {
  /// One bit for each local qubit.
  package let localQubits: UInt64
  /// Qubits from this one on are |0⟩ before and after the pass, so that only the first 2^activeCount amplitudes are visited.
  package let activeCount: Int
  /// In the order in which they are applied; what mixes amplitudes mixes local qubits only.
  package let program: TileSteps

  package init(localQubits: UInt64, activeCount: Int, program: TileSteps) {
    (self.localQubits, self.activeCount, self.program) = (localQubits, activeCount, program)
    precondition(program.mixed & ~localQubits == 0, "an operation mixes amplitudes of several tiles")
  }

  package init(localQubits: UInt64, activeCount: Int, steps: [TileStep]) {
    self.init(localQubits: localQubits, activeCount: activeCount, program: TileSteps(steps))
  }

  /// The steps one by one; made anew, with arrays of their own.
  package var steps: [TileStep] { program.list }

  /// Whether there are steps that only kernels for blocks take.
  var hasBlocks: Bool { program.steps.contains { $0.kind != .operation } }

  /// The pass as operations of a register, one after the other; made anew, too.
  package var operations: [StateOperation] { steps.flatMap(\.operations) }

  /// Refuses a pass that does not fit a register, before anything is changed.
  func validate(qubitCount: Int) throws(SimulatorError) {
    guard activeCount <= qubitCount, localQubits >> UInt64(activeCount) == 0 else {
      throw SimulatorError(.invalidArgument, "a tile of qubits beyond the register's \(qubitCount)")
    }
    try SimulatorError.check(mask: program.touched, qubitCount: qubitCount)
    for operation in program.others { try operation.validate(qubitCount: qubitCount) }
  }
}

/// A part of a tile pass: one sweep over a tile.
package enum TileStep: Hashable, Sendable {
  /// Operations on three qubits, the registers, in ascending order; what mixes amplitudes mixes these only, and each fits a block.
  case block(registers: [Int], [StateOperation])
  /// The lowest qubits change places with these, one by one.
  case exchange([Int])
  /// An operation of any kind.
  case operation(StateOperation)

  /// The step as operations of a register.
  var operations: [StateOperation] {
    switch self {
    case .block(_, let operations): operations
    case .exchange(let partners):
      [.permutation(Self.exchangeTable(partners.count), targets: Array(partners.indices) + partners, controls: .none)]
    case .operation(let operation): [operation]
    }
  }

  private static func exchangeTable(_ count: Int) -> [Int] {
    (0..<(1 << (2 * count))).map { $0 >> count | ($0 & ((1 << count) - 1)) << count }
  }
}

/// One sweep over the memory of a state.
package enum Pass: Hashable, Sendable {
  case operation(StateOperation)
  case tile(TilePass)
}

extension StateOperation {
  /// The qubits along which amplitudes are mixed or moved.
  package var mixedQubits: UInt64 {
    switch self {
    case .matrix(_, let targets, _), .permutation(_, let targets, _): bitMask(of: targets)
    case .diagonal: 0
    case .pauliRotation(let x, _, _, _): x
    }
  }

  /// The qubits on whose value it depends what happens, and which keep it.
  package var selectingQubits: UInt64 {
    switch self {
    case .matrix(_, _, let controls), .permutation(_, _, let controls): controls.mask
    case .diagonal(_, let targets, let controls): bitMask(of: targets) | controls.mask
    case .pauliRotation(let x, let z, _, let controls): z & ~x | controls.mask
    }
  }
}
