internal import CKernels
internal import Circuits

/// A noisy template on a few qubits with what is wanted of it, compiled once for all rows of parameters: a batch's plan.
@safe final class DensityLaneProgram: Sendable, RowColumns {
  let qubitCount: Int
  let parameterCount: Int
  let expressions: [DifferentiableExpression]
  let observableCount: Int
  let angleCount: Int
  /// States that going backwards needs.
  let keptCount: Int
  /// Reals that are read or written for one row.
  let work: Int
  let terms: NativeArray<ck_density_term>
  let termCount: Int
  /// How outcomes follow, where shots are drawn.
  let outcomes: DensityOutcomes?
  private let angles: [LinearForm]
  private let program: NativeArray<ck_density_program>
  private let owned: [any AnyObject & Sendable]

  /// 4ⁿ.
  var stringCount: Int { 1 << (2 * qubitCount) }

  /// Compiles a circuit with observables, or, without any, for shots.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for what a batch of density matrices does not take: more than
  ///   ``Limits/densityLaneQubitCount`` qubits, control flow, measurements on the way, controls of many qubits.
  init(_ circuit: Circuit, observables: [Observable]) throws(SimulatorError) {
    guard (1...Limits.densityLaneQubitCount).contains(circuit.qubitCount) else {
      throw SimulatorError(
        .unsupported,
        "a batch of density matrices of \(circuit.qubitCount) qubits; 1 to \(Limits.densityLaneQubitCount) are accepted")
    }
    var rotations = try RotationCircuit(circuit, takesMeasurements: observables.isEmpty, takesMaps: true)
    for (index, observable) in observables.enumerated() { rotations.append(observable, index: index) }
    outcomes = observables.isEmpty ? try DensityOutcomes(circuit, rotations) : nil
    let plan = DensityLanePlan(rotations)
    angles = rotations.rotations.map(\.angle)
    (qubitCount, parameterCount, expressions) = (circuit.qubitCount, circuit.parameters.count, rotations.expressions)
    (observableCount, angleCount, keptCount) = (observables.count, rotations.rotations.count, plan.keptCount)
    let terms = rotations.terms.map { term in
      ck_density_term(
        observable: UInt32(term.observable),
        string: UInt32(stringNumber(x: term.x, z: term.z)), coefficient: term.coefficient)
    }
    (self.terms, termCount) = (NativeArray(terms), terms.count)
    var native = NativeSteps(plan)
    work = native.work
    let angles = unsafe native.angles(of: rotations)
    unsafe program = unsafe NativeArray(CollectionOfOne(native.program(angles, qubitCount: circuit.qubitCount)))
    owned = native.owned
  }

  /// What a device tells of a row: values of observables, or of the strings from which outcomes follow.
  var valueCount: Int { outcomes?.strings.count ?? observableCount }

  /// Draws a row's shots, and counts them.
  ///
  /// - Parameters:
  ///   - values: Of the strings from which outcomes follow.
  ///   - row: Which of the job.
  ///   - counts: Of all rows of the job.
  func count(
    _ values: [Double], row: Int, _ shots: LaneShots, _ kernels: CPUKernels, into counts: UnsafeMutableBufferPointer<UInt32>
  ) {
    guard let outcomes else { preconditionFailure("shots of a program without outcomes") }
    let random = RandomStream(seed: shots.seed, circuit: shots.circuitIndex, row: shots.firstRow + UInt32(row))
    let draws = kernels.draws(random, shots: 0..<UInt32(shots.count), site: 0, threadCount: 1)
    let places = row << outcomes.bitCount..<(row + 1) << outcomes.bitCount
    unsafe outcomes.count(values, draws, into: UnsafeMutableBufferPointer(rebasing: counts[places]))
  }

  /// An angle, linear in the columns.
  func angle(_ number: Int) -> LinearForm { angles[number] }

  /// The columns in which an angle is linear.
  func angleTerms(_ number: Int) -> [LinearForm.Term] { angles[number].terms }

  /// What the kernels are given; valid as long as this object lives.
  var start: UnsafePointer<ck_density_program> { unsafe program.start }
}

/// Steps as the kernels take them.
private struct NativeSteps {
  private(set) var owned: [any AnyObject & Sendable] = []
  /// Reals that the steps read or write.
  private(set) var work = 0
  private var steps: [ck_density_step] = []
  private var pairs: [ck_density_pair] = []
  private var factors: [ck_density_entry] = []
  private var starts: [UInt32] = []
  private var entries: [ck_density_entry] = []
  private var firstPairs: [[DensityLanePlan.Pair]: Int] = [:]
  private var firstRows: [[[DensityLanePlan.Entry]]: Int] = [:]

  init(_ plan: DensityLanePlan) {
    for step in plan.steps {
      switch step {
      case .rotation(let number, let pairs): append(number, pairs)
      case .factors(let entries):
        steps.append(Self.step(CK_DENSITY_FACTORS, first: factors.count, count: entries.count))
        factors += entries.map { ck_density_entry(string: UInt32($0.string), factor: $0.factor) }
        work += 2 * entries.count
      case .map(let rows): append(rows)
      }
    }
  }

  private static func step(_ code: ck_density_code, number: Int = 0, first: Int, count: Int) -> ck_density_step {
    ck_density_step(code: UInt32(code.rawValue), number: UInt32(number), first: UInt32(first), count: UInt32(count))
  }

  private mutating func append(_ number: Int, _ pairs: [DensityLanePlan.Pair]) {
    let first = firstPairs[pairs] ?? self.pairs.count
    if first == self.pairs.count { self.pairs += pairs.map { ck_density_pair(q: UInt16($0.q), r: UInt16($0.r)) } }
    firstPairs[pairs] = first
    steps.append(Self.step(CK_DENSITY_ROTATION, number: number, first: first, count: pairs.count))
    work += 4 * pairs.count
  }

  private mutating func append(_ rows: [[DensityLanePlan.Entry]]) {
    work += rows.reduce(3 * rows.count) { $0 + $1.count }
    let first = firstRows[rows] ?? starts.count
    steps.append(Self.step(CK_DENSITY_MAP, first: first, count: rows.count))
    guard first == starts.count else { return }
    firstRows[rows] = first
    for row in rows {
      starts.append(UInt32(entries.count))
      entries += row.map { ck_density_entry(string: UInt32($0.string), factor: $0.factor) }
    }
    starts.append(UInt32(entries.count))
  }

  /// The rotations' angles, as batches of state vectors have them.
  mutating func angles(of circuit: RotationCircuit) -> ck_lane_program {
    var terms = [ck_lane_term]()
    let angles = circuit.rotations.enumerated().map { index, rotation in
      let first = terms.count
      terms += rotation.angle.terms.map { ck_lane_term(parameter: UInt32($0.parameter), coefficient: $0.coefficient) }
      return ck_lane_angle(
        constant: rotation.angle.constant, first: UInt32(first), count: UInt32(terms.count - first), x: UInt32(rotation.x),
        z: UInt32(rotation.z), number: UInt32(index), is_negative: false)
    }
    return unsafe ck_lane_program(
      bits: 0, is_real: false, is_spread: false, angles: keep(angles), angle_count: UInt32(angles.count), terms: keep(terms),
      support: keep([UInt32]()), growths: keep([ck_lane_growth]()), growth_count: 0, blocks: keep([ck_lane_block]()),
      block_count: 0,
      operations: keep([ck_lane_operation]()), scale_count: 0, scale_interval: 0, tables: keep([ck_lane_table]()), table_count: 0,
      factor_count: 0, strings: keep([ck_lane_string]()), sum_groups: keep([ck_lane_sum_group]()), sum_group_count: 0,
      masks: keep([UInt32]()), mask_count: 0, norm: 0, observable_terms: keep([ck_lane_observable_term]()),
      observable_term_count: 0, observable_count: 0)
  }

  mutating func program(_ angles: ck_lane_program, qubitCount: Int) -> ck_density_program {
    let initial = (0..<UInt64(1) << UInt64(qubitCount)).map { UInt32(stringNumber(x: 0, z: $0)) }
    let angles = unsafe NativeArray(CollectionOfOne(angles))
    unsafe owned.append(angles)
    return unsafe ck_density_program(
      angles: angles.start, string_count: 1 << UInt32(2 * qubitCount), initial: keep(initial), initial_count: UInt32(initial.count),
      steps: keep(steps), step_count: UInt32(steps.count), pairs: keep(pairs), factors: keep(factors), starts: keep(starts),
      entries: keep(entries))
  }

  private mutating func keep<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
    let array = NativeArray(elements)
    owned.append(array)
    return unsafe array.start
  }
}
