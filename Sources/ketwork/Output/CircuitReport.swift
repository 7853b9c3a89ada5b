internal import Circuits
internal import Protocol

/// What is printed of one circuit and parameter row, wherever it ran; encodes to the documented JSON.
struct CircuitReport: Encodable {
  struct ExpectationReport: Encodable {
    var observable: String
    var value: Double
    var standardError: Double
    /// By parameter; nil where it was not asked for.
    var gradient: [Double]?
    /// What mitigation made of it; nil where it was not asked for.
    var mitigated: MitigatedReport?

    enum CodingKeys: String, CodingKey {
      case observable, value, gradient, mitigated
      case standardError = "standard_error"
    }
  }

  /// Counts by bitstring; text only where it is asked for, because there may be as many outcomes as shots.
  struct CountsReport: Encodable {
    var counts: Counts

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(counts.dictionary)
    }
  }

  struct Pruned: Encodable {
    var qubits: [Int]
    var operations: Int
  }

  struct Seconds: Encodable {
    var compile: Double
    var execute: Double
  }

  struct Refusal: Encodable {
    var code: String
    var message: String
  }

  var circuit: String
  var row: Int
  var qubits: Int?
  var shots: Int?
  var trajectories: Int?
  var counts: CountsReport?
  var probabilities: [Double]?
  var expectations: [ExpectationReport]?
  var method: String?
  var device: String?
  var precision: String?
  var pruned: Pruned?
  var notes: [String]?
  var seconds: Seconds?
  /// Of the first row, where it was asked for.
  var plan: PlanExplanation?
  var error: Refusal?

  private enum CodingKeys: String, CodingKey {
    case circuit, row, qubits, shots, trajectories, counts, probabilities, expectations, method, device, precision, pruned, notes
    case seconds, plan, error
  }

  /// Makes the report of a result, with the names that came with its item's first row.
  init(_ result: CircuitResult, labels: CircuitResult.Labels?) {
    circuit = labels.map(\.circuit) ?? "circuit \(result.item)"
    row = result.row
    switch result.outcome {
    case .failure(let failure): error = Refusal(code: failure.code, message: failure.message)
    case .values(let values):
      qubits = values.qubitCount
      shots = values.shots
      trajectories = values.trajectories
      counts = values.counts.map(CountsReport.init)
      probabilities = values.probabilities
      if !values.expectations.isEmpty {
        expectations = values.expectations.enumerated().map { index, expectation in
          let names = labels?.observables ?? []
          let name = names.indices.contains(index) ? names[index] : "observable \(index)"
          return ExpectationReport(
            observable: name, value: expectation.value, standardError: expectation.standardError ?? 0,
            gradient: expectation.gradient.isEmpty ? nil : expectation.gradient,
            mitigated: expectation.mitigated.map(MitigatedReport.init))
        }
      }
      method = values.method
      device = values.device
      precision = "\(values.precision)"
      pruned = values.pruned.map { Pruned(qubits: $0.qubits, operations: $0.operationCount) }
      notes = values.notes.isEmpty ? nil : values.notes
      seconds = Seconds(compile: values.compileTime.inSeconds, execute: values.executeTime.inSeconds)
    }
  }
}

extension CircuitReport {
  /// The reports of results by item and row.
  ///
  /// - Parameter plans: By item; each goes to the item's first row.
  static func reports(_ results: [CircuitResult], plans: [Int: PlanExplanation] = [:]) -> [CircuitReport] {
    var labels: (item: Int, labels: CircuitResult.Labels)?
    var plans = plans
    return results.map { result in
      if let new = result.labels { labels = (result.item, new) }
      var report = CircuitReport(result, labels: labels?.item == result.item ? labels?.labels : nil)
      report.plan = plans.removeValue(forKey: result.item)
      return report
    }
  }
}
