internal import Simulator

/// A device of this machine that can be measured: the CPU, or an OpenCL device.
struct BenchDevice {
  /// What a device is, without a hold on it.
  struct Facts {
    /// `cpu`, `opencl:0.0`.
    var label: String
    /// The processor and, for a CPU, its kernels and threads.
    var name: String
    /// What drives it: the kernels' instruction set, or the OpenCL platform and driver.
    var software: String
    /// Bytes that a state may take.
    var memoryByteCount: Int
    /// The most qubits in a precision; 0 if the precision is not there.
    var largestQubitCounts: [Precision: Int]
    /// Bytes in a second, read and written in place, over an array that no cache holds; 0 until it is measured.
    var bytesPerSecond = 0.0
    /// Floating-point operations in a second at the device's peak; 0 until it is measured.
    var operationsPerSecond = 0.0

    func largestQubitCount(_ precision: Precision) -> Int { largestQubitCounts[precision] ?? 0 }

    /// Why a state of so many qubits does not run here.
    func refusal(_ qubitCount: Int, _ precision: Precision) -> String {
      guard largestQubitCount(precision) > 0 else { return "\(label) does not compute in \(precision.rawValue) precision" }
      let needed = Double(sign: .plus, exponent: qubitCount, significand: Double(precision.amplitudeByteCount))
      return "a state of \(qubitCount) qubits takes \(Format.bytes(needed)) in \(precision.rawValue) precision; "
        + "\(label) has \(Format.bytes(Double(memoryByteCount)))"
    }
  }

  /// Where a state lives.
  private enum Backend {
    case host
    case openCL(DeviceCatalogue)
  }

  let facts: Facts
  private let backend: Backend
  /// What its measured figures depend on, in each precision.
  private let calibrationKeys: [Precision: CalibrationKey]

  /// The device's figures in a precision that it has, kept or measured.
  ///
  /// - Parameters:
  ///   - isForced: Whether they are measured even if there are some.
  ///   - stateByteCount: Of the state over which the bandwidth is measured.
  /// - Throws: ``SimulatorError`` when the device fails.
  func calibration(
    _ precision: Precision, by calibrator: Calibrator, isForced: Bool = false,
    stateByteCount: Int = Simulator.Limits.bandwidthStateByteCount
  ) throws(SimulatorError) -> Calibrator.Outcome {
    guard let key = calibrationKeys[precision], facts.largestQubitCount(precision) > 0 else {
      throw SimulatorError(.unsupported, facts.refusal(0, precision))
    }
    func sizes(isHost: Bool) -> CalibrationSizes {
      CalibrationSizes(
        precision, isHost: isHost, unitCount: key.threads, largestQubitCount: facts.largestQubitCount(precision),
        stateByteCount: stateByteCount)
    }
    switch backend {
    case .host:
      return try calibrator.calibration(for: key, isForced: isForced, sizes: sizes(isHost: true)) {
        (count) throws(SimulatorError) in
        try Self.hostRegister(count, precision)
      }
    case .openCL(let catalogue):
      return try calibrator.calibration(for: key, isForced: isForced, sizes: sizes(isHost: false)) {
        (count) throws(SimulatorError) in
        try Self.registers(facts.label, catalogue)(count, precision)
      }
    }
  }

  /// Measures the bandwidth and runs a plan.
  ///
  /// - Throws: ``SimulatorError`` when the device fails.
  func scaling(_ plan: ScalingPlan, progress: @escaping (String, Double) -> Void) throws -> DeviceScaling {
    switch backend {
    case .host: try Self.scaling(facts, plan, Self.hostRegister, progress)
    case .openCL(let catalogue): try Self.scaling(facts, plan, try Self.registers(facts.label, catalogue), progress)
    }
  }

  /// Measures the bandwidth and times each pass.
  ///
  /// - Throws: ``SimulatorError`` when the state does not fit or the device fails.
  func passes(
    _ benchmark: PassBenchmark, progress: (Int, Int) -> Void
  ) throws(SimulatorError) -> (facts: Facts, timings: [PassBenchmark.Timing]) {
    switch backend {
    case .host: try Self.passes(facts, benchmark, Self.hostRegister, progress)
    case .openCL(let catalogue): try Self.passes(facts, benchmark, try Self.registers(facts.label, catalogue), progress)
    }
  }

  /// Times one circuit.
  ///
  /// - Throws: ``SimulatorError`` when the state does not fit or the device fails.
  func timings(of circuit: PreparedCircuit, _ benchmark: CircuitBenchmark) throws(SimulatorError) -> [CircuitBenchmark.Timing] {
    switch backend {
    case .host: try benchmark.run(circuit, Self.hostRegister)
    case .openCL(let catalogue): try benchmark.run(circuit, try Self.registers(facts.label, catalogue))
    }
  }

  /// The facts with the arithmetic peak, measured now.
  ///
  /// - Throws: ``SimulatorError`` when the device fails or has not the precision.
  func factsWithPeak(_ precision: Precision) throws(SimulatorError) -> Facts {
    func peak<Register: CalibratedRegister & ~Copyable>(
      _ makeRegister: (Int, Precision) throws(SimulatorError) -> Register
    ) throws(SimulatorError) -> Double {
      // Multiply-adds stay in the processor's registers, so the state does not matter.
      let register = try makeRegister(1, precision)
      return try CalibrationProbe(now: MonotonicClock.seconds).operationsPerSecond(of: register)
    }
    var facts = facts
    facts.operationsPerSecond =
      switch backend {
      case .host: try peak(Self.hostRegister)
      case .openCL(let catalogue): try peak(try Self.registers(facts.label, catalogue))
      }
    return facts
  }

  private static func passes<Register: CalibratedRegister & ~Copyable>(
    _ facts: Facts, _ benchmark: PassBenchmark, _ makeRegister: (Int, Precision) throws(SimulatorError) -> Register,
    _ progress: (Int, Int) -> Void
  ) throws(SimulatorError) -> (facts: Facts, timings: [PassBenchmark.Timing]) {
    var facts = facts
    facts.bytesPerSecond = try bandwidth(of: facts, benchmark.precision, makeRegister)
    var register = try makeRegister(benchmark.qubitCount, benchmark.precision)
    facts.operationsPerSecond = try CalibrationProbe(now: MonotonicClock.seconds).operationsPerSecond(of: register)
    return (facts, try benchmark.run(on: &register, progress: progress))
  }

  private static func hostRegister(_ qubitCount: Int, _ precision: Precision) throws(SimulatorError) -> HostRegister {
    try HostRegister(qubitCount: qubitCount, precision: precision)
  }

  private static func registers(
    _ name: String, _ catalogue: DeviceCatalogue
  ) throws(SimulatorError) -> (Int, Precision) throws(SimulatorError) -> OpenCLRegister {
    let backend = try catalogue.backend(named: name)
    return { (qubitCount, precision) throws(SimulatorError) in
      try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision)
    }
  }

  private static func scaling<Register: StateRegister & ~Copyable>(
    _ facts: Facts, _ plan: ScalingPlan, _ makeRegister: @escaping (Int, Precision) throws(SimulatorError) -> Register,
    _ progress: @escaping (String, Double) -> Void
  ) throws -> DeviceScaling {
    var facts = facts
    progress("\(facts.label)  memory bandwidth", 0)
    // Without the precision there is nothing to measure; the sweep says so.
    if facts.largestQubitCount(plan.precision) > 0 {
      facts.bytesPerSecond = try bandwidth(of: facts, plan.precision, makeRegister)
    }
    return try ScalingSweep(plan: plan, device: facts, makeRegister: makeRegister, progress: progress).run()
  }

  private static func bandwidth<Register: StateRegister & ~Copyable>(
    of facts: Facts, _ precision: Precision, _ makeRegister: (Int, Precision) throws(SimulatorError) -> Register
  ) throws(SimulatorError) -> Double {
    let wanted = (Simulator.Limits.bandwidthStateByteCount / precision.amplitudeByteCount).trailingZeroBitCount
    var register = try makeRegister(min(wanted, facts.largestQubitCount(precision)), precision)
    return try CalibrationProbe(now: MonotonicClock.seconds).bytesPerSecond(of: &register)
  }
}

extension BenchDevice {
  /// Every device of this machine, the CPU first.
  ///
  /// - Throws: ``SimulatorError`` when the environment names kernels or a number of threads that are not there.
  static func all(_ catalogue: DeviceCatalogue = DeviceCatalogue()) throws(SimulatorError) -> [BenchDevice] {
    let host = try host(catalogue.devices[0])
    return [host] + catalogue.devices.dropFirst().map { openCL($0, catalogue) }
  }

  /// The devices that an option names: `auto` for all, `cpu`, `opencl` for all of OpenCL, `opencl:P.D`. No name means all.
  ///
  /// - Throws: ``Failure`` with the names that are accepted.
  static func named(_ names: [String]) throws -> [BenchDevice] {
    let present = try all()
    var chosen = [BenchDevice]()
    for name in names.isEmpty ? ["auto"] : names {
      let found = present.filter { name == "auto" || $0.facts.label == name || $0.facts.label.hasPrefix(name + ":") }
      guard !found.isEmpty else {
        let labels = (["auto"] + present.map(\.facts.label)).joined(separator: ", ")
        throw Failure(.usage, "no device '\(name)' here; \(labels) are accepted")
      }
      for device in found where !chosen.contains(where: { $0.facts.label == device.facts.label }) { chosen.append(device) }
    }
    return chosen
  }

  /// The one device that an option names, where several cannot be measured at once.
  ///
  /// - Throws: ``Failure`` for a name of none and of several, with the names that are accepted.
  static func one(named name: String) throws -> BenchDevice {
    let present = try all()
    let found = present.filter { $0.facts.label == name || $0.facts.label.hasPrefix(name + ":") }
    guard found.count == 1 else {
      let labels = present.map(\.facts.label).joined(separator: ", ")
      throw Failure(.usage, "--device is '\(name)', which is not one device here; one of \(labels) is accepted")
    }
    return found[0]
  }

  private static func host(_ device: DeviceDescription) throws(SimulatorError) -> BenchDevice {
    let kernels = try CPUKernels.preferred.get()
    let threads = try ThreadPool.preferredThreadCount.get()
    let name = "\(HostProcessor.name), \(kernels.name), \(threads) thread\(threads == 1 ? "" : "s")"
    let keys = Self.keys {
      CalibrationKey.host(processor: HostProcessor.name, kernels: kernels, threadCount: threads, $0)
    }
    return BenchDevice(
      facts: Facts(device, name: name, software: kernels.description), backend: .host, calibrationKeys: keys)
  }

  private static func openCL(_ device: DeviceDescription, _ catalogue: DeviceCatalogue) -> BenchDevice {
    let software = "\(device.platform) \(device.driver.split(separator: " ").first ?? "")"
    let keys = Self.keys { CalibrationKey.openCL(device, $0) }
    return BenchDevice(
      facts: Facts(device, name: device.product, software: software), backend: .openCL(catalogue), calibrationKeys: keys)
  }

  private static func keys(_ key: (Precision) -> CalibrationKey) -> [Precision: CalibrationKey] {
    Dictionary(uniqueKeysWithValues: Precision.allCases.map { ($0, key($0)) })
  }
}

extension BenchDevice.Facts {
  fileprivate init(_ device: DeviceDescription, name: String, software: String) {
    self.init(
      label: device.name, name: name, software: software, memoryByteCount: Int(clamping: device.memoryByteCount),
      largestQubitCounts: [.single: device.largestSingleQubitCount, .double: device.largestDoubleQubitCount])
  }
}
