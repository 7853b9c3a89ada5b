internal import Circuits
internal import OpenCLRuntime

/// A device, or the best of several for each circuit: what users of the simulator hold.
///
///     let simulator = try CircuitSimulator(device: "auto")
///     let results = try simulator.run(SimulationRequest(circuit: bell, shots: 1000))
///
/// Belongs to one thread at a time. Devices are opened when they are first used; memory is kept between runs of the same size.
public final class CircuitSimulator {
  let catalogue: DeviceCatalogue
  private let devices: [DeviceDescription]
  private let preference: String
  // A register refuses an environment that is not understood.
  private lazy var host = CircuitExecutor<HostRegister>(
    threadCount: (try? ThreadPool.preferredThreadCount.get()) ?? 1, wideQubitCount: Limits.hostWideQubitCount
  ) {
    (qubitCount, precision) throws(SimulatorError) in
    try HostRegister(qubitCount: qubitCount, precision: precision)
  }
  private var accelerators: [String: CircuitExecutor<OpenCLRegister>] = [:]
  private var stabilizer = StabilizerExecutor()
  private var templates = TemplateCache()

  /// Chooses the devices.
  ///
  /// - Parameters:
  ///   - device: `auto` (a GPU for circuits large enough to gain by it, else the CPU), `cpu`, `opencl` or `opencl:P.D`.
  ///   - catalogue: What there is; shared by several simulators, so that each device is opened once.
  /// - Throws: ``SimulatorError`` with code `unknown_device` that lists what is accepted.
  public init(device: String = "auto", catalogue: DeviceCatalogue = DeviceCatalogue()) throws(SimulatorError) {
    self.catalogue = catalogue
    devices = try catalogue.resolve(device)
    preference = device
  }

  /// Runs every row of a request, in order; what nothing that is asked for depends on is left out, and the results name it.
  ///
  /// Rows of a template of which only observables are asked, or only shots, run many at once where the CPU runs them (``Estimator``,
  /// ``Sampler``), and of templates with noise on OpenCL devices too. Whether they do depends on the template and on what is asked alone, so that a row's values are the same bits whichever
  /// rows come with it.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument`, `unsupported`, `out_of_memory`, `limit_exceeded`, `cancelled`, `device_failure`.
  public func run(_ request: SimulationRequest, stop: StopFlag = StopFlag()) throws(SimulatorError) -> [SimulationResult] {
    let clock = ContinuousClock()
    let start = clock.now
    if request.method == .stabilizer { return try runStabilizer(request, stop) }
    if request.mayRunInLanes, let template = try template(of: request) {
      defer { templates.trim() }
      return try template.run(request, compileSeconds: (clock.now - start).seconds, stop: stop)
    }
    guard request.differentiation == nil else { throw Self.noGradients }
    guard let (pruned, pruning) = try request.pruned() else { return try runWhole(request, stop) }
    let seconds = (clock.now - start).seconds
    var results: [SimulationResult]
    do throws(SimulatorError) { results = try runWhole(pruned, stop) } catch {
      throw error.code == .outOfMemory ? pruning.explaining(error, qubitCount: request.circuit.qubitCount) : error
    }
    for index in results.indices { (results[index].qubitCount, results[index].pruned) = (request.circuit.qubitCount, pruning) }
    if !results.isEmpty { results[0].compileSeconds += seconds }
    return results
  }

  /// Runs rows as ``run(_:stop:)`` would, to the same bits, where they run many at once and have values of observables alone; `nil` where
  /// they do not.
  ///
  /// - Parameters:
  ///   - request: What is asked; its rows are not looked at.
  ///   - parameters: Rows × the circuit's parameters.
  package func runTogether(
    _ request: SimulationRequest, parameters: [Double], rowCount: Int, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) -> SimulationColumns? {
    let start = ContinuousClock.now
    guard request.method != .stabilizer, request.mayRunInLanes, let template = try template(of: request),
      case .estimator(let estimator) = template.runner
    else { return nil }
    defer { templates.trim() }
    try request.validate()
    try request.validate(packed: parameters)
    let compiled = ContinuousClock.now
    return try template.columns(
      request, parameters, rowCount, on: estimator, compileSeconds: (compiled - start).seconds, since: compiled, stop)
  }

  /// What gives the values that ``run(_:stop:)`` gives of a request, bit for bit, for rows in arrays.
  ///
  /// Knows nothing of what was left out; its circuit may have fewer qubits than the request's.
  package func estimator(for request: SimulationRequest) throws(SimulatorError) -> Estimator {
    if request.mayRunInLanes, case .estimator(let estimator) = try template(of: request)?.runner { return estimator }
    guard request.differentiation == nil else { throw Self.noGradients }
    return try Estimator(inRows: request, simulator: self)
  }

  /// What draws the shots that ``run(_:stop:)`` draws of a request, for rows in arrays.
  ///
  /// Knows nothing of what was left out; its circuit may have fewer qubits than the request's.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for outcomes of more than ``Limits/sampledBitCount`` bits.
  package func sampler(for request: SimulationRequest) throws(SimulatorError) -> Sampler {
    if request.mayRunInLanes, case .sampler(let sampler) = try template(of: request)?.runner { return sampler }
    return try Sampler(inRows: request, simulator: self)
  }

  private static var noGradients: SimulatorError {
    SimulatorError(
      .unsupported,
      "gradients need rows that run together: of observables alone, of a circuit that has parameters, is made of at most \(Limits.laneInstructionCount) gates on at most \(Limits.laneQubitCount) qubits on which an observable depends, and runs on the CPU; or has noise and at most \(Limits.densityLaneQubitCount) qubits, on any device"
    )
  }

  /// The request's template compiled for lanes; nil if its rows run one after the other.
  private func template(of request: SimulationRequest) throws(SimulatorError) -> CompiledTemplate? {
    let key = TemplateCache.Key(request)
    if let known = templates.template(for: key) { return known }
    let template = try compile(request)
    templates.insert(template, for: key)
    return template
  }

  private func compile(_ request: SimulationRequest) throws(SimulatorError) -> CompiledTemplate? {
    let (pruned, pruning) = if let (pruned, pruning) = try request.pruned() { (pruned, Optional(pruning)) } else { (request, nil) }
    guard let device = batchDevice(pruned) else { return nil }
    if request.shots != nil {
      guard
        let sampler = try Sampler(inLanes: pruned.circuit, precision: request.precision, device: device, catalogue),
        sampler.method == .densityLanes || choose(pruned) == "cpu"
      else { return nil }
      return CompiledTemplate(runner: .sampler(sampler), qubitCount: request.circuit.qubitCount, pruning: pruning)
    }
    let circuit = pruned.circuit.withoutFinalMeasurements
    let estimator =
      if request.differentiation != nil {
        try Estimator(
          inLanes: circuit, observables: pruned.observables, precision: request.precision, device: device, catalogue)
      } else {
        Optional(
          try Estimator(circuit, observables: pruned.observables, precision: request.precision, device: device, simulator: self))
      }
    guard let estimator, estimator.method != .rows else { return nil }
    return CompiledTemplate(runner: .estimator(estimator), qubitCount: request.circuit.qubitCount, pruning: pruning)
  }

  /// Where the rows of a template run many at once: with noise on every device, and without where the CPU runs them; nil where one after the
  /// other.
  private func batchDevice(_ request: SimulationRequest) -> String? {
    if request.circuit.isNoisy { return preference }
    return choose(request) == "cpu" ? "cpu" : nil
  }

  /// Runs rows as they are; whether a row is run as a stabilizer state is decided for each.
  private func runWhole(_ request: SimulationRequest, _ stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    if request.method == .densityMatrix { return try runDensity(request, stop) }
    guard hasHost, request.mayBeStabilizer else { return try runChosen(request, stop) }
    let areStabilizers = request.rows.map { stabilizer.takes(request.circuit, row: $0) }
    guard areStabilizers.contains(true), request.prefersStabilizer else { return try runChosen(request, stop) }
    var results: [SimulationResult] = []
    while results.count < request.rows.count {
      let (first, isStabilizer) = (results.count, areStabilizers[results.count])
      let end = areStabilizers[first...].firstIndex { $0 != isStabilizer } ?? request.rows.count
      var part = request
      (part.rows, part.firstRow) = (Array(request.rows[first..<end]), request.firstRow + UInt32(first))
      results += isStabilizer ? try stabilizer.run(part, stop: stop) : try runChosen(part, stop)
    }
    return results
  }

  /// Runs rows as a density matrix or as states.
  private func runChosen(_ request: SimulationRequest, _ stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    guard try request.choosesDensityMatrix() else { return try runState(request, stop) }
    do throws(SimulatorError) { return try runDensity(request, stop) } catch {
      throw request.shots == nil ? error.proposingShots : error
    }
  }

  private func runStabilizer(_ request: SimulationRequest, _ stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    try requireHost(.stabilizer)
    return try stabilizer.run(request, stop: stop)
  }

  /// On the CPU where it may be used.
  private func runDensity(_ request: SimulationRequest, _ stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    if hasHost {
      return try DensityExecutor { (qubitCount, precision) throws(SimulatorError) in
        try DensityMemory(qubitCount: qubitCount, precision: precision)
      }.run(request, stop: stop)
    }
    let backend = try catalogue.backend(named: devices[0].name)
    return try DensityExecutor { (qubitCount, precision) throws(SimulatorError) in
      try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: precision)
    }.run(request, stop: stop)
  }

  private func requireHost(_ method: SimulationMethod) throws(SimulatorError) {
    guard !hasHost else { return }
    throw SimulatorError(
      .unsupported,
      "method \(method.rawValue) on device \(devices[0].name); it runs on the CPU, so devices auto and cpu are accepted")
  }

  private var hasHost: Bool { devices.contains { $0.name == "cpu" } }

  private func runState(_ request: SimulationRequest, _ stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    let device = choose(request)
    return device == "cpu" ? try host.run(request, stop: stop) : try accelerator(device).run(request, stop: stop)
  }

  /// The preferred device, unless the circuit is too small to gain by it and the CPU may be used.
  private func choose(_ request: SimulationRequest) -> String {
    if hasHost, request.circuit.qubitCount < Limits.acceleratorQubitCount { return "cpu" }
    return devices[0].name
  }

  private func accelerator(_ name: String) throws(SimulatorError) -> CircuitExecutor<OpenCLRegister> {
    if let executor = accelerators[name] { return executor }
    let backend = try catalogue.backend(named: name)
    let wideQubitCount = backend.device.isCPU ? Limits.hostWideQubitCount : Limits.wideQubitCount
    let executor = CircuitExecutor<OpenCLRegister>(wideQubitCount: wideQubitCount) {
      (qubitCount, precision) throws(SimulatorError) in
      try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision)
    }
    accelerators[name] = executor
    return executor
  }
}

extension SimulationRequest {
  /// Whether `auto` takes a density matrix: for noise, where that is the cheapest (``NoiseCost``).
  ///
  /// A reproducible run keeps to state vectors, which run on devices without the CPU too, and so does one whose plan is told.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` if nothing gives exact values that are asked for.
  fileprivate func choosesDensityMatrix() throws(SimulatorError) -> Bool {
    guard method == .auto, !isReproducible, !explainsPlan, !wantsStatevector, trajectories == nil, targetError == nil,
      let cost = NoiseCost(self)
    else { return false }
    return try cost.chosen().way == .densityMatrix
  }

  /// Whether `auto` may take a row as a stabilizer state, as far as that does not depend on its gates.
  ///
  /// Narrow circuits without noise keep to state vectors, and the samples of a seed to theirs. A reproducible run gives the same samples on
  /// devices without the CPU, where only state vectors run: it keeps to them while they fit.
  fileprivate var mayBeStabilizer: Bool {
    method == .auto && (circuit.qubitCount >= Limits.leastStabilizerQubitCount || circuit.hasChannels) && !wantsProbabilities
      && !wantsStatevector && !explainsPlan && differentiation == nil && trajectories == nil && targetError == nil
      && (shots != nil || !observables.isEmpty)
      && (!isReproducible || circuit.qubitCount > Limits.qubitCount)
  }

  /// Whether rows that are stabilizer states run as such: wide ones, and those with noise where that is the cheapest (``NoiseCost``).
  fileprivate var prefersStabilizer: Bool {
    circuit.qubitCount >= Limits.leastStabilizerQubitCount || NoiseCost(self)?.prefersStabilizer ?? false
  }
}

extension SimulatorError {
  /// With what runs in less memory.
  fileprivate var proposingShots: SimulatorError {
    guard code == .outOfMemory else { return self }
    return SimulatorError(
      code, "\(message); with shots the circuit runs on state vectors, which are much smaller, values being averages then"
    )
  }
}
