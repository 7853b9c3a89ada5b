internal import CKernels
package import OpenCLRuntime
internal import Synchronization

/// An OpenCL device opened for registers: its context, and the kernels built once for each precision.
package final class OpenCLBackend: Sendable {
  package let context: Context
  private let cache: ProgramCache?
  private let programs = Mutex<[Precision: OpenCLRuntime.Program]>([:])

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

  /// The kernels for states of `precision`, built on first use.
  ///
  /// - Throws: ``SimulatorError`` with code `device_failure` and the build log.
  package func program(for precision: Precision) throws(SimulatorError) -> OpenCLRuntime.Program {
    // Whoever comes second waits and finds the program built, rather than building it again.
    let result = programs.withLock { programs in
      if let program = programs[precision] { return Result<OpenCLRuntime.Program, OpenCLError>.success(program) }
      do throws(OpenCLError) {
        let program = try OpenCLRuntime.Program(
          context: context, source: Self.source, options: Self.options(for: precision), cache: cache)
        programs[precision] = program
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
    let amplitudes = device.globalMemoryByteCount / precision.amplitudeByteCount
    return max(0, Int.bitWidth - 1 - amplitudes.leadingZeroBitCount)
  }

  /// All kernel files, the prelude first, each under its own name in the compiler's messages.
  package static let source: String = (0..<ck_kernel_file_count()).map { index in
    var byteCount = 0
    let text = unsafe ck_kernel_file_text(index, &byteCount)
    let name = unsafe String(cString: ck_kernel_file_name(index))
    let bytes = unsafe UnsafeBufferPointer(start: text, count: byteCount)
    return unsafe "#line 1 \"\(name)\"\n" + String(decoding: bytes, as: UTF8.self)
  }.joined(separator: "\n")

  /// What the compiler is told: no relaxed arithmetic of any kind.
  package static func options(for precision: Precision) -> [String] {
    ["-cl-std=CL1.2", "-D KETWORK_PRECISION=\(precision == .single ? 32 : 64)"]
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
