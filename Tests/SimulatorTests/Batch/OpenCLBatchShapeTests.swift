import Testing

@testable import Simulator

@Suite("how circuits of a batch are spread over a device's work-groups")
struct OpenCLBatchShapeTests {
  private static func shape(
    _ bits: Int, isReal: Bool = false, _ precision: Precision = .single, localMemoryByteCount: Int = 48 << 10
  ) -> OpenCLBatchShape {
    OpenCLBatchShape(
      bits: bits, sumBits: bits, isReal: isReal, factorCount: 256, precision: precision, groupSize: 256,
      localMemoryByteCount: localMemoryByteCount)
  }

  @Test("48 KiB of local memory hold 12 complex qubits or 13 real ones in single precision, one less in double")
  func largest() {
    for (precision, complex) in [(Precision.single, 12), (.double, 11)] {
      #expect(Self.shape(complex, precision).isLocal)
      #expect(!Self.shape(complex + 1, precision).isLocal)
      #expect(Self.shape(complex + 1, isReal: true, precision).isLocal)
      #expect(!Self.shape(complex + 2, isReal: true, precision).isLocal)
    }
  }

  @Test("two states that are undone leave local memory one qubit earlier", arguments: 4...14, [true, false])
  func undoing(_ bits: Int, _ isReal: Bool) {
    for precision in Precision.allCases {
      let shape = OpenCLBatchShape(
        undoing: bits, sumBits: bits, isReal: isReal, operationCount: Limits.openCLBatchSliceCount, entryCount: isReal ? 0 : 256,
        precision: precision, groupSize: 256, localMemoryByteCount: 48 << 10)
      let largest = (isReal ? 12 : 11) - (precision == .single ? 0 : 1)
      #expect(shape.isLocal == (bits <= largest))
      #expect(1 << shape.itemBits == min(256, 1 << (bits - (isReal ? 3 : 2))))
      #expect(shape.windowBits <= shape.itemBits && shape.groupSize <= 256)
      if shape.isLocal {
        #expect(shape.groupByteCount <= 45 << 10)
        #expect(shape.windowBits >= shape.itemBits - 2, "a quarter of the work-items has something to do")
        #expect(shape.groupSize == 256 || 2 * shape.groupByteCount > 45 << 10)
      }
    }
  }

  @Test("two density matrices of six qubits and the parts of eight rotations fit 48 KiB in single precision", arguments: 1...6)
  func densities(_ qubitCount: Int) {
    for precision in Precision.allCases {
      let shape = OpenCLBatchShape(
        densitiesOf: qubitCount, matrixCount: 2, hasParts: true, precision: precision, groupSize: 256,
        localMemoryByteCount: 48 << 10)
      let partCount = max(1, 1 << (2 * qubitCount - 4))
      #expect(1 << shape.itemBits == partCount && shape.windowBits == min(shape.itemBits, Limits.openCLDensityWindowBits))
      #expect(shape.isLocal == (qubitCount < 6 || precision == .single) && shape.groupSize <= 256)
      guard shape.isLocal else { continue }
      let one = precision.realByteCount * (2 << (2 * qubitCount) + partCount << shape.windowBits)
      #expect(shape.groupByteCount >= one << shape.circuitBits && shape.groupByteCount <= 45 << 10)
      #expect(shape.groupSize == 256 || 2 * shape.groupByteCount > 45 << 10)
    }
  }

  @Test("small states share a group, and none takes more local memory than there is", arguments: 4...14, [true, false])
  func groups(_ bits: Int, _ isReal: Bool) {
    for precision in Precision.allCases {
      let shape = Self.shape(bits, isReal: isReal, precision)
      let groups = 1 << (bits - (isReal ? 4 : 3))
      #expect(1 << shape.itemBits == min(256, groups))
      #expect(shape.groupSize <= 256)
      if shape.isLocal {
        #expect(shape.groupByteCount <= 48 << 10)
        // Another circuit has no room, or no work-items.
        #expect(shape.groupSize == 256 || 2 * shape.groupByteCount > 45 << 10)
      } else {
        #expect(shape.groupSize == 256)
      }
      #expect(shape.groupCount(1) == 1 && shape.groupCount(shape.circuitCount + 1) == 2)
    }
  }
}
