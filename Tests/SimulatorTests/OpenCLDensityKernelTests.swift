import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Every kernel of density matrices once and small, for tools that watch each access: scripts/check-oclgrind runs this suite too.
///
/// Values are compared up to rounding here; that they are the same bits is DensityRegisterTests' business.
@Suite(
  "every kernel on a small density matrix", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine")
)
struct OpenCLDensityKernelTests {
  /// One map for each kernel, and for each count of qubits where a kernel takes several.
  private static func maps() throws -> [TransferMap] {
    let diagonal = try (1...3).map { TransferMap(PauliTransferMatrix(try .depolarizing(0.2, qubitCount: $0)), on: Array(0..<$0)) }
    let dense = try (1...3).map { count in
      TransferMap(
        PauliTransferMatrix(try RandomChannel(qubitCount: count, seed: 5).channel(operatorCount: 2)),
        on: [2, 0, 1].suffix(count).reversed())
    }
    return dense + [TransferMap(.permutation([1, 0], targets: [0], controls: Controls(mask: 4, values: 4)))].compactMap(\.self)
      + diagonal
  }

  @Test("agrees with the CPU", arguments: Precision.allCases, [3, 5])
  func agrees(_ precision: Precision, qubitCount: Int) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let host = try DensityMemory(qubitCount: qubitCount, precision: precision)
    var first = try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: precision)
    var second = try OpenCLDensityMemory(backend: backend, qubitCount: qubitCount, precision: precision)
    host.reset(to: 5)
    try first.reset(to: 5)
    // An odd count of numbers, and more of them than a work-group has work-items.
    let numbers = (0..<UInt64(1) << UInt64(2 * qubitCount) - 1).reversed().map(\.self)
    #expect(try first.values(numbers) == host.values(numbers))
    for map in try Self.maps() {
      host.apply(map)
      try first.apply(map)
      try second.copy(from: first)
      let (found, expected) = (try second.values(numbers), host.values(numbers))
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < (precision == .single ? 1e-5 : 1e-12) }, "\(map.qubits)")
      #expect(expected.contains { $0 != 0 })
    }
  }

  @Test("a matrix of one qubit has its kernels too", arguments: Precision.allCases)
  func one(_ precision: Precision) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    var memory = try OpenCLDensityMemory(backend: backend, qubitCount: 1, precision: precision)
    try memory.apply(try #require(TransferMap(.permutation([1, 0], targets: [0], controls: .none))))
    try memory.apply(TransferMap(PauliTransferMatrix(try .amplitudeDamping(0.25)), on: [0]))
    #expect(zip(try memory.values([0, 1, 2, 3]), [1, 0, -0.5, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try memory.values([]) == [])
  }
}
