internal import Circuits
internal import Mitigation
internal import Protocol
internal import Simulator

extension SimulatorItemExecutor {
  /// The results with what mitigation makes of their values; a row that has none is a failure among them.
  ///
  /// - Throws: ``ItemError`` for a circuit that cannot be mitigated at all.
  func mitigated(
    _ results: [CircuitResult], by mitigation: MitigationSettings, _ item: Item, _ circuit: ExecutableCircuit, _ stop: StopFlag
  ) throws(ItemError) -> [CircuitResult] {
    let windowRowCount = try windowRowCount(item, mitigation)
    var mitigated: [CircuitResult] = []
    for first in stride(from: 0, to: results.count, by: windowRowCount) {
      let rows = first..<min(first + windowRowCount, results.count)
      mitigated += try mitigatedWindow(Array(results[rows]), by: mitigation, item.slice(rows), circuit, stop)
    }
    return mitigated
  }

  /// How many rows are run together with each variant, so that the values of all variants fit the memory.
  private func windowRowCount(_ item: Item, _ mitigation: MitigationSettings) throws(ItemError) -> Int {
    // A symmetry asks for two values of each observable.
    let valueCount = item.settings.circuitCount * item.settings.observables.count * 2
    guard valueCount <= variantValueLimit else {
      let message =
        "mitigation by \(mitigation.method.rawValue): \(item.settings.circuitCount) circuits with "
        + "\(item.settings.observables.count) observables for one row; at most \(variantValueLimit / 2) values are accepted"
      throw .circuit(CircuitFailure(code: MitigationError.Code.limitExceeded.rawValue, message: message))
    }
    return variantValueLimit / max(valueCount, 1)
  }

  private func mitigatedWindow(
    _ results: [CircuitResult], by mitigation: MitigationSettings, _ item: Item, _ circuit: ExecutableCircuit, _ stop: StopFlag
  ) throws(ItemError) -> [CircuitResult] {
    guard results.allSatisfy(\.hasValues) else { return try mitigatedEach(results, by: mitigation, item, circuit, stop) }
    do { return try attempt(results, by: mitigation, item, circuit, stop) } catch {
      let failure = ItemError(error, mitigationBy: mitigation.method)
      // A technique fails for all rows, the simulator may for one.
      guard case .circuit = failure, error is SimulatorError, item.rows.count > 1 else { throw failure }
    }
    return try mitigatedEach(results, by: mitigation, item, circuit, stop)
  }

  /// Runs the variants with one row after the other, so that those which cannot run are told from those which can.
  private func mitigatedEach(
    _ results: [CircuitResult], by mitigation: MitigationSettings, _ item: Item, _ circuit: ExecutableCircuit, _ stop: StopFlag
  ) throws(ItemError) -> [CircuitResult] {
    var mitigated = results
    for (row, result) in results.enumerated() {
      guard result.hasValues else { continue }
      do { mitigated[row] = try attempt([result], by: mitigation, item.slice(row..<row + 1), circuit, stop)[0] } catch {
        let error = ItemError(error, mitigationBy: mitigation.method)
        guard case .circuit(let failure) = error else { throw error }
        mitigated[row].outcome = .failure(failure)
      }
    }
    return mitigated
  }

  private func attempt(
    _ results: [CircuitResult], by mitigation: MitigationSettings, _ item: Item, _ circuit: ExecutableCircuit, _ stop: StopFlag
  ) throws -> [CircuitResult] {
    let runner = VariantRunner(simulator, try request(item, of: circuit.plain), stop, progress: variantProgress)
    let rows = try MitigatedRun(mitigation, circuit.noise, runner).values(of: circuit.plain)
    return zip(results, rows).enumerated().map { row, pair in
      pair.0.adding(pair.1, compileTime: .seconds(runner.compileSeconds[row]), executeTime: .seconds(runner.executeSeconds[row]))
    }
  }
}

extension CircuitResult {
  fileprivate var hasValues: Bool { if case .values = outcome { true } else { false } }

  /// The result with mitigated values and the time that they took, or why there are none.
  fileprivate func adding(_ mitigated: MitigatedRun.Row, compileTime: Duration, executeTime: Duration) -> CircuitResult {
    var result = self
    guard case .values(var values) = outcome else { return result }
    switch mitigated {
    case .failure(let error): result.outcome = .failure(CircuitFailure(error))
    case .success(let found):
      for (index, value) in found.enumerated() { values.expectations[index].mitigated = value }
      values.compileTime += compileTime
      values.executeTime += executeTime
      result.outcome = .values(values)
    }
    return result
  }
}
