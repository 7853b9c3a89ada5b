internal import CKernels
internal import Circuits

/// A batch's circuit and observables as the kernels take them: the structures of C with all that they point to.
@safe final class LaneProgram: Sendable {
  private let program: NativeArray<ck_lane_program>
  /// What the structures were made of.
  let plan: LanePlan
  let sums: LaneObservables
  let bits: Int
  let isReal: Bool
  /// Whether one state is spread over the lanes.
  let isSpread: Bool
  /// Coordinates over which sums are taken.
  let sumBits: Int
  let rotationCount: Int
  let scaleCount: Int
  let factorCount: Int
  let maskCount: Int
  let observableCount: Int
  /// See ``LanePlan``.
  let multiplyAddCount: Int
  let undoingMultiplyAddCount: Int
  /// Observables of which a part of this program's strings is.
  let observables: [Int]
  private typealias Owned = any AnyObject & Sendable
  /// What the program points to.
  private let owned: [Owned]

  init(_ plan: LanePlan, _ observables: LaneObservables, observableCount: Int) {
    (self.plan, sums) = (plan, observables)
    (bits, isReal, isSpread, sumBits) = (plan.bits, plan.isReal, plan.isSpread, plan.sumBits)
    (rotationCount, scaleCount) = (plan.rotations.count, plan.scaleCount)
    self.observableCount = observableCount
    (multiplyAddCount, undoingMultiplyAddCount) = (plan.multiplyAddCount, plan.undoingMultiplyAddCount)
    factorCount = plan.tables.reduce(0) { $0 + 1 << $1.functionals.count }
    maskCount = observables.masks.count
    self.observables = Set(observables.terms.map(\.observable)).sorted()
    var owned = [Owned]()
    let angles = Self.angles(plan)
    let growths = Self.growths(plan)
    let blocks = Self.blocks(plan)
    let tables = unsafe Self.tables(plan, &owned)
    let terms = Self.observableTerms(observables)
    let groups = unsafe Self.sumGroups(observables, bits: plan.sumBits, &owned)
    let described = unsafe ck_lane_program(
      bits: UInt32(plan.bits), is_real: plan.isReal, is_spread: plan.isSpread, angles: Self.keep(angles.angles, &owned),
      angle_count: UInt32(angles.angles.count),
      terms: Self.keep(angles.terms, &owned), support: Self.keep(growths.support, &owned),
      growths: Self.keep(growths.growths, &owned), growth_count: UInt32(growths.growths.count),
      blocks: Self.keep(blocks.blocks, &owned), block_count: UInt32(blocks.blocks.count),
      operations: Self.keep(blocks.operations, &owned), scale_count: UInt32(plan.scaleCount),
      scale_interval: UInt32(Limits.laneScaleInterval), tables: Self.keep(tables.tables, &owned),
      table_count: UInt32(tables.tables.count), factor_count: UInt32(factorCount), strings: Self.keep(tables.strings, &owned),
      sum_groups: Self.keep(groups, &owned),
      sum_group_count: UInt32(groups.count), masks: Self.keep(observables.masks, &owned), mask_count: UInt32(maskCount),
      norm: UInt32(observables.norm), observable_terms: Self.keep(terms, &owned), observable_term_count: UInt32(terms.count),
      observable_count: UInt32(observableCount))
    self.owned = owned
    unsafe program = unsafe NativeArray(CollectionOfOne(described))
  }

  /// What the kernels are given; valid as long as this object lives.
  var start: UnsafePointer<ck_lane_program> { unsafe program.start }

  private static func keep<Element: BitwiseCopyable>(_ elements: [Element], _ owned: inout [Owned]) -> UnsafePointer<Element> {
    let array = NativeArray(elements)
    owned.append(array)
    return unsafe array.start
  }
}

// MARK: Rotations

extension LaneProgram {
  private static func angles(_ plan: LanePlan) -> (angles: [ck_lane_angle], terms: [ck_lane_term]) {
    var terms = [ck_lane_term]()
    let angles = plan.rotations.enumerated().map { index, rotation in
      let first = terms.count
      terms += rotation.angle.terms.map { ck_lane_term(parameter: UInt32($0.parameter), coefficient: $0.coefficient) }
      return ck_lane_angle(
        constant: rotation.angle.constant, first: UInt32(first), count: UInt32(terms.count - first), x: rotation.x, z: rotation.z,
        number: UInt32(plan.numbers[index]), is_negative: rotation.isNegative)
    }
    return (angles, terms)
  }

  private static func growths(_ plan: LanePlan) -> (growths: [ck_lane_growth], support: [UInt32]) {
    var support: [UInt32] = [0]
    let growths = plan.growths.map { index in
      let rotation = plan.rotations[index]
      support += support.map { $0 ^ rotation.x }
      return ck_lane_growth(
        direction: rotation.x, sign: rotation.z, number: UInt32(plan.numbers[index]), is_imaginary: rotation.isImaginary)
    }
    return (growths, support)
  }

  private static func blocks(_ plan: LanePlan) -> (blocks: [ck_lane_block], operations: [ck_lane_operation]) {
    var operations = [ck_lane_operation]()
    var blocks = [ck_lane_block]()
    let addresses = UInt32(1 << plan.sumBits - 1)
    for block in plan.blocks {
      let span = LaneSpan(block.directions)
      var result = ck_lane_block()
      unsafe withUnsafeMutableBytes(of: &result.offsets) { bytes in
        for (element, offset) in span.offsets.enumerated() {
          unsafe bytes.storeBytes(of: offset, toByteOffset: 4 * element, as: UInt32.self)
        }
      }
      (result.fixed, result.fixed_in_half) = (span.fixed(addresses), LaneSpan(block.directions.dropLast()).fixed(addresses))
      (result.first, result.count) = (UInt32(operations.count), UInt32(block.operations.count))
      operations += block.operations.map { lowered($0, plan, span) }
      blocks.append(result)
    }
    return (blocks, operations)
  }

  private static func lowered(_ operation: LanePlan.Operation, _ plan: LanePlan, _ span: LaneSpan) -> ck_lane_operation {
    switch operation {
    case .rotation(let index):
      let rotation = plan.rotations[index]
      let code = span.element(at: rotation.x) << 4 | span.functional(of: rotation.z)
      return ck_lane_operation(code: UInt32(code), number: UInt32(plan.numbers[index]), sign: rotation.z)
    case .table(let index): return ck_lane_operation(code: CK_LANE_TABLE.rawValue, number: UInt32(index), sign: 0)
    case .scale(let index): return ck_lane_operation(code: CK_LANE_SCALE.rawValue, number: UInt32(index), sign: 0)
    }
  }

  private static func tables(_ plan: LanePlan, _ owned: inout [Owned]) -> (tables: [ck_lane_table], strings: [ck_lane_string]) {
    var strings = [ck_lane_string]()
    var factorCount = 0
    let tables = unsafe plan.tables.map { table in
      let byteCount = (plan.bits + 7) / 8
      let result = unsafe ck_lane_table(
        bits: UInt32(table.functionals.count), byte_count: UInt32(byteCount), values: keep(table.valuesOfBytes(byteCount), &owned),
        first_string: UInt32(strings.count), string_count: UInt32(table.strings.count), first_factor: UInt32(factorCount))
      strings += table.strings.map { ck_lane_string(number: UInt32(plan.numbers[$0.rotation]), mask: $0.mask) }
      factorCount += 1 << table.functionals.count
      return unsafe result
    }
    return unsafe (tables, strings)
  }
}

extension LanePlan.Table {
  /// The values of the functionals, as bits, at each value of each byte of a basis state: 256 for each byte.
  fileprivate func valuesOfBytes(_ byteCount: Int) -> [UInt8] {
    (0..<byteCount).flatMap { byte in
      var values: [UInt8] = [0]
      for bit in 8 * byte..<8 * byte + 8 {
        let value = functionals.indices.reduce(UInt8(0)) { $0 | UInt8(functionals[$1] >> UInt32(bit) & 1) << UInt8($1) }
        values += values.map { $0 ^ value }
      }
      return values
    }
  }
}

// MARK: Sums

extension LaneProgram {
  private static func sumGroups(_ observables: LaneObservables, bits: Int, _ owned: inout [Owned]) -> [ck_lane_sum_group] {
    var first = 0
    var groups = unsafe [ck_lane_sum_group]()
    for group in observables.groups {
      // One level more than there are bits, so that the kernels may look at what follows the last.
      var counts = [UInt32](repeating: 0, count: 8 * ((bits + 2) / 3 + 1))
      for mask in group.masks where mask != 0 {
        let place = LaneObservables.level(mask)
        counts[8 * place.level + place.bits] += 1
      }
      unsafe groups.append(
        ck_lane_sum_group(
          x: group.x, is_imaginary: group.isImaginary, first: UInt32(first), count: UInt32(group.masks.count),
          has_plain_sum: group.masks.contains(0),
          mask_counts: keep(counts, &owned)))
      first += group.masks.count
    }
    return unsafe groups
  }

  private static func observableTerms(_ observables: LaneObservables) -> [ck_lane_observable_term] {
    observables.terms.map {
      ck_lane_observable_term(
        observable: UInt32($0.observable), sum: UInt32($0.sum), coefficient: $0.coefficient, x: $0.x, z: $0.z,
        spread_mask: $0.spreadMask)
    }
  }
}

/// The span of a block's directions.
struct LaneSpan {
  let directions: [UInt32]

  init(_ directions: some Sequence<UInt32>) { self.directions = Array(directions) }

  /// Where the elements of a group lie.
  var offsets: [UInt32] {
    directions.reduce([0]) { offsets, direction in offsets + offsets.map { $0 ^ direction } }
  }

  /// A bit for each direction, such that every group has one basis state without them; of those under a mask, in which the directions are
  /// independent.
  func fixed(_ addresses: UInt32) -> UInt32 {
    var rows = [UInt32]()
    for direction in directions { rows.append(rows.reduce(direction & addresses) { min($0, $0 ^ $1) }) }
    return rows.reduce(0) { $0 | 1 << UInt32(31 - $1.leadingZeroBitCount) }
  }

  /// The element that lies at an offset of the span.
  func element(at offset: UInt32) -> Int {
    guard let element = offsets.firstIndex(of: offset) else { preconditionFailure("a direction outside of its block") }
    return element
  }

  /// A parity of basis states as one of elements.
  func functional(of mask: UInt32) -> Int {
    directions.indices.reduce(0) { $0 | ((directions[$1] & mask).nonzeroBitCount & 1) << $1 }
  }
}
