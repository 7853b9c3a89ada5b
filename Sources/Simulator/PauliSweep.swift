/// Pauli strings whose expectation values are found in one sweep over a state.
///
/// Their flip masks agree above a run of neighbouring blocks: whatever blocks the strings pair, they lie in the same two runs, which stay
/// in the cache for all of them.
struct PauliSweep {
  /// Strings of one flip mask.
  struct Group {
    var x: UInt64
    /// Their phase masks are these of the sweep.
    var places: Range<Int>
  }

  /// The bits in which all flip masks agree.
  private(set) var commonX: UInt64
  /// The groups, one after the other.
  private(set) var groups: [Group] = []
  /// The phase masks, group by group.
  private(set) var z: [UInt64] = []
  /// Where each string is in the list that was asked for.
  private(set) var places: [Int] = []

  /// As few sweeps as these strings need.
  static func sweeps(_ paulis: [PauliMask]) -> [PauliSweep] {
    let runMask = ~UInt64(0) << UInt64(ReductionTree.blockSize.trailingZeroBitCount + Limits.runBlockBits)
    let order = paulis.indices.sorted { (paulis[$0].x, $0) < (paulis[$1].x, $1) }
    var sweeps: [PauliSweep] = []
    for place in order {
      let common = paulis[place].x & runMask
      if sweeps.last.map({ $0.commonX != common || $0.places.count == Limits.termsPerSweep }) ?? true {
        sweeps.append(PauliSweep(commonX: common))
      }
      sweeps[sweeps.count - 1].append(paulis[place], at: place)
    }
    return sweeps
  }

  private init(commonX: UInt64) { self.commonX = commonX }

  private mutating func append(_ pauli: PauliMask, at place: Int) {
    if groups.last?.x != pauli.x { groups.append(Group(x: pauli.x, places: z.count..<z.count)) }
    z.append(pauli.z)
    places.append(place)
    groups[groups.count - 1].places = groups[groups.count - 1].places.lowerBound..<z.count
  }
}
