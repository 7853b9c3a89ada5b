import Circuits
import OpenCLRuntime
import Simulator
import TestSupport
import Testing

@Suite("devices are calibrated")
struct CalibrationTests {
  /// A clock that moves by so many seconds each time it is asked.
  private final class Clock {
    private var seconds = 0.0
    private let step: Double
    init(step: Double) { self.step = step }
    func now() -> Double {
      seconds += step
      return seconds
    }
  }

  @Test("the fastest of sixteen samples counts, for each unit of the first size that takes 1 ms, and the first run not at all")
  func fastest() throws {
    var (time, sizes) = (0.0, [Int]())
    let probe = CalibrationProbe(now: { time })
    let seconds = try probe.fastest(upTo: 64) { size in
      sizes.append(size)
      // The first run is long; the last but one is the fastest of its size.
      time += sizes.count == 1 ? 1 : 0.0003 * Double(size) * (sizes.count == 18 ? 0.75 : 1)
    }
    #expect(sizes == [1, 1, 2] + Array(repeating: 4, count: 16))
    #expect(abs(seconds - 0.000225) < 1e-12)
  }

  @Test("a sample that something else held up does not stop the size from growing")
  func heldUp() throws {
    var (time, sizes) = (0.0, [Int]())
    let probe = CalibrationProbe(now: { time })
    let seconds = try probe.fastest(upTo: 64) { size in
      sizes.append(size)
      time += 0.0003 * Double(size) + (sizes.count == 2 ? 0.02 : 0)
    }
    #expect(sizes.prefix(5) == [1, 1, 1, 2, 4] && sizes.last == 4)
    #expect(abs(seconds - 0.0003) < 1e-12)
  }

  @Test("a work that takes no time is not made longer without end, and one that takes long is not repeated often")
  func bounds() throws {
    var sizes = [Int]()
    let still = CalibrationProbe(now: { 1 })
    #expect(try still.fastest(upTo: 6) { sizes.append($0) } > 0, "no rate is infinite")
    #expect(sizes == [1, 1, 2, 4] + Array(repeating: 6, count: 15))
    sizes = []
    let slow = CalibrationProbe(now: Clock(step: 0.0625).now)
    #expect(try slow.fastest(upTo: 6) { sizes.append($0) } == 0.0625)
    #expect(sizes == [1, 1, 1])
  }

  @Test("rates are those of a clock, and the bandwidth leaves the state as it was", arguments: Precision.allCases)
  func rates(precision: Precision) throws {
    var register = try HostRegister(qubitCount: 12, precision: precision, threadCount: 1)
    try register.load((0..<4096).map { Complex(Double($0), -Double($0) / 2) })
    let before = try register.amplitudes(from: 0, count: 4096)
    let probe = CalibrationProbe(now: Clock(step: 0.005).now)
    let bytes = try probe.bytesPerSecond(of: &register)
    #expect(abs(bytes * 0.005 - Double(2 * 4096 * precision.amplitudeByteCount)) < 1e-3)
    #expect(try register.amplitudes(from: 0, count: 4096) == before)
    let operations = try probe.operationsPerSecond(of: register)
    #expect(abs(operations * 0.005 - 2 * (try register.chainMultiplyAdds(rounds: 1))) < 1e-3)
    let times = try probe.tileTimes(of: &register)
    #expect(abs(times.loadAndStore * 4096 - 0.005) < 1e-9)
    #expect(times.rotation < 1e-15 && times.matrix < 1e-15 && times.table < 1e-15, "every block takes as long by this clock")
    #expect(abs(try register.normSquared() - 1) < 1e-3)
  }

  @Test("multiply-adds are as many as the rounds say, on each instruction set", arguments: Precision.allCases)
  func multiplyAdds(precision: Precision) throws {
    for kernels in CPUKernels.available {
      let register = try HostRegister(qubitCount: 5, precision: precision, kernels: kernels, threadCount: 3)
      let one = try register.chainMultiplyAdds(rounds: 1)
      #expect(one >= 3 * 8, "chains on every thread")
      #expect(try register.chainMultiplyAdds(rounds: 1_000) == 1_000 * one, "\(kernels.name)")
    }
  }

  @Test("an OpenCL device is calibrated with tiles and without", .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device"))
  func openCL() throws {
    for backend in OpenCLTestDevices.backends {
      for tileQubitCount in [0, 11] {
        var register = try OpenCLRegister(backend: backend, qubitCount: 12, precision: .single, tileQubitCount: tileQubitCount)
        #expect(register.takesTiles == (tileQubitCount > 0))
        let probe = CalibrationProbe(now: Clock(step: 0.06).now)
        let times = try probe.tileTimes(of: &register)
        // By this clock each block takes 60 ms; without tiles all of it is its operations'.
        #expect(abs(times.loadAndStore * 4096 - 0.06) < 1e-9)
        #expect(abs(times.rotation * 4096 - (tileQubitCount > 0 ? 0 : 0.01)) < 1e-9)
        #expect(abs(try register.normSquared() - 1) < 1e-3)
      }
    }
  }

  @Test("blocks are applied as tile passes, to the same state as their operations one by one", arguments: CalibrationBlock.allCases)
  func blocks(block: CalibrationBlock) throws {
    var found = try HostRegister(qubitCount: 12)
    var expected = try HostRegister(qubitCount: 12)
    var generator = SplitMix(seed: 9)
    let start = generator.state(qubitCount: 12)
    try found.load(start)
    try expected.load(start)
    let pass = block.pass(blockCount: 3, qubitCount: 12, tileQubitCount: 11)
    #expect(pass.steps.count == 3)
    try found.apply(pass)
    for operation in pass.operations { try expected.apply(operation) }
    #expect(distance(try found.amplitudes(from: 0, count: 4096), try expected.amplitudes(from: 0, count: 4096)) < 1e-4)
    #expect(abs(try found.normSquared() - 1) < 1e-3, "unitary, or any number of them would not be")
  }

  @Test("states are large enough for the memory and for every core, and no larger than the device's memory")
  func sizes() {
    let host = CalibrationSizes(.single, isHost: true, unitCount: 2, largestQubitCount: 30)
    #expect(host.bandwidthQubitCount == 25 && host.tileStateQubitCount == 19, "16 tiles of 2¹⁵ amplitudes")
    let double = CalibrationSizes(.double, isHost: true, unitCount: 3, largestQubitCount: 30)
    #expect(double.bandwidthQubitCount == 24 && double.tileStateQubitCount == 19, "32 tiles of 2¹⁴ amplitudes")
    let accelerator = CalibrationSizes(.single, isHost: false, unitCount: 132, largestQubitCount: 34)
    #expect(accelerator.tileStateQubitCount == 23, "2,048 tiles of 2¹² amplitudes")
    let small = CalibrationSizes(.single, isHost: true, unitCount: 64, largestQubitCount: 20)
    #expect(small.bandwidthQubitCount == 20 && small.tileStateQubitCount == 20)
  }
}
