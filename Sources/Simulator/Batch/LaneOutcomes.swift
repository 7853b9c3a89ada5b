internal import CKernels

/// How the outcomes of a batch's shots follow from basis states, as the kernels take it.
@safe final class LaneOutcomes: Sendable {
  private let outcomes: NativeArray<ck_lane_outcomes>
  /// Bits of an outcome.
  let bitCount: Int
  /// What the kernels' structure points to.
  private let masks: NativeArray<UInt32>
  private let table: NativeArray<UInt16>

  /// Takes strings without X, one for each bit of an outcome: the bit is set where the string, with its sign, is −1.
  init(_ bits: [RotationCircuit.Term], in coordinates: LaneCoordinates, _ plan: LanePlan) {
    precondition(bits.count <= Limits.sampledBitCount, "outcomes of \(bits.count) bits; at most \(Limits.sampledBitCount)")
    let parities = bits.map { coordinates.parity(of: $0.z) }
    let signs = bits.enumerated().reduce(UInt16(0)) { $1.element.coefficient < 0 ? $0 | 1 << UInt16($1.offset) : $0 }
    bitCount = bits.count
    masks = NativeArray(parities)
    table = NativeArray(
      (0..<UInt32(1) << UInt32(plan.bits)).map { state in
        parities.enumerated().reduce(signs) {
          $0 ^ UInt16(truncatingIfNeeded: ($1.element & state).nonzeroBitCount & 1) << UInt16($1.offset)
        }
      })
    unsafe outcomes = unsafe NativeArray(
      CollectionOfOne(ck_lane_outcomes(bit_count: UInt32(bits.count), masks: masks.start, outcomes: table.start)))
  }

  /// What the kernels are given; valid as long as this object lives.
  var start: UnsafePointer<ck_lane_outcomes> { unsafe outcomes.start }
}
