internal import ArgumentParser
internal import Protocol
internal import Simulator
internal import Worker

/// `ketwork run`: circuits in this process, no broker.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run circuits in this process, without a broker.",
    discussion: """
      Reads OpenQASM 2 or 3, simulates the circuits one after the other on one device, and prints counts, probabilities and \
      expectation values. A circuit that measures nothing is sampled on all its qubits. Bitstrings print the highest bit first.

      EXAMPLES
        ketwork run bell.qasm
        ketwork run bell.qasm --shots 10000 --seed 7 --json
        ketwork run ansatz.qasm --parameter theta=0.3 --observable ZZ --observable '0.5*XX - IZ'
        ketwork run ansatz.qasm --parameters rows.csv --observable ZZ --output values.npz
        ketwork run qft.qasm --precision double --statevector amplitudes.npy
        ketwork run grover.qasm --device opencl --reproducible

      EXIT STATUS
        0 success; 64 wrong usage or unknown device; 65 a circuit, parameter or observable that is not valid, or a state that does \
      not fit the memory; 66 a file that cannot be read; 73 a file that cannot be written.
      """)

  @OptionGroup var circuits: CircuitOptions
  @OptionGroup var output: OutputOptions

  mutating func run() throws {
    let batch = try CircuitBatch(circuits)
    let executor = try SimulatorItemExecutor(device: circuits.device)
    let job = try Job(items: batch.items)
    let progress = ProgressBar(total: job.circuitCount, unit: "circuits")
    let clock = ContinuousClock()
    let start = clock.now
    var results = [CircuitResult]()
    for item in job.items {
      results += try Self.results(of: item, batch.template(of: item), executor)
      progress.advance(to: results.count)
    }
    progress.finish()
    let printer = ResultPrinter(output: output, statevectorPath: circuits.statevector)
    try printer.write(results, seconds: (clock.now - start).inSeconds)
  }

  /// The item's results; a failure of the whole item is a result of each of its rows.
  private static func results(of item: Item, _ template: Template, _ executor: SimulatorItemExecutor) throws -> [CircuitResult] {
    var results: [CircuitResult]
    do throws(ItemError) { results = try executor.execute(item, of: template, stop: StopFlag()) } catch {
      switch error {
      case .stopped: throw CancellationError()
      case .device(_, let message): throw Failure(.unavailable, message)
      case .circuit(let failure):
        results = (0..<item.rows.count).map { CircuitResult(item: item.index, row: $0, outcome: .failure(failure)) }
      }
    }
    results[0].labels = .init(of: item)
    return results
  }
}
