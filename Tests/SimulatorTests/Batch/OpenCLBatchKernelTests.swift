import Circuits
import TestSupport
import Testing

@testable import Simulator

/// The kernels of batches on few rows and small states, for tools that watch each access: scripts/check-oclgrind runs this suite.
@Suite("the kernels of a batch", .serialized, .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLBatchKernelTests {
  @Test(
    "agree with the lanes: real states and complex ones, in local memory and in global memory", arguments: Precision.allCases,
    [nil, 64])
  func agrees(_ precision: Precision, _ localMemoryByteCount: Int?) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    for isReal in [true, false] {
      let (circuit, observables, rows) = try Self.template(isReal: isReal)
      let program = try BatchProgram(circuit, observables: observables)
      #expect(program.parts.allSatisfy { $0.isReal == isReal })
      let batch = try OpenCLBatch(program, backend: backend, precision: precision, localMemoryByteCount: localMemoryByteCount)
      let (found, expected) = (try deviceValues(batch, rows), try batchValues(program, rows, precision: precision))
      let error = zip(found.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 1
      #expect(error < (precision == .single ? 1e-5 : 1e-12))
    }
  }

  @Test(
    "differentiate as the lanes do: each observable alone and all under cotangents", arguments: [Precision.single], [nil, 64])
  func differentiates(_ precision: Precision, _ localMemoryByteCount: Int?) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    for isReal in [true, false] {
      let (circuit, observables, rows) = try Self.template(isReal: isReal)
      let program = try BatchProgram(circuit, observables: Array(observables.suffix(4)), isDifferentiable: true)
      let batch = try OpenCLBatch(program, backend: backend, precision: precision, localMemoryByteCount: localMemoryByteCount)
      let runner = LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
      for cotangents in [nil, (0..<12).map { Double($0) - 5 }] {
        let found = try derivatives(of: program, rows, cotangents) { job in try batch.run(job) }
        let expected = try derivatives(of: program, rows, cotangents) { job in try runner.run(job, threadCount: 1) }
        let error = zip(found.gradients, expected.gradients).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 1
        #expect(error < 1e-4)
      }
    }
  }

  /// Seven qubits, so that a work-item has several groups, and sums have three levels; rows that leave some circuits of a group without one.
  static func template(isReal: Bool) throws -> (Circuit, [Observable], [[Double]]) {
    let (n, parameters) = (7, ["a", "b"].map { Parameter($0) })
    var circuit = try Circuit(qubitCount: n)
    for layer in 0..<3 {
      for qubit in 0..<n {
        try circuit.append(.ry, .parameter(parameters[layer % 2]) * ClassicalExpression(Double(qubit + 1)), on: qubit)
      }
      for qubit in 0..<n - 1 {
        if isReal {
          try circuit.append(.cx, on: qubit, qubit + 1)
        } else {
          for other in qubit + 1..<n { try circuit.append(.rzz, .parameter(parameters[1]), on: qubit, other) }
        }
      }
    }
    var strings = try (0..<n).map {
      try Observable(String(repeating: "I", count: n - 1 - $0) + "Z" + String(repeating: "I", count: $0))
    }
    strings += try ["XXIIIII", "ZZZZZZZ", isReal ? "IXXZIII" : "YIIXIII"].map { try Observable($0) }
    return (circuit, strings, [[0.3, 0.7], [-2.5, 9], [1.1, 4]])
  }
}
