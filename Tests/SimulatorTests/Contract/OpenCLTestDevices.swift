import OpenCLRuntime
import Simulator

/// The OpenCL devices that tests run on, opened once.
enum OpenCLTestDevices {
  /// One for each device that registers accept.
  static let backends: [OpenCLBackend] = {
    guard case .success(let devices) = found else { return [] }
    return devices.filter(\.supportsDouble).compactMap { device in
      // A device that cannot be opened is reported by the test that opens all of them.
      try? OpenCLBackend(device: device)
    }
  }()

  /// Whether there is any, and otherwise why not.
  static var areThere: Bool { !backends.isEmpty }

  static let found: Result<[Device], OpenCLError> = {
    do throws(OpenCLError) {
      return .success(try Device.all())
    } catch {
      return .failure(error)
    }
  }()
}
