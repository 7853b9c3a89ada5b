internal import ArgumentParser

/// `ketwork bench gradient`: the same batches with derivatives.
struct BenchGradient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient",
    abstract: "Time gradients for many rows of parameters of one template of few qubits.",
    discussion: """
      A template is compiled once. Then all rows run in one call, from parameters in memory to the expectation value of Z on every \
      qubit and the derivatives of the sum of these values by all parameters, by the adjoint method: backwards through the rotations \
      once, however many parameters there are. One call is not counted, then come --repetitions, whose median gives the circuits in a \
      second: rows, each with its whole gradient. The spread is (slowest − fastest) / median. Binding is timed on its own as well \
      on the CPU, and is a part of each call.

      The bound is that of `ketwork bench batch`, with the multiply-adds of going back: three for each real number of the state for \
      each rotation, which is undone on two states while a product of them is taken; ten for each amplitude for each table of diagonal \
      rotations. Making the second state of the observables is not counted, as binding and sums are not.

      \(BatchAnsatz.help)

      EXAMPLES
        ketwork bench gradient
        ketwork bench gradient --qubits 4 8 12 --rows 1 10 100 1000 10000 --csv gradients.csv --svg gradients.svg
        ketwork bench gradient --ansatz u3-cz-rzz --layers 3 --qubits 10 --rows 1000 --precision double --json
        ketwork bench gradient --device opencl:0.0 --qubits 10 --rows 1000

      EXIT STATUS
        0 measured; 64 wrong usage, a device that is not there, or a number out of range; 65 a state \
      that does not fit the memory, or is too large for gradients of batches; 73 the CSV or SVG file cannot be written.
      """)

  @Option(help: ArgumentHelp("Layers of the template.", valueName: "l"))
  var layers = 4

  @OptionGroup var options: BatchOptions

  func run() throws { try options.run(.gradient, layers: layers) }
}
