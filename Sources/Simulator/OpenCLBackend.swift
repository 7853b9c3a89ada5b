internal import CKernels
package import OpenCLRuntime
internal import Synchronization

/// An OpenCL device opened for registers: its context, and the kernels built once for each precision and family.
package final class OpenCLBackend: Sendable {
  package let context: Context
  private let cache: ProgramCache?
  private let programs = Mutex<[Options: OpenCLRuntime.Program]>([:])

  /// What it runs on.
  package var device: Device { context.device }

  /// Opens `device`, with the cache that is usual for it.
  package convenience init(device: Device) throws(SimulatorError) {
    try self.init(device: device, cache: .standard(for: device))
  }

  /// Opens `device`; builds nothing yet.
  ///
  /// - Parameters:
  ///   - device: Needs 64-bit floating point, since norms and expectation values are summed in double in either precision.
  ///   - cache: Where compiled kernels are kept between processes.
  /// - Throws: ``SimulatorError`` with code `unsupported` or `device_failure`.
  package init(device: Device, cache: ProgramCache?) throws(SimulatorError) {
    guard device.supportsDouble else {
      throw SimulatorError(
        .unsupported,
        "\(device.label) (\(device.name)) has no 64-bit floating point, in which norms and expectation values are summed; use the device cpu"
      )
    }
    self.cache = cache
    do throws(OpenCLError) {
      context = try Context(device: device)
    } catch {
      throw SimulatorError(error)
    }
  }

  /// The kernels of a family for states of `precision`, built on first use.
  ///
  /// - Throws: ``SimulatorError`` with code `device_failure` and the build log.
  func program(for precision: Precision, _ family: OpenCLKernelFamily) throws(SimulatorError) -> OpenCLRuntime.Program {
    let options = Options(precision: precision, family: family)
    // Whoever comes second waits and finds the program built, rather than building it again.
    let result = programs.withLock { programs in
      if let program = programs[options] { return Result<OpenCLRuntime.Program, OpenCLError>.success(program) }
      do throws(OpenCLError) {
        let program = try OpenCLRuntime.Program(
          context: context, source: Self.source(of: options.family), options: options.compilerOptions, cache: cache)
        programs[options] = program
        return .success(program)
      } catch {
        return .failure(error)
      }
    }
    do throws(OpenCLError) {
      return try result.get()
    } catch {
      throw SimulatorError(error)
    }
  }

  /// The largest n whose state fits the device's memory.
  package func largestQubitCount(_ precision: Precision) -> Int {
    OpenCLSplit.largestQubitCount(
      memoryByteCount: device.globalMemoryByteCount, largestBufferByteCount: device.maximumAllocationByteCount, precision: precision
    )
  }

  /// The kernel files of registers, the prelude first, each under its own name in the compiler's messages.
  package static let source = source { OpenCLKernelFamily.registers(splitQubitCount: 0).has($0) }
  private static let densitySource = source { OpenCLKernelFamily.densities.has($0) }
  private static let batchSource = source { OpenCLKernelFamily.batches(.any).has($0) }
  private static let batchGradientSource = source { OpenCLKernelFamily.batchGradients(.any).has($0) }
  private static let batchDensitySource = source { OpenCLKernelFamily.batchDensities(isLocal: true).has($0) }

  private static func source(of family: OpenCLKernelFamily) -> String {
    switch family {
    case .registers: source
    case .densities: densitySource
    case .batches: batchSource
    case .batchGradients: batchGradientSource
    case .batchDensities: batchDensitySource
    }
  }

  private static func source(_ isWanted: (String) -> Bool) -> String {
    (0..<ck_kernel_file_count()).compactMap { index in
      var byteCount = 0
      let text = unsafe ck_kernel_file_text(index, &byteCount)
      let name = unsafe String(cString: ck_kernel_file_name(index))
      guard isWanted(name) else { return nil }
      let bytes = unsafe UnsafeBufferPointer(start: text, count: byteCount)
      return unsafe "#line 1 \"\(name)\"\n" + String(decoding: bytes, as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// What kernels are compiled for.
  private struct Options: Hashable {
    let precision: Precision
    let family: OpenCLKernelFamily

    /// What the compiler is told: no relaxed arithmetic of any kind.
    var compilerOptions: [String] {
      ["-cl-std=CL1.2", "-D KETWORK_PRECISION=\(precision == .single ? 32 : 64)"] + family.definitions
    }
  }
}

extension SimulatorError {
  /// What a failure of the OpenCL runtime means to whoever asked for a simulation.
  init(_ error: OpenCLError) {
    let code: Code =
      switch error.code {
      case .outOfMemory: .outOfMemory
      case .noLibrary: .unknownDevice
      default: .deviceFailure
      }
    self.init(code, error.message)
  }
}
