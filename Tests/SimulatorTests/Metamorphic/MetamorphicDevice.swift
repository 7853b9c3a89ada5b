import Circuits
import OpenCLRuntime
import Simulator
import Testing

/// One way of carrying out runs.
struct MetamorphicDevice: Sendable, CustomTestStringConvertible {
  let name: String
  let precision: Precision
  /// All amplitudes after a run.
  let state: @Sendable (MetamorphicRun) throws -> [Complex]

  var testDescription: String { "\(name) \(precision.rawValue)" }

  /// How far two states of norm one may be apart, as the length of their difference, after some fifty operations: several times what
  /// rounding has been seen to leave.
  var tolerance: Double { precision == .single ? 5e-6 : 2e-14 }

  /// The best and the plainest kernels of this machine's cores, and each OpenCL device, in both precisions.
  static let all = host + openCL

  private static let host: [MetamorphicDevice] = Set([0, CPUKernels.available.count - 1]).sorted().flatMap { index in
    Precision.allCases.map { precision in
      let kernels = CPUKernels.available[index]
      return MetamorphicDevice(name: kernels.name, precision: precision) { run in
        try amplitudes(after: run, on: HostRegister(qubitCount: run.qubitCount, precision: precision, kernels: kernels))
      }
    }
  }

  /// In tiles as large as local memory has room for on most devices, so that passes are cut.
  private static let openCL: [MetamorphicDevice] = OpenCLTestDevices.backends.flatMap { backend in
    Precision.allCases.map { precision in
      MetamorphicDevice(name: backend.device.label, precision: precision) { run in
        try amplitudes(
          after: run,
          on: OpenCLRegister(backend: backend, qubitCount: run.qubitCount, precision: precision, tileQubitCount: 11))
      }
    }
  }

  private static func amplitudes<Base: StateRegister & ~Copyable>(
    after run: MetamorphicRun, on base: consuming Base
  ) throws -> [Complex] {
    guard run.isPlanned else { return try unplannedAmplitudes(after: run, on: base) }
    // With small tiles, what only large states are worth is tried as well.
    let planner = run.tileQubitCount.map {
      Planner(qubitCount: run.qubitCount, tileQubitCount: $0, precision: base.precision, usesCartan: true)
    }
    var register = PlannedRegister(base, planner: planner)
    if run.start != 0 { try register.reset(to: run.start) }
    for list in run.lists { try register.apply(list) }
    try register.restoreOrder()
    return try register.amplitudes(from: 0, count: 1 << run.qubitCount)
  }

  private static func unplannedAmplitudes<Base: StateRegister & ~Copyable>(
    after run: MetamorphicRun, on base: consuming Base
  ) throws -> [Complex] {
    var register = base
    if run.start != 0 { try register.reset(to: run.start) }
    for operation in run.operations { try register.apply(operation) }
    return try register.amplitudes(from: 0, count: 1 << run.qubitCount)
  }
}
