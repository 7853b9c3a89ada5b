/// Which qubits of a register lie where in a tile.
struct TileShape {
  /// One bit for each local qubit.
  let local: UInt64
  /// How many of the lowest qubits lie inside a block of memory.
  let laneCount: Int

  /// Amplitudes in a block of memory.
  var blockWidth: Int { 1 << laneCount }

  func isLocal(_ qubit: Int) -> Bool { local >> UInt64(qubit) & 1 == 1 }

  /// How many local qubits lie below a position.
  func placeCount(below position: Int) -> Int { (local & ~(~0 << UInt64(position))).nonzeroBitCount }

  /// Where a local qubit lies in the tile.
  func place(_ qubit: Int) -> Int { (local & ((1 << UInt64(qubit)) - 1)).nonzeroBitCount }

  /// The bits of a mask that are local, at their places in the tile.
  func packed(_ mask: UInt64) -> UInt64 { gatherBits(mask, local) }
}
