import OpenCLRuntime
import Simulator
import Testing

/// One way of making registers that the contract suite runs over.
///
/// A device joins the suite by adding its factories to ``all``.
struct RegisterFactory: Sendable, CustomTestStringConvertible {
  let name: String
  let precision: Precision
  let make: @Sendable (Int) throws -> TestRegister

  var testDescription: String { "\(name) \(precision.rawValue)" }
  /// How far an amplitude may be from the reference after a few operations of norm about one.
  var tolerance: Double { precision == .single ? 2e-5 : 1e-12 }

  /// Every register that this machine has.
  static let all: [RegisterFactory] = host + openCL + openCLSplit

  /// Each instruction set of this machine with one thread and with three, in both precisions.
  static let host: [RegisterFactory] = CPUKernels.available.flatMap { kernels in
    [1, 3].flatMap { (threadCount: Int) in
      Precision.allCases.map { precision in
        RegisterFactory(name: "\(kernels.name) ×\(threadCount)", precision: precision) { qubitCount in
          BoxedRegister(
            try HostRegister(qubitCount: qubitCount, precision: precision, kernels: kernels, threadCount: threadCount))
        }
      }
    }
  }

  /// Each OpenCL device of this machine that computes in double, in both precisions; none where there is no OpenCL.
  static let openCL: [RegisterFactory] = OpenCLTestDevices.backends.flatMap { backend in
    Precision.allCases.map { precision in
      RegisterFactory(name: backend.device.label, precision: precision) { qubitCount in
        BoxedRegister(try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision))
      }
    }
  }

  /// The same with states that are split, as if the device's largest buffer were smaller than they are.
  static let openCLSplit: [RegisterFactory] = OpenCLTestDevices.backends.flatMap { backend in
    [(1, Precision.single), (3, .single), (2, .double)].map { (splitQubitCount: Int, precision: Precision) in
      RegisterFactory(name: "\(backend.device.label) in \(1 << splitQubitCount) buffers", precision: precision) { qubitCount in
        BoxedRegister(
          try OpenCLRegister(
            backend: backend, qubitCount: qubitCount, precision: precision,
            largestBufferByteCount: precision.amplitudeByteCount << max(0, qubitCount - splitQubitCount)))
      }
    }
  }

  /// OpenCL devices with tiles, as large as local memory has room for and smaller, so that passes are cut.
  static let openCLTiles: [RegisterFactory] = OpenCLTestDevices.backends.flatMap { backend in
    [5, 8, 12].flatMap { (tileQubitCount: Int) in
      Precision.allCases.map { precision in
        RegisterFactory(name: "\(backend.device.label) in tiles of \(tileQubitCount)", precision: precision) { qubitCount in
          BoxedRegister(
            try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: tileQubitCount))
        }
      }
    }
  }

  /// The same with tiles of states that are split, so that tiles lie in one buffer, in several, and across all.
  static let openCLSplitTiles: [RegisterFactory] = OpenCLTestDevices.backends.flatMap { backend in
    [(5, 4), (8, 1), (12, 2)].flatMap { (tileQubitCount: Int, splitQubitCount: Int) in
      Precision.allCases.map { precision in
        RegisterFactory(
          name: "\(backend.device.label) in tiles of \(tileQubitCount) and \(1 << splitQubitCount) buffers", precision: precision
        ) { qubitCount in
          BoxedRegister(
            try OpenCLRegister(
              backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: tileQubitCount,
              largestBufferByteCount: precision.amplitudeByteCount << max(0, qubitCount - splitQubitCount)))
        }
      }
    }
  }

  /// The factories of one precision, whose results have to be the same bits.
  static func all(_ precision: Precision) -> [RegisterFactory] { all.filter { $0.precision == precision } }
}
