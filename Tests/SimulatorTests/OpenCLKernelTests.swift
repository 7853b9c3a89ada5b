import Circuits
import Simulator
import TestSupport
import Testing

/// Every kernel once and small, for tools that watch each access: scripts/check-oclgrind runs this suite alone.
///
/// Results are compared up to rounding here; that they are the same bits is the contract suite's business.
@Suite("every kernel on a small state", .serialized, .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLKernelTests {
  @Test("agrees with the host, on whole states and on split ones", arguments: Precision.allCases, [0, 2])
  func agrees(_ precision: Precision, splitQubitCount: Int) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    for qubitCount in [7, 11] {
      var host = try HostRegister(qubitCount: qubitCount, precision: precision)
      var device = try OpenCLRegister(
        backend: backend, qubitCount: qubitCount, precision: precision,
        largestBufferByteCount: precision.amplitudeByteCount << (qubitCount - splitQubitCount))
      var generator = SplitMix(seed: 4)
      let start = generator.state(qubitCount: qubitCount)
      try host.load(start)
      try device.load(start)
      for operation in Self.operations {
        try host.apply(operation)
        try device.apply(operation)
      }
      let tolerance = precision == .single ? 1e-4 : 1e-11
      let count = 1 << qubitCount
      #expect(distance(try device.amplitudes(from: 0, count: count), try host.amplitudes(from: 0, count: count)) < tolerance)
      let norm = try host.normSquared()
      #expect(abs(try device.normSquared() - norm) < tolerance * norm)
      let marginals = zip(try device.probabilities(of: [6, 0, 3]), try host.probabilities(of: [6, 0, 3]))
      #expect(marginals.allSatisfy { abs($0 - $1) < tolerance * norm })
      let paulis = [PauliMask(x: 0, z: 5), PauliMask(x: 6, z: 3), PauliMask(x: 64, z: 64)]
      #expect(zip(try device.expectations(paulis), try host.expectations(paulis)).allSatisfy { abs($0 - $1) < tolerance * norm })
      // One basis state and its neighbour, so that a draw tells which of them it is whatever the rounding.
      try device.collapse(mask: UInt64(count - 2), values: 4, scale: 1)
      try device.collapse(mask: 0, values: 0, scale: try 1 / device.normSquared().squareRoot())
      let share = try device.probability(mask: 1, values: 0)
      let draws: [UInt64] = [0, .max, 1 << 62, 3 << 62]
      #expect(try device.sample(draws) == [4, 5, share > 0.25 ? 4 : 5, share > 0.75 ? 4 : 5])
      try device.reset(to: 3)
      #expect(try device.amplitudes(from: 0, count: 8) == [0, 0, 0, 1, 0, 0, 0, 0].map { Complex($0) })
    }
  }

  @Test("multiply-adds are as many as the rounds say", arguments: Precision.allCases)
  func multiplyAdds(_ precision: Precision) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let device = try OpenCLRegister(backend: backend, qubitCount: 5, precision: precision)
    let one = try device.chainMultiplyAdds(rounds: 1)
    #expect(one >= 64 && one == one.rounded())
    #expect(try device.chainMultiplyAdds(rounds: 3) == 3 * one)
  }

  @Test("agrees with the host in passes over tiles", arguments: Precision.allCases, [0, 2])
  func tiles(_ precision: Precision, splitQubitCount: Int) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let qubitCount = 8
    var host = try HostRegister(qubitCount: qubitCount, precision: precision)
    var device = try OpenCLRegister(
      backend: backend, qubitCount: qubitCount, precision: precision, tileQubitCount: 5,
      largestBufferByteCount: precision.amplitudeByteCount << (qubitCount - splitQubitCount))
    var generator = SplitMix(seed: 5)
    let start = generator.state(qubitCount: qubitCount)
    try host.load(start)
    try device.load(start)
    for operation in Self.operations { try host.apply(operation) }
    try device.apply(
      TilePass(localQubits: (1 << UInt64(qubitCount)) - 1, activeCount: qubitCount, steps: Self.operations.map { .operation($0) }))
    let (found, expected) = (
      try device.amplitudes(from: 0, count: 1 << qubitCount), try host.amplitudes(from: 0, count: 1 << qubitCount)
    )
    #expect(distance(found, expected) < (precision == .single ? 1e-4 : 1e-11))
  }

  /// One operation for each kernel.
  private static let operations: [StateOperation] = {
    var generator = SplitMix(seed: 9)
    var operations: [StateOperation] = []
    for count in 1...6 {
      let size = 1 << count
      operations.append(
        .matrix(
          generator.complexes(size * size).map { $0 / Double(size).squareRoot() }, targets: Array((0..<count).reversed()),
          controls: .none))
    }
    let manyControls = Controls(mask: 0b111_1000, values: 0b101_1000)
    for count in 1...2 {
      let size = 1 << count
      operations.append(
        .matrix(generator.complexes(size * size), targets: Array(0..<count), controls: manyControls))
    }
    return operations + [
      .diagonal(generator.complexes(2), targets: [2], controls: Controls(mask: 1, values: 0)),
      .diagonal(generator.complexes(8), targets: [5, 0, 3], controls: .none),
      .permutation([1, 0], targets: [4], controls: .none),
      .permutation([3, 0, 1, 2], targets: [4, 1], controls: Controls(mask: 1, values: 1)),
      .pauliRotation(x: 0b101, z: 0b110, angle: 0.3, controls: .none),
      .pauliRotation(x: 0b11, z: 0b11, angle: -1.3, controls: Controls(mask: 0b100, values: 0)),
      .pauliRotation(x: 0, z: 0b1010, angle: 2.1, controls: .none),
    ]
  }()
}
