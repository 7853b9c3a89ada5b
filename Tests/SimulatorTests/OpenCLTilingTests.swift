import Circuits
import Simulator
import TestSupport
import Testing

@Suite("tiles in a device's local memory")
struct OpenCLTilingTests {
  private static let kibibyte = 1024

  @Test(
    "are the largest that leave a quarter of it free, and no larger than the state",
    arguments: [
      // Local memory in KiB, qubits of a tile in single and in double precision.
      (16, 10, 9), (32, 11, 10), (48, 12, 11), (64, 12, 11), (512, 12, 12),
    ])
  func sizes(kibibytes: Int, single: Int, double: Int) {
    func tiling(_ precision: Precision, _ qubitCount: Int) -> OpenCLTiling {
      OpenCLTiling(localMemoryByteCount: kibibytes * Self.kibibyte, precision: precision, qubitCount: qubitCount)
    }
    #expect(tiling(.single, 20).tileQubitCount == single)
    #expect(tiling(.double, 20).tileQubitCount == double)
    #expect(tiling(.single, 20).rowQubitCount == 5)
    #expect(tiling(.double, 20).rowQubitCount == 4)
    #expect(tiling(.single, 3).tileQubitCount == 3)
  }

  @Test("hold all that a run mixes, whose operations keep their order", arguments: 0..<20 as Range<UInt64>)
  func runs(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let tiling = OpenCLTiling(localMemoryByteCount: 1 << 20, precision: .single, qubitCount: 11, largest: 7)
    let operations = (0..<40).map { _ in
      let targets = generator.qubits(2, of: 11)
      return Bool.random(using: &generator)
        ? generator.operation(qubitCount: 11) : .matrix(generator.complexes(16), targets: targets, controls: .none)
    }
    let runs = tiling.runs(operations)
    #expect(runs.flatMap(\.operations) == operations)
    for (run, next) in zip(runs, runs.dropFirst()) where run.fitsTile && next.fitsTile {
      // Greedy: the first operation of the next run would not have fitted.
      let mixed = (run.operations + [next.operations[0]]).reduce(UInt64(0b111)) { $0 | $1.mixedQubits }
      #expect(mixed.nonzeroBitCount > 7)
    }
    for run in runs where run.fitsTile {
      #expect(run.localQubits.nonzeroBitCount == 7 && run.localQubits & 0b111 == 0b111)
      #expect(run.operations.allSatisfy { $0.mixedQubits & ~run.localQubits == 0 })
    }
    #expect(runs.filter { !$0.fitsTile }.allSatisfy { $0.operations.count == 1 })
  }

  @Test("take no matrix on more qubits than a work-item can hold")
  func largeMatrices() {
    let tiling = OpenCLTiling(localMemoryByteCount: 1 << 20, precision: .single, qubitCount: 12)
    let fits = (1...6).map { count in
      let matrix = [Complex](repeating: .one, count: 1 << (2 * count))
      return tiling.runs([.matrix(matrix, targets: Array(0..<count), controls: .none)])[0].fitsTile
    }
    #expect(fits == [true, true, true, true, false, false])
  }

  @Test("are not worth a sweep for operations that touch less than it does")
  func worth() {
    let tiling = OpenCLTiling(localMemoryByteCount: 1 << 20, precision: .single, qubitCount: 16)
    let controlled = StateOperation.permutation([1, 0], targets: [0], controls: Controls(mask: 0b1110, values: 0b1110))
    let mix = StateOperation.matrix([.one, .one, .one, -.one], targets: [3], controls: .none)
    #expect(!tiling.isWorthASweep(tiling.runs([mix])[0]))
    #expect(!tiling.isWorthASweep(tiling.runs([controlled, controlled])[0]))
    #expect(tiling.isWorthASweep(tiling.runs([mix, controlled])[0]))
  }
}
