import Circuits
import TestSupport
import Testing

@testable import Simulator

/// The kernels of batches of density matrices on few rows, for tools that watch each access: scripts/check-oclgrind runs this suite.
@Suite(
  "the kernels of a batch of density matrices", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLDensityBatchKernelTests {
  @Test(
    "agree with the lanes: values and derivatives, in local memory and in global memory", arguments: [1, 3, 4], [nil, 32])
  func agrees(_ qubitCount: Int, _ localMemoryByteCount: Int?) throws {
    let backend = try #require(OpenCLTestDevices.backends.first)
    // Rows that leave some matrices of a group without one.
    let template = try NoisyTemplate(qubitCount, seed: 20 + UInt64(qubitCount), gateCount: 12)
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    let runner = DensityLaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: .single)
    let batch = try OpenCLDensityBatch(
      program, backend: backend, precision: .single, localMemoryByteCount: localMemoryByteCount)
    #expect(batch.pullShape.isLocal == (localMemoryByteCount == nil))
    for cotangents in [nil, (0..<9).map { Double($0) - 4 }] {
      let found = try derivatives(of: program, template.rows, cotangents) { job in try batch.run(job) }
      let expected = try derivatives(of: program, template.rows, cotangents) { job in
        try runner.run(job, threadCount: 1, stop: StopFlag())
      }
      #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(zip(found.gradients, expected.gradients).allSatisfy { abs($0 - $1) < 1e-4 * (1 + abs($1)) })
    }
  }
}
