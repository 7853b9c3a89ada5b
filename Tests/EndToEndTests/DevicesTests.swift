import Foundation
import Testing

@Suite("ketwork devices")
struct DevicesTests {
  private struct Device: Decodable {
    struct Measured: Decodable, Equatable {
      var precision: String
      var bytes_per_second: Double
      var operations_per_second: Double
      var measured_at: String
    }

    var device: String
    var measured: [Measured]
  }

  private static func devices(cache: String) throws -> (devices: [Device], errors: String) {
    // Without OpenCL devices: their kernels would be built for an empty cache.
    let outcome = try CommandLineTool.run(
      ["devices", "--json"], environment: ["XDG_CACHE_HOME": cache, "OCL_ICD_VENDORS": "/dev/null"])
    guard outcome.status == 0 else { throw CommandLineTool.Trouble("status \(outcome.status): \(outcome.errors)") }
    return (try JSONDecoder().decode([Device].self, from: Data(outcome.output.utf8)), outcome.errors)
  }

  @Test("the CPU is measured once in each precision, and the figures are kept", .tags(.process))
  func kept() throws {
    let scratch = try Scratch()
    let first = try Self.devices(cache: scratch.path("cache"))
    #expect(first.errors.isEmpty)
    let cpu = try #require(first.devices.first)
    #expect(cpu.device == "cpu" && cpu.measured.map(\.precision) == ["single", "double"])
    #expect(cpu.measured.allSatisfy { $0.bytes_per_second > 1e6 && $0.operations_per_second > 1e6 })
    let second = try Self.devices(cache: scratch.path("cache"))
    #expect(second.devices.first?.measured == cpu.measured, "to the last digit, so not measured again")
  }

  @Test("figures that cannot be kept are shown all the same, and standard error says why they are not", .tags(.process))
  func notKept() throws {
    let scratch = try Scratch(["file": ""])
    let found = try Self.devices(cache: scratch.path("file"))
    #expect(found.devices.first?.measured.count == 2)
    #expect(found.errors.contains("cannot be kept in \(scratch.path("file"))/ketwork/calibration"), "\(found.errors)")
    #expect(found.errors.split(separator: "\n").count == 1, "said once")
  }
}
