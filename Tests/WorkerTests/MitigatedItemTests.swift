import Circuits
import Mitigation
import Protocol
import Simulator
import Testing

@testable import Worker

@Suite("items whose values are mitigated")
struct MitigatedItemTests {
  private let executor: SimulatorItemExecutor

  init() throws { executor = try SimulatorItemExecutor(device: "cpu") }

  private static let observables = [
    ObservableRequest(label: "ZZI"), ObservableRequest(name: "sum", terms: [.init(0.5, "ZIZ"), .init(-1, "XXI")]),
  ]
  private static let angles = [0.4, 1.3, -0.7, 2.1, 0.2]

  /// Three qubits, gates of two of them, a free angle.
  private static func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.ry, .literal(.float(0.7)), on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.rx, .parameter(Parameter("theta")), on: 2)
    try circuit.append(.cx, on: 1, 2)
    try circuit.append(.ry, .literal(.float(0.5)), on: 1)
    try circuit.append(.cx, on: 0, 1)
    return circuit
  }

  private func item(
    _ mitigation: MitigationSettings?, shots: Int? = nil, seed: UInt64 = 5, circuit: UInt64 = 9, _ template: Template
  ) throws -> Item {
    let settings = ExecutionSettings(
      shots: shots, observables: Self.observables, seed: seed, precision: .double, mitigation: mitigation)
    let rows = try ParameterRows(names: ["theta"], values: Self.angles, count: Self.angles.count)
    return Item(template: template.digest, name: "c", circuit: circuit, rows: rows, settings: settings)
  }

  private func template() throws -> Template { try Template(Self.circuit(), noise: CircuitNoise(deviceNamed: "manila")) }

  private func expectations(_ results: CircuitResults) throws -> [[CircuitValues.Expectation]] {
    try results.map { result in try #require(result.values, "\(result.outcome)").expectations }
  }

  private func failure(_ item: Item, of template: Template) throws -> CircuitFailure {
    let error = try #require(throws: ItemError.self) { try executor.execute(item, of: template, stop: StopFlag()) }
    guard case .circuit(let failure) = error else { throw error }
    return failure
  }

  // MARK: Values

  /// Exact values of a circuit with its noise, by row and observable.
  private static func measured(_ circuit: Circuit, _ observables: [Observable]) throws -> [[Measured]] {
    var request = SimulationRequest(circuit: circuit, rows: angles.map { [$0] }, observables: observables, precision: .double)
    request.method = .densityMatrix
    return try CircuitSimulator(device: "cpu").run(request).map { $0.expectations.map { Measured($0.value, standardError: 0) } }
  }

  /// What the library makes of a circuit's exact values, by row and observable.
  private static func direct(_ method: MitigationSettings.Method, seed: UInt64, circuit key: UInt32) throws -> [[MitigatedEstimate]]
  {
    let (circuit, noise) = (try circuit(), try CircuitNoise(deviceNamed: "manila"))
    let device = try #require(noise.device)
    let observables = [try Observable("ZZI"), try Observable("0.5*ZIZ - XXI")]
    var generator = VariantGenerator(RandomStream(seed: seed, circuit: key, row: .max))
    func values(_ circuits: [Circuit]) throws -> [[[Measured]]] {
      try circuits.map { try measured(try noise.applied(to: $0), observables) }
    }
    func rows(_ estimate: (Int, Int) throws -> MitigatedEstimate) rethrows -> [[MitigatedEstimate]] {
      try angles.indices.map { row in try observables.indices.map { try estimate(row, $0) } }
    }
    switch method {
    case .zne:
      let technique = ZeroNoiseExtrapolation(
        scales: [1, 1.5, 3], folding: .local(.all, rest: .random), fit: .polynomial(degree: 2))
      let variants = try technique.variants(of: circuit, using: &generator)
      let found = try values(variants.map(\.circuit))
      return try rows { row, index in try technique.estimate(at: variants.map(\.scale), found.map { $0[row][index] }) }
    case .pec:
      let padded = try Schedule(circuit, on: device).padded
      let cancelled = try ProbabilisticErrorCancellation(noise.model).cancelled(padded)
      let variants = try cancelled.variants(count: 60, using: &generator)
      let found = try variants.map { try measured(try noise.model.applied(to: $0.circuit), observables) }
      return try rows { row, index in try cancelled.estimate(variants, found.map { $0[row][index] }) }
    case .twirling:
      let variants = try PauliTwirling().variants(of: circuit, count: 6, using: &generator)
      let found = try values(variants)
      return try rows { row, index in try PauliTwirling().estimate(found.map { $0[row][index] }) }
    case .cdr:
      let technique = CliffordDataRegression(trainingCount: 8, keptCount: 1, replacement: .random)
      let training = try technique.variants(of: circuit, using: &generator)
      let (found, exact) = (try values([circuit] + training), try training.map { try measured($0, observables) })
      return try rows { row, index in
        try technique.estimate(
          of: found[0][row][index], noisy: found.dropFirst().map { $0[row][index] }, exact: exact.map { $0[row][index].value })
      }
    case .dd:
      let decoupled = try DynamicalDecoupling(.cpmg).decoupled(circuit, on: device)
      let found = try values([decoupled.circuit])[0]
      return rows { row, index in
        MitigatedEstimate(method: "dd", value: found[row][index].value, standardError: found[row][index].variance.squareRoot())
      }
    case .symmetry:
      let expansion = try SymmetryExpansion([.init(try PauliString("ZII"), isPositive: false)])
      let pairs = try observables.map { try expansion.observables(for: $0) }
      let found = try measured(try noise.applied(to: circuit), pairs.flatMap { [$0.numerator, $0.denominator] })
      return try rows { row, index in
        try expansion.estimate(numerator: found[row][2 * index], denominator: found[row][2 * index + 1])
      }
    case .readout: return []
    }
  }

  private static let exactSettings: [MitigationSettings] = [
    MitigationSettings(.zne, scales: [1, 1.5, 3], fit: .polynomial(degree: 2), folding: .local),
    MitigationSettings(.pec, samples: 60), MitigationSettings(.twirling, samples: 6),
    MitigationSettings(.cdr, samples: 8, cdrKept: 1), MitigationSettings(.dd, ddSequence: .cpmg),
    MitigationSettings(.symmetry, symmetries: ["-ZII"]),
  ]

  @Test("values are those that the library makes when it is called with a simulator: 1e-9", arguments: exactSettings)
  func library(_ mitigation: MitigationSettings) throws {
    let template = try template()
    let results = try executor.execute(try item(mitigation, template), of: template, stop: StopFlag())
    let direct = try Self.direct(mitigation.method, seed: 5, circuit: 9)
    let plain = try executor.execute(try item(nil, template), of: template, stop: StopFlag())
    for (row, (found, expected)) in zip(try expectations(results), direct).enumerated() {
      for (index, (value, estimate)) in zip(found, expected).enumerated() {
        let mitigated = try #require(value.mitigated)
        #expect(mitigated.method == mitigation.method.rawValue && mitigated.variants >= 1)
        #expect(abs(mitigated.value - estimate.value) < 1e-9, "row \(row), observable \(index)")
        #expect(abs(mitigated.standardError - estimate.standardError) < 1e-9)
        #expect(abs(mitigated.samplingOverhead / estimate.samplingOverhead - 1) < 1e-9)
        #expect(value.value == (try expectations(plain))[row][index].value, "the value beside it is another")
      }
    }
  }

  @Test("values from shots have their error: extrapolated ones are within six of them of what exact values come to")
  func sampledValues() throws {
    var model = NoiseModel()
    try model.append(.init(gates: ["cx"], channel: try .depolarizing(0.02, qubitCount: 2)))
    let template = try Template(try Self.circuit(), noise: CircuitNoise(.model, json: Array(model.json().utf8)))
    let mitigation = MitigationSettings(.zne)
    let exact = try expectations(try executor.execute(try item(mitigation, template), of: template, stop: StopFlag()))
    let drawn = try expectations(
      try executor.execute(try item(mitigation, shots: 20_000, template), of: template, stop: StopFlag()))
    for (exact, drawn) in zip(exact.joined(), drawn.joined()) {
      let (wanted, found) = (try #require(exact.mitigated), try #require(drawn.mitigated))
      #expect(wanted.standardError == 0 && found.standardError > 0 && found.value != wanted.value)
      #expect(abs(found.value - wanted.value) < 6 * found.standardError)
      // Of one shot a value of at most 1.5 has at most 1.5; three of 20,000 each, on a line to 0, at most 1.6 times as much as one.
      #expect(found.standardError < 1.6 * 1.5 / 20_000.0.squareRoot())
    }
    for result in try executor.execute(try item(mitigation, shots: 1, template), of: template, stop: StopFlag()) {
      guard case .failure(let failure) = result.outcome else { throw Unexpected() }
      #expect(failure.message.contains("1 shot"))
    }
  }

  @Test("errors of reading are undone: the mean over rows is within six standard errors of what it is without them")
  func readout() throws {
    var model = NoiseModel()
    try model.append(NoiseModel.Readout(error: try ReadoutError([[0.95, 0.05], [0.1, 0.9]])))
    let template = try Template(try Self.circuit(), noise: CircuitNoise(.model, json: Array(model.json().utf8)))
    let exact = try Self.measured(try Self.circuit(), [try Observable("ZZI"), try Observable("0.5*ZIZ - XXI")])
    for method in MitigationSettings.ReadoutMethod.allCases {
      let mitigation = MitigationSettings(.readout, readoutMethod: method)
      let results = try executor.execute(try item(mitigation, shots: 20_000, template), of: template, stop: StopFlag())
      for (row, found) in try expectations(results).enumerated() {
        for (index, value) in found.enumerated() {
          let mitigated = try #require(value.mitigated)
          let bias = method == .inverse ? 0 : 0.03
          #expect(abs(mitigated.value - exact[row][index].value) < 6 * mitigated.standardError + bias, "row \(row), \(method)")
        }
      }
    }
  }

  private struct Unexpected: Error {}

  // MARK: Leases

  private static let sampled =
    exactSettings + [MitigationSettings(.readout), MitigationSettings(.readout, readoutMethod: .unfolding)]

  @Test("rows have the same values whatever lease they come in, on whatever worker", arguments: sampled)
  func slices(_ mitigation: MitigationSettings) throws {
    let template = try template()
    for shots in mitigation.method == .readout ? [200] : [nil, 200] {
      let item = try item(mitigation, shots: shots, template)
      let whole = try executor.execute(item, of: template, stop: StopFlag())
      let other = try SimulatorItemExecutor(device: "cpu")
      var parts = CircuitResults()
      for range in [0..<1, 1..<4, 4..<5] {
        parts.append(contentsOf: try other.execute(item.slice(range), of: template, stop: StopFlag()))
      }
      #expect(parts.map(\.row) == whole.map(\.row))
      #expect(try expectations(parts) == expectations(whole))
      #expect(parts.map { $0.values?.counts } == whole.map { $0.values?.counts })
    }
  }

  @Test("rows whose variants' values do not fit at once go one window after the other, and a row that is too large is refused")
  func windows() throws {
    let template = try template()
    let item = try item(MitigationSettings(.twirling, samples: 3), template)
    let whole = try executor.execute(item, of: template, stop: StopFlag())
    var totals: [Int] = []
    executor.variantProgress = { if $0 == $1 { totals.append($1) } }
    executor.variantValueLimit = 2 * (4 * 2 * 2)
    #expect(try expectations(try executor.execute(item, of: template, stop: StopFlag())) == expectations(whole))
    #expect(totals == [3, 3, 3], "five rows in windows of two")
    executor.variantValueLimit = 15
    let failure = try failure(item, of: template)
    #expect(failure.code == "limit_exceeded" && failure.message.contains("4 circuits with 2 observables"), "\(failure.message)")
  }

  @Test("variants are drawn anew for each seed and each circuit of a job")
  func draws() throws {
    let template = try template()
    let mitigation = MitigationSettings(.twirling, samples: 3)
    let values = try [(5, 9), (5, 10), (6, 9)].map { seed, circuit in
      let item = try item(mitigation, seed: UInt64(seed), circuit: UInt64(circuit), template)
      return try expectations(try executor.execute(item, of: template, stop: StopFlag()))[0][0].mitigated?.value
    }
    #expect(Set(values).count == 3 && !values.contains(nil))
  }

  @Test("a stop is heard between variants")
  func stop() throws {
    let template = try template()
    let flag = StopFlag()
    var done = 0
    executor.variantProgress = { count, total in
      done = count
      #expect(total == 50)
      if count == 2 { flag.set() }
    }
    let item = try item(MitigationSettings(.twirling, samples: 50), template)
    #expect(throws: ItemError.stopped) { try executor.execute(item, of: template, stop: flag) }
    #expect(done == 2)
  }

  // MARK: Failures

  @Test(
    "what cannot be mitigated is a failure of its item, with what is missing",
    arguments: [
      (MitigationSettings(.pec), "the circuit comes without noise"),
      (MitigationSettings(.dd), "the circuit comes without a device"),
      (MitigationSettings(.zne, scales: [2]), "different scale factors"),
      (MitigationSettings(.zne, fit: .polynomial(degree: 7)), "different scale factors"),
      (MitigationSettings(.cdr, cdrKept: 50), "50 rotations are to be kept"),
      (MitigationSettings(.symmetry, symmetries: ["ZZ"]), "symmetries of 2"),
    ])
  func failures(_ mitigation: MitigationSettings, _ words: String) throws {
    let template = try Template(Self.circuit())
    let failure = try failure(try item(mitigation, template), of: template)
    #expect(failure.message.contains(words), "\(failure.message)")
  }

  @Test("a circuit that has noise already is refused, and so is one that its device cannot run")
  func noisyCircuits() throws {
    var noisy = try CircuitNoise(deviceNamed: "manila").applied(to: Self.circuit())
    let channels = try Template(noisy)
    let message = try failure(try item(MitigationSettings(.zne), channels), of: channels).message
    #expect(message.contains("noise"), "\(message)")
    noisy = try Self.circuit()
    try noisy.append(.cx, on: 0, 2)
    let uncoupled = try Template(noisy, noise: CircuitNoise(deviceNamed: "manila"))
    #expect(try failure(try item(MitigationSettings(.zne), uncoupled), of: uncoupled).message.contains("cx on qubits 0, 2"))
    let garbage = try Template(format: .noisyCircuit, bytes: [1, 1, 0])
    #expect(try failure(try item(MitigationSettings(.zne), garbage), of: garbage).code == "malformed")
  }

  @Test("a row that cannot run is a failure by itself; the others have the values that they have without it")
  func failedRow() throws {
    var circuit = try Self.circuit()
    try circuit.append(.rz, .call(.sqrt, [.parameter(Parameter("theta"))]), on: 0)
    let template = try Template(circuit, noise: CircuitNoise(deviceNamed: "manila"))
    let item = try item(MitigationSettings(.zne), template)
    let results = try executor.execute(item, of: template, stop: StopFlag())
    #expect(results.map { $0.values == nil } == Self.angles.map { $0 < 0 })
    for row in [0, 4] {
      let alone = try executor.execute(item.slice(row..<row + 1), of: template, stop: StopFlag())
      #expect(results[row].values?.expectations == alone[0].values?.expectations)
    }
    guard case .failure(let failure) = results[2].outcome else { return }
    #expect(failure.message.contains("row 2"), "\(failure.message)")
  }

  @Test("what a peer may ask for is what the techniques take")
  func limits() {
    #expect(Protocol.Limits.mitigationSampleCount == Mitigation.Limits.variantCount)
    #expect(Protocol.Limits.mitigationScaleCount == Mitigation.Limits.fitPointCount)
    #expect(Protocol.Limits.mitigationScale == Mitigation.Limits.scaleFactor)
    #expect(Protocol.Limits.mitigationDegree == Mitigation.Limits.polynomialDegree)
    #expect(Protocol.Limits.mitigationSymmetryCount == Mitigation.Limits.symmetryCount)
    #expect(Protocol.Limits.mitigationRotationCount == Mitigation.Limits.variantInstructionCount)
  }
}
