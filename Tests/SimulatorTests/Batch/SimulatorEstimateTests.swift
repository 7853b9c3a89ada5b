import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("observables of a template's rows on a simulator")
struct SimulatorEstimateTests {
  /// A template and what is asked of its rows.
  static func request(_ seed: UInt64, qubitCount: Int = 4, rowCount: Int = 37, precision: Precision = .double) throws
    -> SimulationRequest
  {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.circuit(gateCount: 20)
    let observables = try (0..<3).map { _ in try template.observable() }
    return SimulationRequest(
      circuit: circuit, rows: (0..<rowCount).map { _ in template.row() }, observables: observables, precision: precision)
  }

  static func values(_ results: [SimulationResult]) -> [[Double]] { results.map { $0.expectations.map(\.value) } }

  @Test("shots of rows are drawn by the method that is asked for, which may refuse them")
  func shotMethod() throws {
    var request = SimulationRequest(circuit: try Circuit(qubitCount: 2), observables: [try Observable("ZZ")], precision: .double)
    try request.circuit.append(.ry, 0.3, on: 0)
    var (values, errors) = ([0.0], [0.0])
    func estimate(_ method: SimulationMethod) throws {
      request.method = method
      let estimator = try Estimator(inRows: request, simulator: CircuitSimulator(device: "cpu"))
      var places = values.mutableSpan
      var errorPlaces = errors.mutableSpan
      let angles: [Double] = []
      try estimator.estimate(angles.span, rowCount: 1, shots: 100, seed: 1, values: &places, standardErrors: &errorPlaces)
    }
    for method in [SimulationMethod.auto, .statevector, .densityMatrix] { try estimate(method) }
    #expect(throws: SimulatorError.self) { try estimate(.stabilizer) }
  }

  @Test("the values are those of rows that run one after the other: 1e-11 in double, 2e-5 in single", arguments: 1...8)
  func sameValues(_ seed: UInt64) throws {
    let simulator = try CircuitSimulator(device: "cpu")
    for (precision, tolerance) in [(Precision.double, 1e-11), (.single, 2e-5)] {
      var request = try Self.request(seed, precision: precision)
      let batch = try simulator.run(request)
      request.isReproducible = true
      let rows = try simulator.run(request)
      #expect(Set(batch.map(\.method)) == ["statevector-lanes"] && Set(rows.map(\.method)) == ["statevector"])
      let error = zip(Self.values(batch).joined(), Self.values(rows).joined()).map { abs($0 - $1) }.max() ?? 1
      #expect(error < tolerance, "\(precision): \(error)")
      #expect(batch.map(\.pruned) == rows.map(\.pruned) && batch.map(\.qubitCount) == rows.map(\.qubitCount))
      #expect(batch.map(\.row) == rows.map(\.row) && batch.allSatisfy { $0.device == "cpu" && $0.precision == precision })
      #expect(batch.allSatisfy { $0.expectations.allSatisfy { $0.standardError == 0 } && $0.counts == nil })
    }
  }

  @Test("the same bits however a job's rows are split, on the same simulator and on others", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    let whole = try Self.request(seed, precision: .single)
    let expected = Self.values(try CircuitSimulator(device: "cpu").run(whole))
    for length in [1, 5, 16] {
      let simulator = try CircuitSimulator(device: "cpu")
      var found = [[Double]]()
      for first in stride(from: 0, to: whole.rows.count, by: length) {
        var part = whole
        part.rows = Array(whole.rows[first..<min(first + length, whole.rows.count)])
        part.firstRow = UInt32(first)
        let results = try simulator.run(part)
        #expect(results.map { Int($0.row) } == Array(first..<first + part.rows.count))
        found += Self.values(results)
      }
      #expect(found == expected, "\(length) rows at a time")
    }
  }

  @Test("a template that comes again after others gives the same, in each precision and for other observables")
  func again() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let requests = try (1...3).flatMap { seed in
      let request = try Self.request(UInt64(seed), rowCount: 3)
      var (single, fewer) = (request, request)
      single.precision = .single
      fewer.observables.removeLast()
      return [request, single, fewer]
    }
    let first = try requests.map { try simulator.run($0) }
    let second = try requests.reversed().map { try simulator.run($0) }.reversed()
    let fresh = try requests.map { try CircuitSimulator(device: "cpu").run($0) }
    #expect(first.map(Self.values) == second.map(Self.values) && first.map(Self.values) == fresh.map(Self.values))
    #expect(first.map { $0.map(\.precision) } == second.map { $0.map(\.precision) })
  }

  @Test("what is left out is named, measurements at the end are in no one's way, and idle observables have their value")
  func pruned() throws {
    var circuit = try Circuit(qubitCount: 6, classicalBitCount: 1)
    let angle = ClassicalExpression.parameter(Parameter("a"))
    try circuit.append(.ry, angle, on: 1)
    try circuit.append(.h, on: 4)
    try circuit.measure(1, into: 0)
    let observables = try [Observable("IIIIZI"), Observable("ZIIIII")]
    let request = SimulationRequest(circuit: circuit, rows: [[0], [.pi]], observables: observables, precision: .double)
    let results = try CircuitSimulator(device: "cpu").run(request)
    #expect(results.map(\.method) == ["statevector-lanes", "statevector-lanes"])
    #expect(results.allSatisfy { $0.qubitCount == 6 && $0.pruned == Pruning(qubits: [0, 2, 3, 4, 5], operationCount: 1) })
    for (found, expected) in zip(Self.values(results), [[1.0, 1], [-1, 1]]) {
      for (value, wanted) in zip(found, expected) { #expect(abs(value - wanted) < 1e-12) }
    }
  }

  @Test("measurements at the end change nothing where everything is needed")
  func measured() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.ry, ClassicalExpression.parameter(Parameter("a")), on: 0)
    try circuit.measure(0, into: 0)
    let request = SimulationRequest(circuit: circuit, rows: [[0.3]], observables: [try Observable("X")], precision: .double)
    let result = try CircuitSimulator(device: "cpu").run(request)[0]
    #expect(result.method == "statevector-lanes" && result.pruned == nil)
    #expect(abs(result.expectations[0].value - 0.29552020666133955) < 1e-12)
  }

  @Test("rows run one after the other where more than values is asked for, where nothing varies, and where lanes cannot")
  func otherwise() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let base = try Self.request(3, rowCount: 2)
    func method(_ change: (inout SimulationRequest) throws -> Void) throws -> Set<String> {
      var request = base
      try change(&request)
      return Set(try simulator.run(request).map(\.method))
    }
    #expect(try method { _ in } == ["statevector-lanes"])
    #expect(try method { $0.shots = 10 } == ["statevector"])
    #expect(try method { $0.wantsProbabilities = true } == ["statevector"])
    #expect(try method { $0.wantsStatevector = true } == ["statevector"])
    #expect(try method { $0.isReproducible = true } == ["statevector"])
    #expect(try method { $0.explainsPlan = true } == ["statevector"])
    #expect(
      try method {
        try $0.circuit.append(.reset(qubit: 0)); try $0.circuit.append(.h, on: 0)
      } == ["statevector"])
    let fixed = try Circuit(qubitCount: 4)
    #expect(try method { ($0.circuit, $0.rows) = (fixed, [[]]) } == ["statevector"])
  }

  @Test("what is wrong with a row is told with the row's number in its job")
  func wrongRows() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    var circuit = try Circuit(qubitCount: 1)
    let parameter = Parameter("theta")
    try circuit.append(.rx, .parameter(parameter), on: 0)
    var root = try Circuit(qubitCount: 1)
    try root.append(.rx, .call(.sqrt, [.parameter(parameter)]), on: 0)
    let cases: [(Circuit, [Double], String)] = [
      (circuit, [.nan], "row 118: parameter 'theta' is nan"), (circuit, [0x1p60], "row 118, parameter 0 is"),
      (root, [-1], "row 118: "), (circuit, [], "row 118 has 0 values for 1 parameters (theta)"),
    ]
    for (circuit, wrong, message) in cases {
      let rows = Array(repeating: [0.5], count: 18) + [wrong, [0.5]]
      let request = SimulationRequest(circuit: circuit, rows: rows, observables: [try Observable("Z")], firstRow: 100)
      let error = #expect(throws: SimulatorError.self) { try simulator.run(request) }
      #expect(error?.code == .invalidArgument && error?.message.contains(message) == true, "\(String(describing: error))")
    }
    let request = SimulationRequest(circuit: circuit, rows: [[0.5]], observables: [try Observable("ZZ")])
    let error = #expect(throws: SimulatorError.self) { try simulator.run(request) }
    #expect(error?.code == .invalidArgument && error?.message.contains("'ZZ' is on 2 qubits") == true)
  }

  @Test("gradients come with the values, as an estimator has them, and an estimator of the request gives the same bits")
  func gradients() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    var request = try Self.request(5)
    let values = Self.values(try simulator.run(request))
    request.differentiation = .adjoint
    let results = try simulator.run(request)
    let estimator = try Estimator(request.circuit, observables: request.observables, precision: .double)
    var (expected, gradients) = ([Double](repeating: 0, count: 37 * 3), [Double](repeating: 0, count: 37 * 3 * 4))
    var places = expected.mutableSpan
    var derivatives = gradients.mutableSpan
    let parameters = request.rows.flatMap(\.self)
    try estimator.differentiate(parameters.span, rowCount: 37, values: &places, gradients: &derivatives)
    #expect(results.allSatisfy { $0.expectations.allSatisfy { $0.gradient.count == 4 } })
    let error = zip(results.flatMap { $0.expectations.flatMap(\.gradient) }, gradients).map { abs($0 - $1) }.max() ?? 1
    #expect(error < 1e-11 && gradients.contains { abs($0) > 0.1 }, "\(error)")
    #expect(zip(Self.values(results).joined(), values.joined()).allSatisfy { abs($0 - $1) < 1e-12 })
    var again = [Double](repeating: 0, count: 37 * 3)
    var room = again.mutableSpan
    request.differentiation = nil
    try simulator.estimator(for: request).estimate(parameters.span, rowCount: 37, into: &room)
    #expect(again == Array(values.joined()))
  }

  @Test("an estimator of rows that do not run together gives the bits that a run gives")
  func estimatorOfRows() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    var request = try Self.request(6, rowCount: 5)
    request.isReproducible = true
    let estimator = try simulator.estimator(for: request)
    var values = [Double](repeating: 0, count: 15)
    var places = values.mutableSpan
    let parameters = request.rows.flatMap(\.self)
    try estimator.estimate(parameters.span, rowCount: 5, into: &places)
    let expected = Self.values(try simulator.run(request)).flatMap(\.self)
    #expect(estimator.method == .rows && values == expected)
    estimator.firstRow = 100
    let wrong = Array(parameters.dropLast()) + [.nan]
    let error = #expect(throws: SimulatorError.self) {
      var places = values.mutableSpan
      try estimator.estimate(wrong.span, rowCount: 5, into: &places)
    }
    #expect(error?.message.contains("row 104: parameter 'd' is nan") == true, "\(error as Any)")
  }

  @Test("states too large for the cache run one after the other, and their gradients in lanes all the same", arguments: [16, 17])
  func large(_ qubitCount: Int) throws {
    var circuit = try Circuit(qubitCount: qubitCount)
    let parameter = Parameter("a")
    for qubit in 0..<qubitCount { try circuit.append(.ry, .parameter(parameter), on: qubit) }
    for qubit in 1..<qubitCount { try circuit.append(.cx, on: qubit - 1, qubit) }
    for qubit in 0..<qubitCount { try circuit.append(.rx, .parameter(parameter), on: qubit) }
    let label = String(repeating: "Z", count: qubitCount)
    var request = SimulationRequest(circuit: circuit, rows: [[0.3]], observables: [try Observable(label)], precision: .double)
    let simulator = try CircuitSimulator(device: "cpu")
    let values = try simulator.run(request)[0]
    #expect(values.method == (qubitCount == 16 ? "statevector-lanes" : "statevector"))
    request.differentiation = .adjoint
    let both = try simulator.run(request)[0]
    #expect(both.method == "statevector-lanes" && abs(both.expectations[0].value - values.expectations[0].value) < 1e-12)
    (request.rows, request.differentiation) = ([[0.3 - 1e-5], [0.3 + 1e-5]], nil)
    let sides = try simulator.run(request).map { $0.expectations[0].value }
    #expect(abs(both.expectations[0].gradient[0] - (sides[1] - sides[0]) / 2e-5) < 1e-8)
  }

  @Test("gradients that cannot be had are refused, and errors on their way name the job's row")
  func refusedGradients() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    var request = try Self.request(3)
    request.differentiation = .adjoint
    (request.firstRow, request.rows[20][0]) = (100, 0x1p60)
    let error = #expect(throws: SimulatorError.self) { try simulator.run(request) }
    #expect(error?.code == .invalidArgument && error?.message.contains("row 120, parameter 0") == true, "\(error as Any)")
    let changes: [(inout SimulationRequest) throws -> Void] = [
      { $0.shots = 10 }, { $0.isReproducible = true }, { try $0.circuit.append(.reset(qubit: 0)) },
    ]
    for change in changes {
      var request = try Self.request(3, rowCount: 1)
      request.differentiation = .adjoint
      try change(&request)
      let error = #expect(throws: SimulatorError.self) { try simulator.run(request) }
      #expect(error?.code == .unsupported && error?.message.contains("gradients need") == true)
      #expect(throws: SimulatorError.self) { try simulator.estimator(for: request) }
    }
  }

  @Test("a stop ends a run of many rows")
  func stop() throws {
    let flag = StopFlag()
    flag.set()
    let request = try Self.request(1)
    let error = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request, stop: flag) }
    #expect(error?.code == .cancelled)
  }
}

@Suite("compiled templates")
struct CompiledTemplateCacheTests {
  private func key(_ seed: UInt64) throws -> (TemplateCache.Key, CompiledTemplate) {
    let request = try SimulatorEstimateTests.request(seed)
    let estimator = try Estimator(request.circuit, observables: request.observables, precision: .double)
    return (TemplateCache.Key(request), CompiledTemplate(runner: .estimator(estimator), qubitCount: 4, pruning: nil))
  }

  private static func estimator(_ template: CompiledTemplate??) -> Estimator? {
    if case .estimator(let estimator) = template??.runner { estimator } else { nil }
  }

  @Test("the least recently used gives way, and what does not run in lanes is remembered too")
  func count() throws {
    var cache = TemplateCache(countLimit: 2)
    let entries = try (1...3).map { try key(UInt64($0)) }
    cache.insert(entries[0].1, for: entries[0].0)
    cache.insert(nil, for: entries[1].0)
    #expect(Self.estimator(cache.template(for: entries[0].0)) === Self.estimator(entries[0].1))
    cache.insert(entries[2].1, for: entries[2].0)
    #expect(cache.count == 2 && cache.template(for: entries[1].0) == nil)
    cache.insert(nil, for: entries[1].0)
    guard case .some(.none) = cache.template(for: entries[1].0) else {
      Issue.record("forgotten")
      return
    }
    #expect(cache.template(for: entries[0].0) == nil && cache.template(for: entries[2].0) != nil)
  }

  @Test("memory beyond the limit is given back, that of the last one used excepted")
  func bytes() throws {
    var cache = TemplateCache(byteLimit: 1)
    let requests = try (1...3).map { try SimulatorEstimateTests.request(UInt64($0)) }
    for (index, request) in requests.enumerated() {
      let (key, template) = try key(UInt64(index + 1))
      cache.insert(template, for: key)
      _ = try template.run(request, compileSeconds: 0, stop: StopFlag())
      #expect(template.keptByteCount > 1)
    }
    cache.trim()
    #expect(cache.count == 1)
    #expect(cache.template(for: TemplateCache.Key(requests[2])) != nil)
  }
}
