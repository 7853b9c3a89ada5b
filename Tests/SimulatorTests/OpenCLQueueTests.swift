import Circuits
import TestSupport
import Testing

@testable import OpenCLRuntime
@testable import Simulator

/// The host must run ahead of the device: were it to wait between two passes, the device would stand still while the next one is prepared.
@Suite("a queue of passes", .serialized, .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLQueueTests {
  @Test(
    "takes every pass of a circuit while the device has not begun the first one", arguments: [nil, 9, 12] as [Int?], [0, 2])
  func runsAhead(tileQubitCount: Int?, splitQubitCount: Int) throws {
    let qubitCount = 16
    var generator = SplitMix(seed: 60)
    let operations = (0..<400).map { index in
      let targets = generator.qubits(2, of: qubitCount)
      let size = index % 5 == 4 ? 4 : 2
      return StateOperation.matrix(
        generator.complexes(size * size).map { $0 / Double(size) }, targets: Array(targets.prefix(size / 2)), controls: .none)
    }
    var layout = QubitLayout(qubitCount: qubitCount, isZero: true)
    let passes = try Planner(qubitCount: qubitCount, tileQubitCount: 11).passes(operations, layout: &layout)
    #expect(passes.count > 5)
    let backend = try #require(OpenCLTestDevices.backends.first)
    func make() throws -> OpenCLRegister {
      try OpenCLRegister(
        backend: backend, qubitCount: qubitCount, precision: .single, tileQubitCount: tileQubitCount,
        largestBufferByteCount: 8 << (qubitCount - splitQubitCount))
    }
    var free = try make()
    var held = try make()
    for pass in passes { try free.apply(pass) }

    let gate = try OpenCLGate(backend.context)
    try held.workspace.queue.enqueueBarrier(after: gate.event)
    let isPassed = try gate.isPassed { for pass in passes { try held.apply(pass) } }
    #expect(isPassed, "the host waited for the device between passes")
    #expect(try held.amplitudes(from: 0, count: 1 << qubitCount) == free.amplitudes(from: 0, count: 1 << qubitCount))
  }
}
