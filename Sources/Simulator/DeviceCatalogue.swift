internal import OpenCLRuntime
internal import Synchronization

/// What can run circuits on this machine: the CPU, and every OpenCL device.
///
///     let catalogue = DeviceCatalogue()
///     let devices = try catalogue.resolve("auto")
///
/// Devices are looked up once, when the catalogue is made. A machine without OpenCL has the CPU, and ``openCLNote`` says why.
public final class DeviceCatalogue: Sendable {
  /// The CPU first, then OpenCL devices in the loader's order.
  public let devices: [DeviceDescription]
  /// Why there is no OpenCL device, or nil where there is one.
  public let openCLNote: String?
  private let openCLDevices: [Device]
  private let backends = Mutex<[String: OpenCLBackend]>([:])

  /// Looks at this machine.
  public init() {
    let found: [Device]
    do throws(OpenCLError) {
      found = try Device.all()
      openCLNote = found.isEmpty ? "an OpenCL library is installed, and no driver with a device" : nil
    } catch {
      found = []
      openCLNote = error.message
    }
    openCLDevices = found
    devices = [.cpu()] + found.map { DeviceDescription($0) }
  }

  /// The devices that a preference names, the one to use first in front.
  ///
  /// - Parameter preference: `auto` (a GPU that is fit if there is one, else the CPU), `cpu`, `opencl` (all fit OpenCL devices) or
  ///   `opencl:P.D`.
  /// - Throws: ``SimulatorError`` with code `unknown_device` that lists what is accepted here.
  public func resolve(_ preference: String) throws(SimulatorError) -> [DeviceDescription] {
    let fit = devices.filter { $0.name != "cpu" && $0.supportsDouble }
    switch preference {
    case "auto": return fit.filter { !$0.isProcessor } + devices.filter { $0.name == "cpu" }
    case "opencl" where !fit.isEmpty: return fit
    default:
      if let device = devices.first(where: { $0.name == preference }) { return [device] }
      let accepted = ["auto"] + (fit.isEmpty ? [] : ["opencl"]) + devices.map(\.name)
      let note = openCLNote.map { "; no OpenCL device: \($0)" } ?? ""
      throw SimulatorError(.unknownDevice, "no device '\(preference)'; accepted here: \(accepted.joined(separator: ", "))\(note)")
    }
  }

  /// The opened OpenCL device of a name such as `opencl:0.0`, one for all who ask.
  ///
  /// - Throws: ``SimulatorError`` with code `unknown_device`, `unsupported` or `device_failure`.
  package func backend(named name: String) throws(SimulatorError) -> OpenCLBackend {
    guard let device = openCLDevices.first(where: { $0.label == name }) else {
      throw SimulatorError(.unknownDevice, "no OpenCL device '\(name)'")
    }
    let result = backends.withLock { backends in
      if let backend = backends[name] { return Result<OpenCLBackend, SimulatorError>.success(backend) }
      do throws(SimulatorError) {
        let backend = try OpenCLBackend(device: device)
        backends[name] = backend
        return .success(backend)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
