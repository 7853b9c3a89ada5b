internal import CKernels
internal import OpenCLRuntime

/// What measured figures depend on: figures of another key say nothing.
package struct CalibrationKey: Hashable, Sendable, Codable {
  /// The processor's name.
  package var processor: String
  /// The instruction set of the CPU kernels, or the OpenCL platform and the driver's version.
  package var software: String
  /// Threads of a pass, or an accelerator's compute units.
  package var threads: Int
  /// `single` or `double`.
  package var precision: String
  /// Changes with the source of the kernels.
  package var revision: String

  /// The key of this process's own kernels.
  package static func host(processor: String, kernels: CPUKernels, threadCount: Int, _ precision: Precision) -> CalibrationKey {
    CalibrationKey(
      processor: processor, software: kernels.name, threads: threadCount, precision: precision.rawValue,
      revision: String(ck_revision(), radix: 16))
  }

  /// The key of an OpenCL device.
  package static func openCL(_ device: DeviceDescription, _ precision: Precision) -> CalibrationKey {
    CalibrationKey(
      processor: device.product, software: "\(device.platform), \(device.driver)", threads: device.computeUnitCount,
      precision: precision.rawValue, revision: String(fnv1a(OpenCLBackend.source.utf8), radix: 16))
  }

  /// The name of the file that holds the figures of this key.
  var fileName: String {
    let parts = [processor, software, String(threads), precision, revision]
    return "\(precision)-\(String(fnv1a(parts.joined(separator: "\n").utf8), radix: 16)).json"
  }
}
