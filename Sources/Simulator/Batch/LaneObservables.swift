internal import CKernels

/// The sums over a batch's states from which the values of observables follow.
struct LaneObservables {
  /// One for each flip mask, and for real and imaginary parts.
  struct Group {
    var x: UInt32
    var isImaginary: Bool
    var masks: [UInt32]
  }

  /// A string with what it adds to its observable: coefficient · sums[sum] / ⟨ψ|ψ⟩.
  struct Term {
    var observable: Int
    var sum: Int
    var coefficient: Double
    var x: UInt32
    var z: UInt32
    /// The mask of the coordinates that sums leave apart.
    var spreadMask: UInt32
  }

  private(set) var groups: [Group] = []
  private(set) var terms: [Term] = []

  /// The masks of all groups, one after the other.
  var masks: [UInt32] { groups.flatMap(\.masks) }
  /// Where the plain sum of |aᵢ|² is among them.
  var norm: Int { groups[0].masks.count - 1 }

  /// Finds the sums of strings; strings whose values are zero for all parameters have none.
  init(_ strings: [RotationCircuit.Term], in coordinates: LaneCoordinates, _ plan: LanePlan) {
    let inSums = UInt32(truncatingIfNeeded: UInt64(1) << UInt64(plan.sumBits) - 1)
    var masks: [Key: Set<UInt32>] = [Key(x: 0, isImaginary: false): [0]]
    var found = [(term: Term, key: Key)]()
    for string in strings {
      guard let x = coordinates.coordinates(of: string.x) else { continue }
      let y = (string.x & string.z).nonzeroBitCount & 3
      if plan.isReal, y & 1 == 1 { continue }
      let (key, z) = (Key(x: x, isImaginary: y & 1 == 1), coordinates.parity(of: string.z))
      masks[key, default: []].insert(z & inSums)
      // i^y is −1 for y = 2; i^y·i·(−1)^y·i is 1 for y = 1 and −1 for y = 3, where the imaginary part is summed.
      let coefficient = y < 2 ? string.coefficient : -string.coefficient
      found.append(
        (
          Term(observable: string.observable, sum: 0, coefficient: coefficient, x: x, z: z, spreadMask: z >> UInt32(plan.sumBits)),
          key
        ))
    }
    var places: [Key: [UInt32: Int]] = [:]
    var count = 0
    for key in masks.keys.sorted(by: { ($0.x, $0.isImaginary ? 1 : 0) < ($1.x, $1.isImaginary ? 1 : 0) }) {
      let ordered = (masks[key] ?? []).sorted { Self.order($0) < Self.order($1) }
      groups.append(Group(x: key.x, isImaginary: key.isImaginary, masks: ordered))
      places[key] = Dictionary(uniqueKeysWithValues: zip(ordered, count...))
      count += ordered.count
    }
    terms = found.map { found in
      var term = found.term
      term.sum = places[found.key]?[term.z & inSums] ?? 0
      return term
    }
  }

  /// The first level at which three bits of a mask are not all zero, and those bits; mask 0 is the last.
  static func level(_ mask: UInt32) -> (level: Int, bits: Int) {
    guard mask != 0 else { return (Int.max, 0) }
    let level = mask.trailingZeroBitCount / 3
    return (level, Int(mask >> UInt32(3 * level) & 7))
  }

  private static func order(_ mask: UInt32) -> (Int, Int, UInt32) {
    let place = level(mask)
    return (place.level, place.bits, mask)
  }

  private struct Key: Hashable {
    var x: UInt32
    var isImaginary: Bool
  }
}
