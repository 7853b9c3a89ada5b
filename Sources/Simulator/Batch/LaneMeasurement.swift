internal import Circuits

/// What is measured of one part of a batch's program: strings that commute, as parities of a few independent ones of them.
struct LaneMeasurement: Sendable {
  /// How the independent parities follow from basis states: the bits of an outcome.
  let outcomes: LaneOutcomes
  /// What outcomes say of each observable that has a string here, ascending.
  let values: [OutcomeValues]
  /// The rotations whose angles depend on parameters: those that are shifted for derivatives.
  let rotations: [Int]
  /// For each of ``values``, whether it depends on each of ``rotations``.
  private let cones: [[Bool]]

  /// Bits of an outcome.
  var bitCount: Int { outcomes.bitCount }

  /// Takes strings as they are after the rotations, without X, with the factors that they have in observables.
  ///
  /// - Parameters:
  ///   - circuit: Rotations, after which each string is a term.
  ///   - members: The strings' factors.
  ///   - part: The rotations that are planned.
  ///   - tableByteCount: Bytes that tables may still take; those of this one are subtracted.
  init(
    _ circuit: RotationCircuit, _ members: [MeasurementGroup.Member], _ part: LightConePart, in coordinates: LaneCoordinates,
    _ plan: LanePlan, tableByteCount: inout Int
  ) {
    var span = ParitySpan()
    var independent = [RotationCircuit.Term]()
    var strings: [Int: [(mask: UInt64, coefficient: Double)]] = [:]
    for (term, member) in zip(circuit.terms, members) {
      let (mask, isNew) = span.insert(UInt64(coordinates.parity(of: term.z)))
      // An outcome's bits are parities without their signs, which the factors have.
      if isNew { independent.append(RotationCircuit.Term(observable: independent.count, coefficient: 1, x: 0, z: term.z)) }
      for factor in member.coefficients {
        strings[factor.observable, default: []].append((mask: mask, coefficient: term.coefficient * factor.value))
      }
    }
    outcomes = LaneOutcomes(independent, in: coordinates, plan)
    let bitCount = independent.count
    values = strings.sorted { $0.key < $1.key }.map { observable, strings in
      let values = OutcomeValues(observable: observable, strings)
      guard tableByteCount >= 8 << bitCount else { return values }
      tableByteCount -= 8 << bitCount
      return OutcomeValues(tabulating: values, bitCount: bitCount)
    }
    let rotations = plan.rotations.indices.filter { !plan.rotations[$0].angle.terms.isEmpty }
    self.rotations = rotations
    cones = Self.cones(of: values.map(\.observable), circuit, members).map { cone in
      rotations.map { cone?.contains(part.rotations[$0]) ?? true }
    }
  }

  /// Whether one of ``values`` depends on one of ``rotations``: shots of others say nothing of its derivative by that.
  func value(_ index: Int, dependsOn rotation: Int) -> Bool { cones[index][rotation] }

  /// The rotations on which observables depend; nil for all, where finding them is too much work.
  private static func cones(
    of observables: [Int], _ circuit: RotationCircuit, _ members: [MeasurementGroup.Member]
  ) -> [Set<Int>?] {
    let isWorthwhile = observables.count * circuit.rotations.count * circuit.rotations.count <= Limits.lightConeWork
    guard observables.count > 1, isWorthwhile else { return observables.map { _ in nil } }
    return observables.map { observable in
      let terms = members.indices.filter { members[$0].coefficients.contains { $0.observable == observable } }
      return Set(circuit.lightCone(of: terms))
    }
  }
}
