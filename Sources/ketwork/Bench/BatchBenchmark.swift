internal import ArgumentParser
internal import Circuits
internal import Simulator

/// Times a batch: a template, rows of angles, and ⟨Z⟩ of every qubit or shots.
struct BatchBenchmark {
  /// How many layers, rows and numbers in all rows may be asked for. Compiling takes the square of the gates; 2²⁸ numbers take 2 GiB, and as
  /// much again for gradients.
  static let layerCounts = 1...100
  static let rowCounts = 1...1 << 26
  static let shotCounts = 1...Simulator.Limits.shotCount
  static let numberCount = 1 << 28

  /// What is computed of each row.
  enum Work: Equatable {
    /// ⟨Z⟩ of every qubit.
    case values
    /// The same, and the derivatives of their sum by all parameters, by the adjoint method.
    case gradient
    /// How often each basis state is drawn.
    case samples(shots: Int)

    /// What reports call it.
    var name: String {
      switch self {
      case .values: "values"
      case .gradient: "gradient"
      case .samples: "samples"
      }
    }

    /// The shots of each row; nil where none are drawn.
    var shotCount: Int? {
      if case .samples(let shots) = self { shots } else { nil }
    }
  }

  /// How rows run.
  enum Method: String, CaseIterable, ExpressibleByArgument {
    /// In one launch or in lanes where the template allows it.
    case auto
    /// One after the other, each planned and launched on its own.
    case rows
  }

  var work: Work
  /// Derivatives are taken in lanes or on a device in any case.
  var method = Method.auto
  var ansatz: BatchAnsatz
  var layerCount: Int
  var qubitCount: Int
  var rowCount: Int
  var precision: Precision
  /// Calls that are counted, after one that is not.
  var repetitions: Int
  var seed: UInt64

  /// Numbers of a row: its parameters, which are at least as many as its values, or the counts of all basis states.
  var rowWidth: Int {
    let parameterCount = ansatz.parametersPerQubit * qubitCount * layerCount
    return work.shotCount == nil ? parameterCount : max(parameterCount, 1 << qubitCount)
  }

  /// What was measured.
  struct Timing {
    var parameterCount: Int
    var observableCount: Int
    var method: String
    /// From the template to what runs its rows, once.
    var compileSeconds: Double
    /// The middle time of binding all rows alone on the CPU; nil where rows are not bound apart, or not there.
    var bindSeconds: Double?
    /// Whole calls, from angles in memory to values in memory; ascending, one or more.
    var seconds: [Double]
    /// Of one row; nil where the method has no plan of them.
    var multiplyAddCount: Int?

    /// The middle time; of an even number the lower of the two.
    var medianSeconds: Double { BatchBenchmark.median(seconds) }
  }

  /// Compiles the template and runs its rows.
  ///
  /// - Parameters:
  ///   - simulator: The device that runs rows one after the other.
  ///   - device: The name of the same device.
  /// - Throws: ``SimulatorError``: `unsupported` for gradients of states that are too large for lanes or for the device, and what running
  ///   throws.
  func run(on simulator: CircuitSimulator, device: String = "cpu") throws -> Timing {
    let circuit = try ansatz.circuit(qubitCount: qubitCount, layerCount: layerCount)
    let angles = angles(circuit.parameters.count * rowCount)
    return switch work {
    case .values: try time(.values, of: circuit, angles, on: simulator, device)
    case .gradient: try time(.gradients, of: circuit, angles, on: simulator, device)
    case .samples(let shots): try timeSamples(of: circuit, angles, shots: shots, on: simulator)
    }
  }

  private func time(
    _ purpose: Estimator.Purpose, of circuit: Circuit, _ angles: [Double], on simulator: CircuitSimulator, _ device: String
  ) throws -> Timing {
    let observables = try (0..<qubitCount).map {
      try Observable([.init(1, PauliString(qubitCount: qubitCount, x: 0, z: 1 << UInt64($0)))])
    }
    let start = MonotonicClock.seconds()
    let estimator =
      switch method {
      case .auto: try Estimator(circuit, observables: observables, precision: precision, device: device, simulator: simulator)
      case .rows: try Estimator(inRows: circuit, observables: observables, precision: precision, simulator: simulator)
      }
    try estimator.prepare(for: purpose)
    let compileSeconds = MonotonicClock.seconds() - start
    let bindSeconds = try bindSeconds(estimator.method, device) {
      try estimator.bind(angles.span, rowCount: rowCount, for: purpose)
    }
    var values = [Double](repeating: 0, count: rowCount * qubitCount)
    let seconds = try seconds(estimator, purpose, angles, &values)
    // What is larger than a device takes would be told as its figure otherwise.
    guard estimator.deviceName == device else {
      throw SimulatorError(
        .unsupported,
        "\(work.name) of \(qubitCount) qubits of \(ansatz.rawValue), \(layerCount) layers, run on \(estimator.deviceName), not on \(device)"
      )
    }
    return Timing(
      parameterCount: circuit.parameters.count, observableCount: qubitCount, method: estimator.method.rawValue,
      compileSeconds: compileSeconds, bindSeconds: bindSeconds, seconds: seconds,
      multiplyAddCount: try estimator.multiplyAddCount(for: purpose))
  }

  private func timeSamples(of circuit: Circuit, _ angles: [Double], shots: Int, on simulator: CircuitSimulator) throws -> Timing {
    let start = MonotonicClock.seconds()
    let sampler = try Sampler(circuit, precision: precision, simulator: simulator)
    let compileSeconds = MonotonicClock.seconds() - start
    var counts = [UInt32](repeating: 0, count: rowCount << sampler.bitCount)
    return Timing(
      parameterCount: circuit.parameters.count, observableCount: 0, method: sampler.method.rawValue,
      compileSeconds: compileSeconds,
      bindSeconds: try bindSeconds(sampler.method, "cpu") { try sampler.bind(angles.span, rowCount: rowCount) },
      seconds: try samples {
        var places = counts.mutableSpan
        try sampler.sample(angles.span, rowCount: rowCount, shots: shots, seed: seed, counts: &places)
      }, multiplyAddCount: sampler.multiplyAddCount)
  }

  /// The median time of binding; nil where rows do not run in the CPU's lanes.
  private func bindSeconds(_ method: Estimator.Method, _ device: String, _ bind: () throws -> Void) throws -> Double? {
    method == .lanes && device == "cpu" ? Self.median(try samples(bind)) : nil
  }

  /// The times of whole calls.
  private func seconds(
    _ estimator: Estimator, _ purpose: Estimator.Purpose, _ angles: [Double], _ values: inout [Double]
  ) throws -> [Double] {
    switch purpose {
    case .values:
      return try samples {
        var places = values.mutableSpan
        try estimator.estimate(angles.span, rowCount: rowCount, into: &places)
      }
    case .gradients:
      let cotangents = [Double](repeating: 1, count: rowCount * qubitCount)
      var gradients = [Double](repeating: 0, count: angles.count)
      return try samples {
        var places = values.mutableSpan
        var derivatives = gradients.mutableSpan
        try estimator.pullBack(
          angles.span, cotangents: cotangents.span, rowCount: rowCount, values: &places, gradients: &derivatives)
      }
    }
  }

  /// The times of calls after one that is not counted, ascending.
  private func samples(_ call: () throws -> Void) throws -> [Double] {
    try call()
    var seconds = [Double]()
    for _ in 0..<repetitions {
      let start = MonotonicClock.seconds()
      try call()
      seconds.append(MonotonicClock.seconds() - start)
    }
    return seconds.sorted()
  }

  private static func median(_ ascending: [Double]) -> Double { ascending[(ascending.count - 1) / 2] }

  /// Angles between −π and π.
  private func angles(_ count: Int) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in random.nextAngle() }
  }
}
