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
      expectation values. A circuit that measures nothing is sampled on all its qubits. Bitstrings print the highest bit first. Gates \
      and qubits on which nothing that is asked for depends are left out, and the result names them.

      EXAMPLES
        ketwork run bell.qasm
        ketwork run bell.qasm --shots 10000 --seed 7 --json
        ketwork run ansatz.qasm --parameter theta=0.3 --observable ZZ --observable '0.5*XX - IZ'
        ketwork run ansatz.qasm --parameters rows.npy --observable ZZ --output values.npz
        ketwork run ansatz.qasm --parameters rows.npy --shots 1000 --seed 7 --output counts.npz
        ketwork run ansatz.qasm --parameters rows.npy --observable ZZ --gradient adjoint --output values.npz
        ketwork run ansatz.qasm --parameters rows.npy --observable ZZ --estimator-shots 1000 --output values.npz
        ketwork run qft.qasm --precision double --statevector amplitudes.npy
        ketwork run grover.qasm --device opencl --reproducible
        ketwork run qft.qasm --explain
        ketwork run vqe.qasm --observable ZZ --device-model manila --mitigation zne --zne-scales 1,2,3 --zne-fit richardson

      ARRAYS
        With --output and --parameters, and no probabilities or statevector, rows of one circuit go from file to file in windows, so that \
      there may be more than fit the memory. The archive, for numpy.load, has for --observable `values` and `standard_errors` (rows x \
      observables), and with --gradient `gradients` (rows x observables x parameters, in the order in which the circuit declares them). \
      For --shots it has `counts` (rows x outcomes) and `outcomes` (outcomes x bits, the highest bit first): all outcomes in ascending \
      order, up to 16 bits; of wider ones, and of several circuits, those that came. It appears when it is complete; a run that fails \
      leaves none.

        With --estimator-shots N, values are means over shots, as on a quantum computer: terms of all observables that have the same \
      letter on each qubit are measured together, from N shots for each such group and row; standard errors count what terms of a group \
      have in common. --gradient parameter-shift then takes N shots of each group for each shifted angle, and the archive has \
      `gradient_standard_errors` too.

      THE PLAN
        With --explain, what each circuit's first row of parameters became: its passes over memory with the bytes that they move and       their floating-point operations, the time that each is predicted to take by what `ketwork devices` has measured of the device       (which is measured now if it has not been), the time that it took, and a lower bound for an NVIDIA H200. Each pass is waited       for, so the run takes a little longer. Measurements and resets on the way cut a plan into segments; the passes are those of the       history that the most shots, or most of the probability, follow. Their own sweeps are not passes.

      THE METHOD
        With --method auto, a circuit runs as a state vector. Two kinds of circuits may run otherwise: wide ones of Clifford gates alone \
      as stabilizer states, and those with noise as density matrices or, of Clifford gates with noise of Pauli strings, as stabilizer \
      states of any width. For noise the cheapest is taken, by what the circuit's gates, \
      channels and --shots are predicted to take, never by the machine: without --shots, values have to be exact, which a density matrix \
      of up to 16 qubits gives, or every history of outcomes where they are few; with --shots, a density matrix from which all shots are \
      drawn, or trajectories: a state vector for each history that shots have. A stabilizer state gives exact values, and shots by Pauli frames; \
      a density matrix overtakes it with very many shots of few qubits. `ketwork bench noise` shows where one overtakes the other. \
      --reproducible, --explain, --trajectories and --target-error keep to state vectors.

      MITIGATION
        With --mitigation, values of observables are given, here and by submit, beside what a technique makes of the noise in them: \
      variants of the circuit are run with the noise of --noise or --device-model, with --shots for each group of strings that are \
      measured together, or exactly. zne folds the circuit and extrapolates; pec undoes the \
      model's noise by signed random operations; twirling and dd put pulses in; cdr learns from near-Clifford circuits that are run \
      without noise too; symmetry projects to the values of --symmetry; readout undoes errors of reading in shots. With --output the archive has \
      `mitigated_values` and `mitigated_standard_errors` too. docs/mitigation.md tells what each costs.

      EXIT STATUS
        0 success; 64 wrong usage or unknown device; 65 a circuit, parameter or observable that is not valid, or a state that does \
      not fit the memory; 66 a file that cannot be read; 73 a file that cannot be written.
      """)

  @OptionGroup var circuits: CircuitOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var mitigation: MitigationOptions

  @Flag(help: "Explain the plan: each pass, what it moves and computes, and its predicted and measured time.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "Give the derivatives of each observable's value by each parameter as well, with --json or --output.",
      valueName: "adjoint|parameter-shift"))
  var gradient: GradientOption?

  @Option(
    help: ArgumentHelp(
      "Estimate each observable's value from N shots of each group of terms that can be measured together, instead of exactly; with --parameters, --observable and --output.",
      valueName: "n"))
  var estimatorShots: Int?

  mutating func validate() throws {
    try validateEstimatorShots()
    try mitigation.validate(
      with: circuits,
      others: [
        ("--gradient", gradient != nil), ("--explain", explain), ("--estimator-shots", estimatorShots != nil),
      ])
    guard let gradient else { return }
    func refusal(_ what: String) -> ValidationError { ValidationError("--gradient \(gradient.rawValue): \(what).") }
    guard !circuits.observables.isEmpty else { throw refusal("an --observable is needed") }
    guard output.json || output.output != nil else {
      throw refusal("derivatives are printed with --json and written with --output")
    }
    let others = [
      ("--shots", circuits.shots != nil), ("--probabilities", circuits.probabilities),
      ("--statevector", circuits.statevector != nil),
      ("--explain", explain), ("--reproducible", circuits.reproducible), ("--trajectories", circuits.trajectories != nil),
      ("--target-error", circuits.targetError != nil),
    ]
    if let other = others.first(where: \.1) { throw refusal("cannot go with \(other.0)") }
  }

  private func validateEstimatorShots() throws {
    guard let estimatorShots else { return }
    func refusal(_ what: String) -> ValidationError { ValidationError("--estimator-shots \(estimatorShots): \(what).") }
    guard (2...Self.estimatorShotLimit).contains(estimatorShots) else {
      throw refusal("2 to \(Self.estimatorShotLimit) shots are accepted; one has no standard error")
    }
    let others = [
      ("--json", output.json), ("--shots", circuits.shots != nil), ("--probabilities", circuits.probabilities),
      ("--statevector", circuits.statevector != nil), ("--explain", explain), ("--gradient adjoint", gradient == .adjoint),
      ("--method stabilizer", circuits.method == .stabilizer), ("--method density-matrix", circuits.method == .densityMatrix),
    ]
    if let other = others.first(where: \.1) { throw refusal("cannot go with \(other.0)") }
    guard !circuits.observables.isEmpty, ArrayRun.takes(circuits, output, explains: explain) else {
      throw refusal("needs one OpenQASM file, an --observable, a file of --parameters and --output")
    }
  }

  private static let estimatorShotLimit = Simulator.Limits.shotCount

  mutating func run() throws {
    if mitigation.mitigation == nil,
      let arrays = try ArrayRun(circuits, output, explains: explain, gradient: gradient, estimatorShots: estimatorShots)
    {
      return try Signals.stopping { try arrays.run(stop: $0) }
    }
    let batch = try CircuitBatch(circuits, mitigation: try mitigation.settings())
    let catalogue = DeviceCatalogue()
    let executor = try SimulatorItemExecutor(device: circuits.device, catalogue: catalogue)
    let job = try Job(items: batch.items)
    let progress = ProgressBar(total: job.circuitCount, unit: "circuits")
    let clock = ContinuousClock()
    let start = clock.now
    let isMitigated = job.items.contains { $0.settings.mitigation != nil }
    // An entry of a job file may ask for it where the command line does not.
    if isMitigated, gradient != nil || explain {
      throw Failure(.usage, "\(explain ? "--explain" : "--gradient") cannot go with circuits whose values are mitigated")
    }
    let (results, plans) =
      try isMitigated
      ? Signals.stopping { try executeAll(job, batch, executor, progress, $0) }
      : executeAll(job, batch, executor, progress, StopFlag())
    progress.finish()
    let seconds = (clock.now - start).inSeconds
    var explainer = PlanExplainer(catalogue)
    let explanations = try explainer.explanations(of: plans, results)
    for note in explainer.notes { Terminal.standardError.write("ketwork: \(note)\n") }
    let printer = ResultPrinter(output: output, statevectorPath: circuits.statevector)
    try printer.write(results, seconds: seconds, plans: explanations)
  }

  /// The results of all items, and their plans by item if those are to be explained.
  private func executeAll(
    _ job: Job, _ batch: CircuitBatch, _ executor: SimulatorItemExecutor, _ progress: ProgressBar, _ stop: StopFlag
  ) throws -> (results: [CircuitResult], plans: [Int: PlanReport]) {
    var (results, plans) = ([CircuitResult](), [Int: PlanReport]())
    for item in job.items {
      let count = results.count
      executor.variantProgress = { progress.advance(to: count, note: "variant \($0) of \($1)") }
      let (found, plan) = try execute(item, batch.template(of: item), executor, stop)
      results += found
      plans[item.index] = plan
      progress.advance(to: results.count)
    }
    return (results, plans)
  }

  /// The item's results, and its plan if that is to be explained; a failure of the whole item is a result of each of its rows.
  private func execute(
    _ item: Item, _ template: Template, _ executor: SimulatorItemExecutor, _ stop: StopFlag
  ) throws -> (results: CircuitResults, plan: PlanReport?) {
    var results: CircuitResults
    var plan: PlanReport?
    do throws(ItemError) {
      if let gradient {
        results = try executor.differentiate(item, of: template, by: gradient.method, stop: stop)
      } else if explain {
        (results, plan) = try executor.explain(item, of: template, stop: stop)
      } else {
        results = try executor.execute(item, of: template, stop: stop)
      }
    } catch {
      switch error {
      case .stopped: throw CancellationError()
      case .device(_, let message): throw Failure(.unavailable, message)
      case .circuit(let failure):
        results = CircuitResults(
          (0..<item.rows.count).map { CircuitResult(item: item.index, row: $0, outcome: .failure(failure)) })
      }
    }
    results.label(.init(of: item))
    return (results, plan)
  }
}
