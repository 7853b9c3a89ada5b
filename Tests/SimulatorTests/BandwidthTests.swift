import Circuits
import Simulator
import Testing

@Suite("bandwidth is measured on a register that keeps its state")
struct BandwidthTests {
  @Test("the speed is positive and every amplitude stays as it was", arguments: Precision.allCases)
  func measurement(precision: Precision) throws {
    var register = try HostRegister(qubitCount: 12, precision: precision)
    try register.load((0..<4096).map { Complex(Double($0), -Double($0) / 2) })
    let before = try register.amplitudes(from: 0, count: 4096)
    #expect(try register.measureBandwidth(sampleCount: 3) > 0)
    #expect(try register.amplitudes(from: 0, count: 4096) == before)
  }
}
