import CKernels
import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Draws from amplitudes that are put into the lanes, by the kernels and by definition.
@safe private struct PreparedLanes {
  let program: BatchProgram
  let runner: LaneRunner
  let memory: LaneMemory

  init(bits: Int, kernels: CPUKernels, precision: Precision) throws {
    program = try BatchProgram(sampling: SamplerTests.rotated(bits))
    runner = LaneRunner(program, kernels: kernels, precision: precision)
    memory = try LaneMemory(program, laneCount: runner.laneCount, precision: precision, parameterCount: 0)
  }

  /// Counts of the basis states, lane by lane.
  func counts(_ amplitudes: [[Double]], _ shots: LaneShots) -> [[UInt32]] {
    let stateCount = amplitudes[0].count
    let frames = unsafe memory.start.pointee.frames
    unsafe frames.initializeMemory(
      as: UInt64.self, repeating: 0, count: max(1, runner.laneCount * runner.precision.amplitudeByteCount / 8))
    for lane in 0..<runner.laneCount {
      for state in 0..<stateCount {
        let (value, place) = (amplitudes[lane][state], state * runner.laneCount + lane)
        let start = unsafe memory.start.pointee.state
        if runner.precision == .single {
          unsafe start.storeBytes(of: Float(value), toByteOffset: 4 * place, as: Float.self)
        } else {
          unsafe start.storeBytes(of: value, toByteOffset: 8 * place, as: Double.self)
        }
      }
    }
    var counts = Array(repeating: UInt32.max, count: runner.laneCount * stateCount)
    var drawn = unsafe ck_lane_shots(
      seed: shots.seed, circuit: shots.circuitIndex, first_row: shots.firstRow, count: UInt32(shots.count), rows: nil, sites: nil)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      unsafe runner.operations.pointee.sample(
        program.parts[0].start, memory.start, program.outcomes!.start, &drawn, counts.baseAddress!, UInt32(runner.laneCount))
    }
    return (0..<runner.laneCount).map { Array(counts[$0 * stateCount..<($0 + 1) * stateCount]) }
  }

  /// The draw of a shot: the upper half, then the lower one.
  static func draw(_ shots: LaneShots, row: UInt32, shot: UInt32) -> UInt64 {
    let key = SIMD2(UInt32(truncatingIfNeeded: shots.seed), UInt32(truncatingIfNeeded: shots.seed >> 32))
    let words = [UInt32.max - 1, .max].map { site in
      Philox.block(counter: SIMD4(site, shot / 4, row, shots.circuitIndex), key: key)[Int(shot % 4)]
    }
    return UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// The same counts by definition.
  static func expected(_ amplitudes: [Double], _ shots: LaneShots, row: UInt32) -> [UInt32] {
    var (sums, sum) = ([Double](), 0.0)
    for amplitude in amplitudes {
      sum.addProduct(amplitude, amplitude)
      sums.append(sum)
    }
    let scale = 0x1p64 / sum
    var counts = Array(repeating: UInt32(0), count: amplitudes.count)
    for shot in 0..<UInt32(shots.count) {
      let draw = draw(shots, row: row, shot: shot)
      counts[sums.firstIndex { $0 == sum || $0 * scale >= 0x1p64 || draw < UInt64($0 * scale) }!] += 1
    }
    return counts
  }
}

@Suite("draws of a batch by definition")
struct SamplerDefinitionTests {
  /// Weights of many kinds, among them zeros at either end, one state alone, and nearly all weight on few states.
  private static func amplitudes(_ stateCount: Int, _ random: inout SplitMix) -> [Double] {
    let kind = Int.random(in: 0..<7, using: &random)
    let only = [0, stateCount - 1, Int.random(in: 0..<stateCount, using: &random)].randomElement(using: &random)!
    return (0..<stateCount).map { state in
      let value = Double(Float.random(in: 0.1...1, using: &random))
      return switch kind {
      case 0: 1
      case 1: state == only ? value : 0
      case 2: Double(Float(Double(sign: .plus, exponent: -state / 2, significand: value)))
      case 3: Double(Float(Double(sign: .plus, exponent: (state - stateCount) / 2, significand: value)))
      case 4: Int.random(in: 0..<4, using: &random) == 0 || state == only ? value : 0
      case 5: state == only ? 1 : 0x1p-9 * value
      default: value
      }
    }
  }

  @Test("counts are those of the definition to the last shot, on every instruction set", arguments: [4, 5, 8, 11], 1...6)
  func definition(_ bits: Int, _ seed: UInt64) throws {
    var random = SplitMix(seed: seed << 8 | UInt64(bits))
    let shots = LaneShots(
      count: [1, 2, 3, 255, 256, 257, 1_000].randomElement(using: &random)!, seed: random.next(), circuitIndex: 7, firstRow: 1 << 31
    )
    let amplitudes = (0..<16).map { _ in Self.amplitudes(1 << bits, &random) }
    let expected = amplitudes.enumerated().map {
      PreparedLanes.expected($0.element, shots, row: shots.firstRow + UInt32($0.offset))
    }
    for kernels in CPUKernels.available {
      for precision in Precision.allCases {
        let lanes = try PreparedLanes(bits: bits, kernels: kernels, precision: precision)
        let found = lanes.counts(amplitudes, shots)
        #expect(found == Array(expected.prefix(found.count)), "seed \(seed), \(kernels.name), \(precision)")
      }
    }
  }

  @Test("a draw whose upper half is that of a bound is decided by the lower half", arguments: 1...200)
  func lowerHalf(_ seed: UInt64) throws {
    let shot = UInt32(seed % 11)
    let shots = LaneShots(count: Int(shot) + 1, seed: seed, circuitIndex: 2, firstRow: 5)
    let draw = PreparedLanes.draw(shots, row: 5, shot: shot)
    // The bound is 2⁻¹⁰ of the upper half's step above the draw or below it; its own error is some 2⁻²⁰.
    for isAbove in [true, false] {
      let lower = Double(draw & 0xffff_ffff) * 0x1p-32 + (isAbove ? 0x1p-10 : -0x1p-10)
      guard (0..<1).contains(lower) else { continue }
      let bound = (Double(draw >> 32) + lower) * 0x1p-32
      // The weight below the bound on one state, what is left on the last.
      let amplitudes = (0..<16).map { $0 == 3 ? bound.squareRoot() : $0 == 15 ? (1 - bound).squareRoot() : 0 }
      let lanes = try PreparedLanes(bits: 4, kernels: .available[0], precision: .double)
      let all = Array(repeating: amplitudes, count: 16)
      let before = lanes.counts(all, LaneShots(count: Int(shot), seed: seed, circuitIndex: 2, firstRow: 5))[0]
      let after = lanes.counts(all, shots)[0]
      #expect(after[3] - before[3] == (isAbove ? 1 : 0), "seed \(seed)")
      #expect(after[15] - before[15] == (isAbove ? 0 : 1), "seed \(seed)")
    }
  }
}
