import Simulator
import Testing

@testable import ketwork

@Suite("a sweep leaves nothing out in silence")
struct ScalingSweepTests {
  private static let families: [CircuitFamily] = [.ghz, .hardwareEfficient]

  private func plan(maximum: Int? = nil, repetitions: Int = 2, secondsLimit: Double = 1e6) -> ScalingPlan {
    ScalingPlan(
      families: Self.families, minimumQubitCount: 2, maximumQubitCount: maximum, precision: .single, repetitions: repetitions,
      secondsLimit: secondsLimit, seed: 5)
  }

  /// A device on which 5 qubits fit, and which gives out at `failing`.
  private func sweep(_ plan: ScalingPlan, failing: Int = .max) throws -> DeviceScaling {
    let device = BenchDevice.Facts(
      label: "cpu", name: "test", software: "none", memoryByteCount: 256, largestQubitCounts: [.single: 5, .double: 4],
      bytesPerSecond: 1e9)
    return try ScalingSweep<HostRegister>(
      plan: plan, device: device,
      makeRegister: { qubitCount, precision throws(SimulatorError) in
        if qubitCount >= failing { throw SimulatorError(.outOfMemory, "no room for \(qubitCount)") }
        return try HostRegister(qubitCount: qubitCount, precision: precision)
      }, progress: { _, _ in }
    ).run()
  }

  @Test("every size up to the memory's end is measured, and the next is named with its bytes")
  func untilMemoryEnds() throws {
    let scaling = try sweep(plan())
    for family in Self.families {
      #expect(scaling.points.filter { $0.family == family }.map(\.qubitCount) == [2, 3, 4, 5])
      #expect(scaling.skipped.filter { $0.family == family }.map(\.qubits) == [6...6])
    }
    #expect(scaling.skipped.allSatisfy { $0.reason == "a state of 6 qubits takes 512 B in single precision; cpu has 256 B" })
    #expect(scaling.points.allSatisfy { $0.seconds.count == 2 && $0.minimumSeconds > 0 && $0.minimumSeconds <= $0.maximumSeconds })
  }

  @Test("sizes that were asked for and do not fit are named; none are if all fit", arguments: [(8, 6...8), (5, nil), (3, nil)])
  func maximum(maximum: Int, skipped: ClosedRange<Int>?) throws {
    let scaling = try sweep(plan(maximum: maximum))
    #expect(scaling.points.map(\.qubitCount).max() == min(maximum, 5))
    #expect(scaling.skipped.first?.qubits == skipped)
  }

  @Test("a device that refuses memory ends the sweep with its own words")
  func allocationFails() throws {
    let scaling = try sweep(plan(), failing: 4)
    #expect(scaling.points.map(\.qubitCount).max() == 3)
    #expect(scaling.skipped.map(\.qubits) == [4...5, 4...5])
    #expect(scaling.skipped.allSatisfy { $0.reason == "no room for 4" })
  }

  @Test("a family ends where its next size would take longer than allowed")
  func timeEnds() throws {
    let scaling = try sweep(plan(secondsLimit: 1e-9))
    #expect(scaling.points.map(\.qubitCount) == [2, 2])
    #expect(scaling.skipped.map(\.qubits) == [3...5, 3...5])
    #expect(scaling.skipped.allSatisfy { $0.reason.contains("--seconds-limit") })
  }

  @Test("a point is refused when two runs of it are predicted to pass the limit")
  func prediction() {
    let previous = ScalingPoint(family: .ghz, qubitCount: 20, gateCount: 20, seconds: [1, 2, 6], bytesMoved: 100)
    #expect(plan(secondsLimit: 8).refusal(previous: previous, bytesMoved: 200) == nil)
    #expect(plan(secondsLimit: 7.9).refusal(previous: previous, bytesMoved: 200) != nil)
    #expect(plan(secondsLimit: 1e-9).refusal(previous: nil, bytesMoved: 200) == nil)
  }

  @Test(
    "short runs are gathered into samples of 5 ms, and long ones sampled as often as the limit allows",
    arguments: [(1e-3, 5, 5), (1e-9, 2_000, 5), (4.0, 1, 4), (15.0, 1, 1), (60.0, 1, 1)])
  func sampling(runSeconds: Double, runs: Int, samples: Int) {
    let sampling = plan(repetitions: 5, secondsLimit: 20).sampling(runSeconds: runSeconds)
    #expect(sampling.runs == runs)
    #expect(sampling.samples == samples)
  }
}
