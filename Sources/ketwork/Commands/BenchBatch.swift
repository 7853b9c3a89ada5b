internal import ArgumentParser

/// `ketwork bench batch`: many rows of one template's parameters.
struct BenchBatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Time many rows of parameters of one template of few qubits.",
    discussion: """
      A template is compiled once. Then all rows run in one call, from parameters in memory to the expectation value of Z on every \
      qubit in memory, or with --shots to how often each basis state is drawn. One call is not counted, then come --repetitions, whose \
      median gives the circuits in a second. The spread is (slowest − fastest) / median. Binding, which turns parameters into the \
      numbers of rotations, is timed on its own as well on the CPU, and is a part of each call.

      With --device all rows run on that OpenCL device, a window of rows in one launch, and its own peak is the bound; the call that is \
      not counted compiles its kernels. --method rows plans and launches each row on its own instead, gates together where the planner \
      finds that faster: how many times slower that is shows what one launch for all rows gains.

      The bound is what the device could do if it did nothing but the arithmetic of the states: the fused multiply-adds of the \
      compiled plan, from |0…0⟩ to the state before it is measured, at the peak that the device reached just before with chains of \
      them on all threads. A rotation counts one for each real number of the state, or for each that it is the first to reach; a table \
      of diagonal rotations four for each amplitude, and what it takes to make the table. Binding, the sums of the expectation \
      values and shots are not counted, and few rows do not fill the vectors and the threads, so no call reaches the bound.

      \(BatchAnsatz.help)

      EXAMPLES
        ketwork bench batch
        ketwork bench batch --qubits 4 8 12 --rows 1 10 100 1000 10000 --csv batches.csv --svg batches.svg
        ketwork bench batch --qubits 8 --rows 100000 --shots 1000
        ketwork bench batch --ansatz u3-cz-rzz --layers 4 --qubits 10 --rows 1000 --precision double --json
        ketwork bench batch --device opencl:0.0 --qubits 10 --rows 1000
        ketwork bench batch --device opencl:0.0 --qubits 10 --rows 1000 --method rows

      EXIT STATUS
        0 measured; 64 wrong usage, a device that is not there, or a number out of range; 65 a state that does not fit the memory; \
      73 the CSV or SVG file cannot be written.
      """)

  @Option(help: ArgumentHelp("Layers of the template.", valueName: "l"))
  var layers = 3

  @Option(help: ArgumentHelp("Draw shots of each row, and count the basis states, in place of expectation values.", valueName: "s"))
  var shots: Int?

  @Option(help: "How rows run: auto, or rows for one after the other.")
  var method: BatchBenchmark.Method = .auto

  @OptionGroup var options: BatchOptions

  func validate() throws {
    guard shots == nil || (method == .auto && options.device == "cpu") else {
      throw ValidationError("--shots goes with --method auto and --device cpu alone: shots of batches are drawn in the CPU's lanes")
    }
  }

  func run() throws { try options.run(shots.map { .samples(shots: $0) } ?? .values, layers: layers, method: method) }
}
