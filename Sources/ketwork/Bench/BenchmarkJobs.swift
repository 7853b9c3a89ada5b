internal import Client
internal import Protocol

/// The jobs that a benchmark sends to a broker.
struct BenchmarkJobs: Sendable {
  static let qubitCount = 4

  let client: KetworkClient
  private let template: Template

  init(client: KetworkClient) throws {
    self.client = client
    template = try Self.makeTemplate()
  }

  /// Submits a job and leaves it.
  func submit(_ number: Int, rows: Int) async throws -> JobID {
    try await client.submit(job(number, rows: rows), templates: [template]).job
  }

  /// Submits a job and waits for its results.
  func run(_ number: Int, rows: Int) async throws {
    let outcome = try await client.run(job(number, rows: rows), templates: [template])
    let values = outcome.results.expectationValues(of: 0)
    guard outcome.status.state == .succeeded, values.count == rows, !values.contains(nil) else {
      throw Failure(.software, "job \(outcome.status.job) of the benchmark: \(outcome.status.state), \(values.count) results")
    }
  }

  // MARK: Work

  /// A layer of rotations by one angle, a chain of CNOTs, and rotations again, on four qubits.
  private static func makeTemplate() throws -> Template {
    var lines = ["OPENQASM 3.0;", "include \"stdgates.inc\";", "input angle t;", "qubit[\(qubitCount)] q;"]
    for qubit in 0..<qubitCount { lines.append("ry(t) q[\(qubit)];") }
    for qubit in 0..<qubitCount - 1 { lines.append("cx q[\(qubit)], q[\(qubit + 1)];") }
    for qubit in 0..<qubitCount { lines.append("rz(t) q[\(qubit)];") }
    return try Template(openQASM: lines.joined(separator: "\n") + "\n")
  }

  /// A job of rows of the template, each with its own angle and one expectation value.
  private func job(_ number: Int, rows: Int) throws -> Job {
    let observable = ObservableRequest(label: String(repeating: "Z", count: Self.qubitCount))
    let values = (0..<rows).map { Double(number * rows + $0) * 1e-4 }
    return try Job(items: [
      Item(
        template: template.digest, rows: ParameterRows(names: ["t"], values: values, count: rows),
        settings: ExecutionSettings(observables: [observable]), qubitCount: Self.qubitCount, operationCount: 3 * Self.qubitCount)
    ])
  }
}
