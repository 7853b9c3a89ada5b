import Circuits
import Simulator
import Testing

@Suite("the host's register")
struct HostRegisterTests {
  @Test("a state larger than the memory is refused at once, naming the bytes needed and there", arguments: 40...62)
  func outOfMemory(qubitCount: Int) {
    let clock = ContinuousClock()
    let elapsed = clock.measure {
      for precision in Precision.allCases {
        let error = #expect(throws: SimulatorError.self) { _ = try HostRegister(qubitCount: qubitCount, precision: precision) }
        #expect(error?.code == .outOfMemory)
        let needed = UInt128(precision.amplitudeByteCount) << UInt128(qubitCount)
        #expect(error?.message.contains("need \(needed) bytes") == true)
        #expect(error?.message.contains("this host has") == true)
      }
    }
    #expect(elapsed < .seconds(1))
  }

  @Test("qubit counts that no register has are refused", arguments: [Int.min, -1, 0, 63, 64, Int.max])
  func qubitCounts(qubitCount: Int) {
    let error = #expect(throws: SimulatorError.self) { _ = try HostRegister(qubitCount: qubitCount) }
    #expect(error?.code == .invalidArgument)
  }

  @Test("thread counts that no machine has are refused", arguments: [0, -3, 1_000_000])
  func threadCounts(threadCount: Int) {
    let error = #expect(throws: SimulatorError.self) { _ = try HostRegister(qubitCount: 2, threadCount: threadCount) }
    #expect(error?.code == .invalidArgument)
  }

  @Test("the largest register of this host fits and one qubit more does not; double precision costs one qubit")
  func largest() throws {
    let largest = HostMemory.largestQubitCount(precision: .single)
    #expect(largest >= 20)
    #expect(HostMemory.byteCount(qubitCount: largest, precision: .single) <= UInt128(HostMemory.availableByteCount))
    #expect(HostMemory.largestQubitCount(precision: .double) <= largest)
    #expect(throws: SimulatorError.self) { try HostMemory.check(qubitCount: largest + 2, precision: .single) }
  }

  @Test("kernels are chosen by name, and an unknown name is refused with those accepted")
  func kernelNames() throws {
    #expect(CPUKernels.available.last?.name == "scalar")
    for kernels in CPUKernels.available { #expect(try CPUKernels.named(kernels.name).get() == kernels) }
    #expect(try CPUKernels.named(nil).get() == CPUKernels.available[0])
    let error = #expect(throws: SimulatorError.self) { try CPUKernels.named("sse9").get() }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("sse9") == true)
    for kernels in CPUKernels.available { #expect(error?.message.contains(kernels.name) == true) }
  }

  /// Runs, tasks and inner levels of a sum all exist only from 22 qubits on; equal amplitudes make every sum exact.
  @Test("sums of states of many blocks count every block once", arguments: [15, 18, 22])
  func manyBlocks(qubitCount: Int) throws {
    var register = try HostRegister(qubitCount: qubitCount, precision: .double)
    // A different weight on each qubit's two values, in powers of two: a block left out or read twice changes the sum.
    for qubit in 0..<qubitCount {
      let weight = qubit < 10 ? 1.0 : 0.5
      try register.apply(.matrix([.one, .zero, Complex(weight), .zero], targets: [qubit], controls: .none))
    }
    let (low, high) = (1024.0, (0..<(qubitCount - 10)).reduce(1.0) { sum, _ in sum * 1.25 })
    #expect(try register.normSquared() == low * high)
    let top = qubitCount - 1
    #expect(try register.probabilities(of: [top]) == [low * high / 1.25, low * high / 1.25 / 4])
    #expect(try register.probability(mask: 1 << 12, values: 1 << 12) == low * high / 1.25 / 4)
    #expect(try register.expectations([PauliMask(x: 1 << UInt64(top), z: 0)]) == [low * high / 1.25])
  }

  @Test("memory that was given back and kept is zero when it is a state again", arguments: [20, 21])
  func keptMemory(qubitCount: Int) throws {
    HostMemory.keepFreed()
    for state in [UInt64(5), 3 << 18] {
      var register = try HostRegister(qubitCount: qubitCount)
      #expect(try register.probability(mask: (1 << UInt64(qubitCount)) - 1, values: 0) == 1)
      #expect(try register.normSquared() == 1)
      try register.reset(to: state)
    }
  }
}
