// Index arithmetic by the names that the kernels use.

/// One bit for each of `qubits`.
func bitMask(of qubits: some Sequence<Int>) -> UInt64 {
  qubits.reduce(0) { $0 | 1 << UInt64($1) }
}

/// One bit for the place of each of `qubits`.
func bitMask(of qubits: [Int], at places: [Int]) -> UInt64 {
  var result: UInt64 = 0
  for qubit in qubits { result |= 1 << UInt64(places[qubit]) }
  return result
}

/// The ones of a mask, lowest first.
func setBits(_ mask: UInt64) -> [Int] {
  var result = [Int]()
  result.reserveCapacity(mask.nonzeroBitCount)
  var rest = mask
  while rest != 0 {
    result.append(rest.trailingZeroBitCount)
    rest &= rest - 1
  }
  return result
}

/// Moves each one of `mask`: bit j to `places[j]`.
func movedBits(_ mask: UInt64, to places: [Int]) -> UInt64 {
  var (rest, result) = (mask, UInt64(0))
  while rest != 0 {
    result |= 1 << UInt64(places[rest.trailingZeroBitCount])
    rest &= rest - 1
  }
  return result
}

/// Puts the low bits of `value` at the ones of `mask`, lowest first.
func scatterBits(_ value: UInt64, _ mask: UInt64) -> UInt64 {
  var (value, mask, result) = (value, mask, UInt64(0))
  while mask != 0 {
    let bit = mask & (0 &- mask)
    if value & 1 != 0 { result |= bit }
    value >>= 1
    mask ^= bit
  }
  return result
}

/// Gathers the bits of `value` at the ones of `mask`, lowest first.
func gatherBits(_ value: UInt64, _ mask: UInt64) -> UInt64 {
  var (mask, place, result) = (mask, UInt64(1), UInt64(0))
  while mask != 0 {
    let bit = mask & (0 &- mask)
    if value & bit != 0 { result |= place }
    place <<= 1
    mask ^= bit
  }
  return result
}

/// Puts bit j of `value` at position `positions[j]`.
func scatterBits(_ value: Int, at positions: [Int]) -> UInt64 {
  var result: UInt64 = 0
  for (place, position) in positions.enumerated() where value >> place & 1 != 0 { result |= 1 << UInt64(position) }
  return result
}
