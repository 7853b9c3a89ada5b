import Circuits
package import Protocol
package import Simulator

/// Runs items with the simulator.
///
/// Templates are parsed once and kept: a job's leases, and later jobs of the same structure, bring only parameters.
package final class SimulatorItemExecutor: ItemExecutor {
  let simulator: CircuitSimulator
  /// Told how many variants of an item that is mitigated are done, of how many.
  package var variantProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// Values of variants that are held at once.
  var variantValueLimit = Limits.variantValueCount
  private var circuits = CircuitCache(countLimit: Limits.circuitCount)

  /// Makes a device ready, and checks that it computes what it should.
  ///
  /// - Throws: ``SimulatorError`` when there is no such device, or with code `device_failure` when it computes something else.
  package init(device: String, catalogue: DeviceCatalogue = DeviceCatalogue()) throws {
    simulator = try CircuitSimulator(device: device, catalogue: catalogue)
    try SelfTest.run(on: simulator)
  }

  package func execute(_ item: Item, of template: Template, stop: StopFlag) throws(ItemError) -> CircuitResults {
    let results = try run(item, template, stop).results
    guard let mitigation = item.settings.mitigation else { return results }
    return CircuitResults(
      try mitigated(Array(results), by: mitigation, item, try circuit(of: template, item), stop))
  }

  /// The same with the derivatives of each observable's value by each parameter.
  package func differentiate(
    _ item: Item, of template: Template, by method: DifferentiationMethod, stop: StopFlag
  ) throws(ItemError) -> CircuitResults {
    try run(item, template, differentiation: method, stop).results
  }

  /// The same with the plan of the item's first row, each pass of which is timed; nil for the plan of rows that cannot all run.
  package func explain(
    _ item: Item, of template: Template, stop: StopFlag
  ) throws(ItemError) -> (results: CircuitResults, plan: PlanReport?) {
    try run(item, template, explainsPlan: true, stop)
  }

  private func run(
    _ item: Item, _ template: Template, explainsPlan: Bool = false, differentiation: DifferentiationMethod? = nil, _ stop: StopFlag
  ) throws(ItemError) -> (results: CircuitResults, plan: PlanReport?) {
    let start = ContinuousClock().now
    var request = try requestWithoutRows(item, of: try circuit(of: template, item).circuit)
    (request.explainsPlan, request.differentiation) = (explainsPlan, differentiation)
    let parameters = try parameters(of: item, for: request.circuit)
    let preparation = ContinuousClock().now - start
    do throws(SimulatorError) {
      if let columns = try simulator.runTogether(request, parameters: parameters, rowCount: item.rows.count, stop: stop) {
        return (CircuitResults(ResultRows(item, columns, preparation: preparation)), nil)
      }
      request.rows = rows(parameters, item)
      let found = try simulator.run(request, stop: stop)
      let results = found.enumerated().map { offset, result in
        // The first row bears the time of parsing, as it bears that of planning.
        CircuitResult(item, result, preparation: offset == 0 ? preparation : .zero)
      }
      return (CircuitResults(results), found.first?.plan)
    } catch {
      guard case .circuit = ItemError(error), item.rows.count > 1 else { throw ItemError(error) }
      return (CircuitResults(try runEach(request, rows(parameters, item), item, stop)), nil)
    }
  }

  /// Runs rows one by one, so that those which cannot run are told from those which can.
  private func runEach(
    _ request: SimulationRequest, _ rows: [[Double]], _ item: Item, _ stop: StopFlag
  ) throws(ItemError) -> [CircuitResult] {
    var results: [CircuitResult] = []
    for (offset, row) in rows.enumerated() {
      var single = request
      single.rows = [row]
      single.firstRow = request.firstRow + UInt32(offset)
      do throws(SimulatorError) {
        results.append(CircuitResult(item, try simulator.run(single, stop: stop)[0], preparation: .zero))
      } catch {
        guard case .circuit(let failure) = ItemError(error) else { throw ItemError(error) }
        results.append(CircuitResult(item: item.index, row: item.firstRow + offset, outcome: .failure(failure)))
      }
    }
    return results
  }

  /// A template's circuit, read once.
  func circuit(of template: Template, _ item: Item) throws(ItemError) -> ExecutableCircuit {
    if let circuit = circuits[template.digest] { return circuit }
    let circuit = try ExecutableCircuit(template, name: item.name)
    circuits[template.digest] = circuit
    return circuit
  }

  /// What to run for an item: its rows of its circuit, with what is wanted of them.
  func request(_ item: Item, of circuit: Circuit) throws(ItemError) -> SimulationRequest {
    var request = try requestWithoutRows(item, of: circuit)
    request.rows = rows(try parameters(of: item, for: circuit), item)
    return request
  }

  private func requestWithoutRows(_ item: Item, of circuit: Circuit) throws(ItemError) -> SimulationRequest {
    var request = SimulationRequest(circuit: circuit, rows: [])
    try configure(&request, item)
    return request
  }

  private func configure(_ request: inout SimulationRequest, _ item: Item) throws(ItemError) {
    let settings = item.settings
    guard let method = settings.method.isEmpty ? .auto : SimulationMethod(rawValue: settings.method) else {
      let accepted = SimulationMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw .circuit(CircuitFailure(code: "unsupported", message: "method \(settings.method); accepted are \(accepted)"))
    }
    guard let index = UInt32(exactly: item.circuit) else {
      let message = "circuit index \(item.circuit): at most \(UInt32.max) is accepted"
      throw .circuit(CircuitFailure(code: SimulatorError.Code.invalidArgument.rawValue, message: message))
    }
    request.method = method
    (request.shots, request.trajectories, request.targetError) = (settings.shots, settings.trajectories, settings.targetError)
    request.observables = try observables(of: settings)
    request.wantsProbabilities = settings.wantsProbabilities
    request.wantsStatevector = settings.wantsStatevector
    request.seed = settings.seed
    request.circuitIndex = index
    request.firstRow = UInt32(item.firstRow)  // a job has at most 2²⁰ rows
    request.precision = settings.precision == .single ? .single : .double
    request.isReproducible = settings.isReproducible
  }

  /// The rows one after the other, with their columns in the circuit's order.
  private func parameters(of item: Item, for circuit: Circuit) throws(ItemError) -> [Double] {
    let (given, wanted) = (item.rows.names, circuit.parameters.map(\.name))
    if given == wanted { return item.rows.values }
    guard Set(given) == Set(wanted) else {
      let message =
        "values for \(given.isEmpty ? "no parameters" : given.joined(separator: ", ")); the circuit has "
        + (wanted.isEmpty ? "none" : wanted.joined(separator: ", "))
      throw .circuit(CircuitFailure(code: SimulatorError.Code.invalidArgument.rawValue, message: message))
    }
    let columns = wanted.map { given.firstIndex(of: $0)! }
    return (0..<item.rows.count).flatMap { row in
      let values = item.rows[row]
      return columns.map { values[values.startIndex + $0] }
    }
  }

  /// The same row by row.
  private func rows(_ parameters: [Double], _ item: Item) -> [[Double]] {
    let width = item.rows.names.count
    return (0..<item.rows.count).map { Array(parameters[$0 * width..<($0 + 1) * width]) }
  }

  private func observables(of settings: ExecutionSettings) throws(ItemError) -> [Observable] {
    do throws(CircuitError) {
      return try settings.observables.map { (request) throws(CircuitError) in
        try Observable(
          request.terms.map { (term) throws(CircuitError) in Observable.Term(term.coefficient, try PauliString(term.label)) })
      }
    } catch {
      throw .circuit(CircuitFailure(code: error.code.rawValue, message: error.message))
    }
  }
}

extension CircuitResult {
  fileprivate init(_ item: Item, _ result: SimulationResult, preparation: Duration) {
    var values = CircuitValues(result, preparation: preparation)
    let error = result.expectations.map(\.standardError).max() ?? 0
    if let target = item.settings.targetError, let count = result.trajectories, error > target {
      values.notes.append("after \(count) trajectories the standard error is \(error), above the target of \(target)")
    }
    self.init(item: item.index, row: Int(result.row), outcome: .values(values))
  }
}

extension ResultRows {
  fileprivate init(_ item: Item, _ columns: SimulationColumns, preparation: Duration) {
    var shared = CircuitValues(columns.shared, preparation: .zero)
    let executeTime = shared.executeTime
    (shared.compileTime, shared.executeTime) = (.zero, .zero)
    self.init(
      item: item.index, rows: item.rowIndices, shared: shared, observableCount: columns.observableCount, values: columns.values,
      standardErrors: [Double](repeating: 0, count: columns.values.count), gradients: columns.gradients,
      // The first row bears the time of parsing and planning.
      compileTime: preparation + .seconds(columns.compileSeconds), executeTime: executeTime)
  }
}

extension CircuitValues {
  fileprivate init(_ result: SimulationResult, preparation: Duration) {
    var notes: [String] = []
    if result.discardedProbability > 0 {
      notes.append("measurement histories of total probability \(result.discardedProbability) were left out")
    }
    self.init(
      qubitCount: result.qubitCount, shots: result.shots, trajectories: result.trajectories, counts: result.counts,
      probabilities: result.probabilities, statevector: result.statevector.map { $0.flatMap { [$0.real, $0.imaginary] } },
      expectations: result.expectations.map {
        Expectation(value: $0.value, standardError: $0.standardError, gradient: $0.gradient)
      },
      method: result.method, device: result.device, precision: result.precision == .single ? .single : .double,
      pruned: result.pruned,
      compileTime: preparation + .seconds(result.compileSeconds), executeTime: .seconds(result.executeSeconds), notes: notes)
  }
}
