/// The basis states that have the same entry of a table, in the order in which the CPU undoes the table on them.
///
/// There a group of elements follows another, and the elements of a group each other; that is a numbering of basis states which is linear over
/// the integers mod 2, and entries are linear in it. So the states of an entry are a coset of a subspace; and with a basis of it in which each
/// vector has a highest bit that no other vector has, counting up leads from one to the next. The highest coordinates, for which sums are kept
/// apart, are told apart like entries.
struct LaneCosets {
  /// What numbers the cosets, as basis states; those of the highest coordinates last.
  private(set) var numbering: [UInt32] = []
  /// From an element to the next where counting changes j + 1 bits.
  private(set) var steps: [UInt32] = []

  init(_ table: LanePlan.Table, _ block: LanePlan.Block, _ program: LaneProgram) {
    let half = block.directions.dropLast()
    let fixed = LaneSpan(half).fixed(program.sumMask)
    let places = half + (0..<UInt32(program.bits - half.count)).map { Self.expand(1 << $0, fixed) }
    // Images of what numbers cosets, each without the highest bits of those before, and the sum of places that has it.
    var rows = [(image: UInt64, place: UInt32)]()
    var step: UInt32 = 0
    for (bit, place) in places.enumerated() {
      var image = Self.entry(of: table, at: place)
      if bit >= program.sumBits { image |= 1 << UInt64(32 + bit) }
      let rest = rows.reduce((image: image, place: place)) { rest, row in
        rest.image ^ row.image < rest.image ? (rest.image ^ row.image, rest.place ^ row.place) : rest
      }
      if rest.image == 0 {
        step ^= rest.place
        steps.append(step)
      } else {
        rows.append(rest)
        numbering.append(place)
      }
    }
  }

  /// The values of a table's functionals at a basis state.
  private static func entry(of table: LanePlan.Table, at place: UInt32) -> UInt64 {
    table.functionals.enumerated().reduce(0) { $0 | UInt64(($1.element & place).nonzeroBitCount & 1) << UInt64($1.offset) }
  }

  /// Spreads bits over the positions that are zero in a mask.
  private static func expand(_ value: UInt32, _ fixed: UInt32) -> UInt32 {
    (0..<UInt32(32)).filter { fixed >> $0 & 1 == 1 }.reduce(value) { value, bit in
      let below = UInt32(1) << bit - 1
      return (value & ~below) << 1 | value & below
    }
  }
}
