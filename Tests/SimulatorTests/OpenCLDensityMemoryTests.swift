import Circuits
import TestSupport
import Testing

@testable import OpenCLRuntime
@testable import Simulator

@Suite(
  "density matrices in device memory", .serialized, .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLDensityMemoryTests {
  private static func refusal(_ body: () throws(SimulatorError) -> OpenCLDensityMemory) -> SimulatorError? {
    do throws(SimulatorError) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test("what a device has no memory for is refused, with the bytes", arguments: Precision.allCases)
  func refusals(_ precision: Precision) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let needed = precision.realByteCount << 12
    let small = Self.refusal { () throws(SimulatorError) in
      try OpenCLDensityMemory(backend: backend, qubitCount: 6, precision: precision, largestBufferByteCount: needed - 1)
    }
    #expect(small?.code == .outOfMemory && small?.message.contains("needs \(needed) bytes") == true, "\(small?.message ?? "")")
    #expect(small?.message.contains("gives \(needed - 1) in one buffer") == true && small?.message.contains("5 qubits fit") == true)
    #expect(
      Self.refusal { () throws(SimulatorError) in
        try OpenCLDensityMemory(backend: backend, qubitCount: 6, precision: precision, largestBufferByteCount: needed)
      } == nil)
    for count in [0, 17] {
      let error = Self.refusal { () throws(SimulatorError) in
        try OpenCLDensityMemory(backend: backend, qubitCount: count, precision: precision)
      }
      #expect(error?.code == .invalidArgument)
    }
    // Where a device has room for the largest matrix there is nothing to refuse.
    let largest = precision.realByteCount << (2 * Simulator.Limits.densityQubitCount)
    guard largest > backend.device.globalMemoryByteCount else { return }
    let large = Self.refusal { () throws(SimulatorError) in
      try OpenCLDensityMemory(backend: backend, qubitCount: Simulator.Limits.densityQubitCount, precision: precision)
    }
    #expect(large?.code == .outOfMemory && large?.message.contains("\(backend.device.globalMemoryByteCount) bytes") == true)
  }

  @Test("more values than one table holds come in their order")
  func manyValues() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    var memory = try OpenCLDensityMemory(backend: backend, qubitCount: 8, precision: .single)
    try memory.reset(to: 0b1000_0001)
    let host = try DensityMemory(qubitCount: 8, precision: .single)
    host.reset(to: 0b1000_0001)
    var generator = SplitMix(seed: 3)
    let numbers = (0..<70_001).map { _ in generator.next() & generator.next() & 0xffff }
    #expect(try memory.values(numbers) == host.values(numbers))
  }

  @Test("takes every map while the device has not begun the first one")
  func runsAhead() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let qubitCount = 5
    var generator = SplitMix(seed: 61)
    let maps = try (0..<100).map { index in
      let count = 1 + index % 2
      let channel = try RandomChannel(qubitCount: count, seed: UInt64(index)).channel(operatorCount: 1)
      return TransferMap(PauliTransferMatrix(channel), on: generator.qubits(count, of: qubitCount))
    }
    var free = try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: .single)
    var held = try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: .single)
    for map in maps { try free.apply(map) }

    let gate = try OpenCLGate(backend.context)
    try held.workspace.queue.enqueueBarrier(after: gate.event)
    let isPassed = try gate.isPassed { for map in maps { try held.apply(map) } }
    #expect(isPassed, "the host waited for the device between maps")
    let numbers = (0..<UInt64(1) << UInt64(2 * qubitCount)).map(\.self)
    #expect(try held.values(numbers) == free.values(numbers))
  }
}
