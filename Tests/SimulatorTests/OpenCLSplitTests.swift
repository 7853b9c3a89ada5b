import Circuits
import OpenCLRuntime
import Simulator
import TestSupport
import Testing

@Suite("a state that is larger than a device's largest buffer")
struct OpenCLSplitTests {
  @Test(
    "is split into the fewest buffers that suffice, and into sixteen at most",
    arguments: [
      // Qubits, the largest buffer in bytes, split qubits in single and in double precision.
      (10, 16_384, 0, 0), (10, 8_192, 0, 1), (10, 8_191, 1, 2), (10, 1_024, 3, 4), (10, 1_000, 4, nil), (10, 511, nil, nil),
      (2, 8, 2, nil), (2, 7, nil, nil), (62, .max, 3, 4), (1, 0, nil, nil),
    ] as [(Int, Int, Int?, Int?)])
  func fewest(qubitCount: Int, byteCount: Int, single: Int?, double: Int?) {
    for (precision, expected) in [(Precision.single, single), (.double, double)] {
      let split = OpenCLSplit(qubitCount: qubitCount, precision: precision, largestBufferByteCount: byteCount)
      #expect(split?.splitQubitCount == expected)
      if let split { #expect(split.bufferCount << split.bufferQubitCount == 1 << qubitCount) }
    }
  }

  @Test("may have as many qubits as memory and sixteen buffers have room for")
  func largest() {
    func largest(_ memory: Int, _ buffer: Int) -> [Int] {
      Precision.allCases.map {
        OpenCLSplit.largestQubitCount(memoryByteCount: memory, largestBufferByteCount: buffer, precision: $0)
      }
    }
    #expect(Precision.allCases == [.single, .double])
    #expect(largest(80 << 30, 20 << 30) == [33, 32])
    #expect(largest(80 << 30, 80 << 30) == [33, 32])
    #expect(largest(80 << 30, 1 << 20) == [21, 20])
    #expect(largest(15, 15) == [0, 0])
    #expect(largest(0, 0) == [0, 0])
  }

  @Test(
    "is transferred in pieces that meet end to end, each in one buffer", arguments: [(0, 64), (0, 63), (5, 40), (17, 17), (60, 64)])
  func pieces(bounds: (Int, Int)) throws {
    let split = try #require(OpenCLSplit(qubitCount: 6, precision: .single, largestBufferByteCount: 128))
    let pieces = split.pieces(of: bounds.0..<bounds.1, longest: 12)
    var next = bounds.0
    for piece in pieces {
      #expect(piece.firstState == next && piece.count > 0 && piece.count <= 12)
      #expect(piece.buffer * 16 + piece.start == next && piece.start + piece.count <= 16)
      next += piece.count
    }
    #expect(next == bounds.1)
  }

  private static let hasDevice: Comment = "no OpenCL device on this machine"

  @Test("is refused where sixteen buffers are too few", .enabled(if: OpenCLTestDevices.areThere, hasDevice))
  func tooMany() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let error = #expect(throws: SimulatorError.self) {
      _ = try OpenCLRegister(backend: backend, qubitCount: 10, precision: .single, largestBufferByteCount: 511)
    }
    #expect(error?.code == .outOfMemory)
    #expect(error?.message.contains("need 8192 bytes") == true && error?.message.contains("511 in one buffer") == true)
    #expect(error?.message.contains("16 buffers at most") == true)
  }

  @Test("gives all of its buffers back", .enabled(if: OpenCLTestDevices.areThere, hasDevice))
  func accounting() throws {
    let device = try #require(OpenCLTestDevices.backends.first).device
    let backend = try OpenCLBackend(device: device)
    let before = backend.context.allocatedByteCount
    do {
      let whole = try OpenCLRegister(backend: backend, qubitCount: 10, precision: .single)
      let wholeByteCount = backend.context.allocatedByteCount
      let split = try OpenCLRegister(backend: backend, qubitCount: 10, precision: .single, largestBufferByteCount: 2_048)
      #expect(backend.context.allocatedByteCount == 2 * wholeByteCount)
      try whole.synchronize()
      try split.synchronize()
    }
    #expect(backend.context.allocatedByteCount == before)
  }

  @Test("cannot be copied from one that lies otherwise", .enabled(if: OpenCLTestDevices.areThere, hasDevice))
  func copies() throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let split = try OpenCLRegister(backend: backend, qubitCount: 5, precision: .single, largestBufferByteCount: 64)
    var whole = try OpenCLRegister(backend: backend, qubitCount: 5, precision: .single)
    do {
      try whole.copy(from: split)
      Issue.record("the copy was made")
    } catch {
      #expect(error.code == .invalidArgument)
      #expect(error.message.contains("4 buffers") && error.message.contains("one buffer"))
    }
  }

  /// Tiles and operations that mix the top qubits, in every number of buffers.
  @Test(
    "runs circuits to the host's bits", .enabled(if: OpenCLTestDevices.areThere, hasDevice), arguments: Precision.allCases, 1...4)
  func circuits(precision: Precision, splitQubitCount: Int) throws {
    let circuit = try RandomCircuit.gates(qubitCount: 11, gateCount: 60, seed: 23)
    let request = SimulationRequest(circuit: circuit, shots: 500, seed: 3, precision: precision)
    let expected = try CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }.run(request)
    for backend in OpenCLTestDevices.backends {
      for tileQubitCount in [nil, 9] as [Int?] {
        let found = try CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in
          try OpenCLRegister(
            backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: tileQubitCount,
            largestBufferByteCount: precision.amplitudeByteCount << (qubitCount - splitQubitCount))
        }.run(request)
        #expect(found[0].counts == expected[0].counts)
      }
    }
  }
}
