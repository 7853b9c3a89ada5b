import Circuits
import OpenCLRuntime
import Simulator
import TestSupport
import Testing

@Suite("circuits on states of several tiles")
struct PlannedCircuitTests {
  /// One more qubit than a tile has in single precision.
  private static let qubitCount = 16

  private func amplitudes<Register: StateRegister & ~Copyable>(
    _ circuit: Circuit, _ precision: Precision, _ makeRegister: @escaping CircuitExecutor<Register>.RegisterFactory
  ) throws -> [Complex] {
    let request = SimulationRequest(circuit: circuit, wantsStatevector: true, precision: precision)
    let results = try CircuitExecutor(makeRegister).run(request)
    return try #require(results[0].statevector)
  }

  @Test("give the same bits on every register", arguments: Precision.allCases)
  func sameBits(precision: Precision) throws {
    let circuit = try RandomCircuit.gates(qubitCount: Self.qubitCount, gateCount: 60, seed: 17)
    let expected = try amplitudes(circuit, precision) { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision, kernels: CPUKernels.available[0], threadCount: 1)
    }
    for kernels in CPUKernels.available {
      let found = try amplitudes(circuit, precision) { (qubitCount, precision) throws(SimulatorError) in
        try HostRegister(qubitCount: qubitCount, precision: precision, kernels: kernels, threadCount: 3)
      }
      #expect(found == expected, "\(kernels.name)")
    }
    for backend in OpenCLTestDevices.backends {
      for tileQubitCount in [nil, 12] as [Int?] {
        for splitQubitCount in [0, 1, 4] {
          let found = try amplitudes(circuit, precision) { (qubitCount, precision) throws(SimulatorError) in
            try OpenCLRegister(
              backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: tileQubitCount,
              largestBufferByteCount: precision.amplitudeByteCount << (qubitCount - splitQubitCount))
          }
          let tiles = tileQubitCount.map(String.init) ?? "its own size"
          #expect(found == expected, "\(backend.device.label), tiles of \(tiles), \(1 << splitQubitCount) buffers")
        }
      }
    }
  }

  @Test("give the state of the gates one by one", arguments: [UInt64(1), 2, 3])
  func sameState(seed: UInt64) throws {
    let circuit = try RandomCircuit.gates(qubitCount: Self.qubitCount, gateCount: 80, seed: seed)
    let found = try amplitudes(circuit, .double) { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    var register = try HostRegister(qubitCount: Self.qubitCount, precision: .double)
    for instruction in circuit.instructions {
      guard case .gate(let gate) = instruction else { continue }
      if let operation = StateOperation.lowered(try gate.resolved(in: ClassicalMemory())) { try register.apply(operation) }
    }
    #expect(distance(found, try register.amplitudes(from: 0, count: 1 << Self.qubitCount)) < 1e-12, "seed \(seed)")
  }
}
