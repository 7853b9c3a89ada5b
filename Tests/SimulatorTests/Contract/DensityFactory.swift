import OpenCLRuntime
import Testing

@testable import Simulator

/// One way of making density matrices that tests run over.
struct DensityFactory: Sendable, CustomTestStringConvertible {
  let name: String
  let precision: Precision
  /// Makes |0…0⟩⟨0…0|.
  let make: @Sendable (Int) throws -> TestDensity

  var testDescription: String { "\(name) \(precision.rawValue)" }
  /// How far a value may be from the reference after some maps.
  var tolerance: Double { precision == .single ? 1e-5 : 1e-12 }

  /// Every memory that this machine has.
  static let all: [DensityFactory] = host + openCL

  /// Each instruction set of this machine with one thread and with three, in both precisions.
  static let host: [DensityFactory] = [1, 3].flatMap { (threadCount: Int) in
    CPUKernels.available.flatMap { kernels in
      Precision.allCases.map { precision in
        DensityFactory(name: "\(kernels.name) ×\(threadCount)", precision: precision) { qubitCount in
          BoxedDensity(
            try DensityMemory(qubitCount: qubitCount, precision: precision, kernels: kernels, threadCount: threadCount))
        }
      }
    }
  }

  /// Each OpenCL device of this machine that computes in double, in both precisions; none where there is no OpenCL.
  static let openCL: [DensityFactory] = OpenCLTestDevices.backends.flatMap { backend in
    Precision.allCases.map { precision in
      DensityFactory(name: backend.device.label, precision: precision) { qubitCount in
        BoxedDensity(try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: precision))
      }
    }
  }

  /// Each instruction set with one thread, and all OpenCL devices.
  static let instructionSets: [DensityFactory] = host.prefix(host.count / 2) + openCL

  /// The best instruction set and all OpenCL devices.
  static let distinct: [DensityFactory] = host.prefix(2) + openCL
}
