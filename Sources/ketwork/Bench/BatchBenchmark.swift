internal import ArgumentParser
internal import Circuits
internal import Simulator

/// Times a batch: a template, rows of angles, and ⟨Z⟩ of every qubit.
struct BatchBenchmark {
  /// How many layers, rows and numbers in all rows may be asked for. Compiling takes the square of the gates; 2²⁸ numbers take 2 GiB, and as
  /// much again for gradients.
  static let layerCounts = 1...100
  static let rowCounts = 1...1 << 26
  static let numberCount = 1 << 28

  /// What is computed of each row.
  enum Work: String {
    /// ⟨Z⟩ of every qubit.
    case values
    /// The same, and the derivatives of their sum by all parameters, by the adjoint method.
    case gradient

    fileprivate var purpose: Estimator.Purpose {
      switch self {
      case .values: .values
      case .gradient: .gradients
      }
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

  /// Numbers of a row: its parameters, which are at least as many as its values.
  var rowWidth: Int { ansatz.parametersPerQubit * qubitCount * layerCount }

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
    let observables = try (0..<qubitCount).map {
      try Observable([.init(1, PauliString(qubitCount: qubitCount, x: 0, z: 1 << UInt64($0)))])
    }
    let angles = angles(circuit.parameters.count * rowCount)
    let start = MonotonicClock.seconds()
    let estimator =
      switch method {
      case .auto: try Estimator(circuit, observables: observables, precision: precision, device: device, simulator: simulator)
      case .rows: try Estimator(inRows: circuit, observables: observables, precision: precision, simulator: simulator)
      }
    try estimator.prepare(for: work.purpose)
    let compileSeconds = MonotonicClock.seconds() - start
    let bindSeconds = device == "cpu" ? try bindSeconds(estimator, angles) : nil
    let seconds = try seconds(estimator, angles)
    // What is larger than a device takes would be told as its figure otherwise.
    guard estimator.deviceName == device else {
      throw SimulatorError(
        .unsupported,
        "\(work.rawValue) of \(qubitCount) qubits of \(ansatz.rawValue), \(layerCount) layers, run on \(estimator.deviceName), not on \(device)"
      )
    }
    return Timing(
      parameterCount: circuit.parameters.count, observableCount: qubitCount, method: estimator.method.rawValue,
      compileSeconds: compileSeconds, bindSeconds: bindSeconds, seconds: seconds,
      multiplyAddCount: try estimator.multiplyAddCount(for: work.purpose))
  }

  /// The median time of binding; nil where rows do not run in lanes.
  private func bindSeconds(_ estimator: Estimator, _ angles: [Double]) throws -> Double? {
    guard estimator.method == .lanes else { return nil }
    var values = [Double](repeating: 0, count: rowCount * qubitCount)
    return Self.median(
      try samples {
        var places = values.mutableSpan
        try estimator.bind(angles.span, rowCount: rowCount, clearing: &places, for: work.purpose)
      })
  }

  /// The times of whole calls.
  private func seconds(_ estimator: Estimator, _ angles: [Double]) throws -> [Double] {
    var values = [Double](repeating: 0, count: rowCount * qubitCount)
    switch work {
    case .values:
      return try samples {
        var places = values.mutableSpan
        try estimator.estimate(angles.span, rowCount: rowCount, into: &places)
      }
    case .gradient:
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
