import OpenCLRuntime
import Simulator
import Testing

@Suite("the device catalogue")
struct DeviceCatalogueTests {
  let catalogue = DeviceCatalogue()

  @Test("lists the CPU first, and says why there is no OpenCL device where there is none")
  func list() {
    #expect(catalogue.devices.first?.name == "cpu")
    #expect((catalogue.devices.count > 1) == (catalogue.openCLNote == nil))
    for device in catalogue.devices {
      #expect(device.largestSingleQubitCount >= device.largestDoubleQubitCount && device.memoryByteCount > 0)
    }
  }

  @Test("resolves a device's own name to it alone, and auto to something that can run")
  func resolve() throws {
    for device in catalogue.devices { #expect(try catalogue.resolve(device.name) == [device]) }
    #expect(try catalogue.resolve("auto").last?.name == "cpu")
  }

  @Test("refuses an unknown device and lists what is accepted", arguments: ["gpu", "opencl:9.9", "", "CPU"])
  func unknown(_ name: String) {
    let error = #expect(throws: SimulatorError.self) { try catalogue.resolve(name) }
    #expect(error?.code == .unknownDevice)
    for device in catalogue.devices { #expect(error?.message.contains(device.name) == true) }
  }

  @Test("opens a device once for all who ask", .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
  func backend() throws {
    let name = try #require(try catalogue.resolve("opencl").first?.name)
    #expect(try catalogue.backend(named: name) === catalogue.backend(named: name))
  }

  @Test(
    "a register that does not fit is refused with the bytes needed and there",
    .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
  func refusal() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let error = #expect(throws: SimulatorError.self) {
      _ = try OpenCLRegister(backend: backend, qubitCount: 60, precision: .single)
    }
    #expect(error?.code == .outOfMemory)
    #expect(error?.message.contains("9223372036854775808 bytes") == true)
    #expect(error?.message.contains("\(backend.device.globalMemoryByteCount) bytes") == true)
  }
}
