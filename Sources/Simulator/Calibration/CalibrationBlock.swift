internal import Circuits

/// A block whose time is measured: the four kernels that a tile pass is made of.
package enum CalibrationBlock: CaseIterable, Sendable {
  /// One exchange of two halves, which are in registers: hardly more than a load and a store.
  case loadAndStore
  case rotations
  case matrices
  case tables

  /// The fewest qubits of a state that has room for every block.
  package static let leastQubitCount = 11

  /// Its operations on three qubits of a state.
  func operations(on registers: [Int]) -> [StateOperation] {
    switch self {
    case .loadAndStore: [.permutation([1, 0], targets: [registers[0]], controls: .none)]
    case .rotations: Self.many { .matrix(Self.rotation, targets: [registers[$0 % 3]], controls: .none) }
    case .matrices: Self.many { .matrix(Self.matrix, targets: Self.pair($0, of: registers), controls: .none) }
    case .tables: Self.many { _ in .diagonal(Self.table, targets: Array(2..<2 + Self.tableQubitCount), controls: .none) }
    }
  }

  /// A pass of so many of these blocks over every tile of a state, on two sets of qubits in turn, so that no device makes one of two.
  package func pass(blockCount: Int, qubitCount: Int, tileQubitCount: Int) -> TilePass {
    precondition(qubitCount >= Self.leastQubitCount && tileQubitCount >= Self.leastQubitCount, "no room for the blocks")
    let steps = (0..<blockCount).map { index in
      let registers = index % 2 == 0 ? [5, 6, 7] : [8, 9, 10]
      return TileStep.block(registers: registers, operations(on: registers))
    }
    return TilePass(
      localQubits: (1 << UInt64(min(tileQubitCount, qubitCount))) - 1, activeCount: qubitCount, steps: steps)
  }

  private static func many(_ make: (Int) -> StateOperation) -> [StateOperation] {
    (0..<Limits.calibrationOperationCount).map(make)
  }

  private static func pair(_ index: Int, of registers: [Int]) -> [Int] {
    [[0, 1], [0, 2], [1, 2]][index % 3].map { registers[$0] }
  }

  /// (1, s; −s, 1) with an s so small that a million of them leave the norm about one.
  private static let rotation: [Complex] = [.one, Complex(0x1p-10), Complex(-0x1p-10), .one]

  /// A Fourier transform on two qubits between phases: unitary, and no part of any entry is 0 or 1.
  private static let matrix: [Complex] = (0..<16).map { index in
    let (row, column) = (Double(index / 4), Double(index % 4))
    return Complex(length: 0.5, phase: .pi / 2 * row * column + 0.3 * row + 0.7 * column + 0.2)
  }

  /// Qubits of the table: some inside a block of memory, some above.
  private static let tableQubitCount = 8

  private static let table: [Complex] = (0..<1 << tableQubitCount).map { Complex(length: 1, phase: 0.37 * Double($0)) }
}
