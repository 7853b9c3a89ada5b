import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("segments of programs that branches go through at once")
struct SegmentTests {
  @Test("a segment holds gates and noise that nothing jumps into, and at most so many gates", arguments: 0..<30 as Range<UInt64>)
  func places(_ seed: UInt64) throws {
    var circuit = try RandomCircuit.dynamic(qubitCount: 3, stepCount: 12, seed: seed)
    for instruction in try NoisyCircuit(seed: seed, channelCount: 9, hasFeedback: true).circuit.instructions {
      try circuit.append(instruction)
    }
    let program = try Program(circuit)
    let segments = ProgramSegments(program, operationCount: 7)
    var (covered, gateCount) = (Set<Int>(), 0)
    for start in program.steps.indices {
      guard let steps = segments.segment(at: start) else { continue }
      gateCount = 0
      for index in steps {
        #expect(covered.insert(index).inserted, "seed \(seed), step \(index)")
        switch program.steps[index] {
        case .noise: break
        case .operation, .gate: gateCount += 1
        default: Issue.record("seed \(seed), step \(index)")
        }
      }
      #expect(gateCount <= 7)
    }
    for (index, step) in program.steps.enumerated() {
      switch step {
      case .operation, .noise: #expect(covered.contains(index), "seed \(seed), step \(index)")
      case .jump(let target), .jumpUnless(_, let target), .nextIteration(_, _, let target):
        let isInside = program.steps.indices.contains { segments.segment(at: $0)?.dropFirst().contains(target) == true }
        #expect(!isInside, "seed \(seed), step \(target)")
      default: break
      }
    }
  }

  @Test("shots of a part find what each draws at each site", arguments: [3, 8, 9, 700])
  func draws(_ shotCount: UInt32) throws {
    var circuit = try Circuit(qubitCount: 2)
    let fixed = try [Channel.depolarizing(0.3), .bitFlip(0.1), .depolarizing(0.4, qubitCount: 2)]
    for channel in fixed { try circuit.append(.channel(channel, qubits: Array(0..<channel.qubitCount))) }
    try circuit.append(try .amplitudeDamping(0.2), on: 1)
    let program = try Program(circuit)
    let segment = try Segment(program, 0..<4, ClassicalMemory())
    let random = RandomStream(seed: UInt64(shotCount), circuit: 1, row: 2)
    let shots = (0..<shotCount).map { 3 * $0 + 1 }
    let parts = SegmentDraws(segment, random, first: 17).parts(shots)
    #expect(parts.flatMap(\.shots).sorted() == shots)
    #expect(Set(parts.map(\.outcomes)).count == parts.count)
    for part in parts {
      for shot in part.shots {
        let looks = random.draw(shot: shot, site: 20) >= RandomStream.bound(0.8 - Limits.eigenvalueError)
        #expect(looks == (part.outcomes == nil))
        guard let outcomes = part.outcomes else { continue }
        for (site, noise) in segment.sites.dropLast().enumerated() {
          let draw = RandomStream.unitInterval(random.draw(shot: shot, site: UInt32(17 + site)))
          let probabilities = noise.probabilities([])
          let below = probabilities.prefix(Int(outcomes[site])).reduce(0, +)
          #expect(below - 1e-12 <= draw && draw < below + probabilities[Int(outcomes[site])] + 1e-12)
        }
      }
    }
  }

  private static func run(_ request: SimulationRequest, inSegments: Bool) throws -> SimulationResult {
    let program = try Program(request.circuit)
    var accumulator = try RowAccumulator(request, program)
    let registers = RegisterPool<PlannedRegister<HostRegister>>(limit: 24) { () throws(SimulatorError) in
      PlannedRegister(try HostRegister(qubitCount: request.circuit.qubitCount, precision: request.precision))
    }
    let start = ProgramPosition(program, memory: try request.circuit.initialMemory(request.rows[0]))
    let runner = BranchRunner<HostRegister>(
      program: program, start: start, random: RandomStream(seed: request.seed, circuit: 0, row: 0), isExact: false,
      stop: StopFlag(),
      registers: registers)
    let first = Branch<PlannedRegister<HostRegister>>(position: start, shots: Array(0..<UInt32(request.shots ?? 0)))
    if inSegments {
      try runner.runGroups(first, &accumulator, threadCount: 2)
    } else {
      try runner.run(first, &accumulator)
    }
    return accumulator.result(row: 0, hasOutcomes: true, precision: .double, compile: 0, execute: 0)
  }

  @Test("every shot ends as it does step by step", arguments: 0..<14 as Range<UInt64>)
  func steps(_ seed: UInt64) throws {
    var circuit = try NoisyCircuit(seed: seed, channelCount: 30, hasFeedback: seed % 2 == 0, qubitCount: 4).circuit
    let angle = Parameter("a")
    for qubit in 0..<4 { try circuit.append(.ry, .parameter(angle), on: qubit) }
    let observables = [try Observable("ZIXI")]
    let request = SimulationRequest(
      circuit: circuit, rows: [[0.4]], shots: 700, observables: observables, wantsProbabilities: true, seed: seed,
      precision: .double)
    let (found, expected) = (try Self.run(request, inSegments: true), try Self.run(request, inSegments: false))
    #expect(found.counts == expected.counts, "seed \(seed)")
    let errors = zip(found.probabilities ?? [], expected.probabilities ?? []).map { abs($0 - $1) }
    #expect(errors.count == 16 && errors.allSatisfy { $0 < 1e-12 }, "seed \(seed)")
    #expect(abs(found.expectations[0].value - expected.expectations[0].value) < 1e-12, "seed \(seed)")
    #expect(abs(found.expectations[0].standardError - expected.expectations[0].standardError) < 1e-12, "seed \(seed)")
  }

  @Test("results are the same bits on any number of threads, and when branches are replayed", arguments: 0..<5 as Range<UInt64>)
  func threads(_ seed: UInt64) throws {
    var circuit = try NoisyCircuit(seed: seed, channelCount: 25, hasFeedback: seed % 2 == 0, qubitCount: 9).circuit
    for qubit in 0..<3 { try circuit.measure(qubit, into: qubit) }
    let request = SimulationRequest(
      circuit: circuit, shots: 300, observables: [try Observable("ZIXIIIIYI")], wantsProbabilities: true, seed: seed)
    let results = try [1, 2, 7].map { threadCount in
      let executor = CircuitExecutor<HostRegister>(threadCount: threadCount) { (qubitCount, precision) throws(SimulatorError) in
        try HostRegister(qubitCount: qubitCount, precision: precision)
      }
      if threadCount == 7 { executor.branchRegisterCount = 0 }
      return try executor.run(request)[0]
    }
    for result in results {
      #expect(result.counts == results[0].counts && result.probabilities == results[0].probabilities, "seed \(seed)")
      #expect(result.expectations == results[0].expectations, "seed \(seed)")
    }
  }

  @Test("a run that is stopped, or fails, leaves an executor that runs on")
  func failures() throws {
    let circuit = try NoisyCircuit(seed: 5, channelCount: 40, qubitCount: 6).circuit
    let executor = CircuitExecutor<HostRegister>(threadCount: 2) { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    let request = SimulationRequest(circuit: circuit, shots: 200, seed: 1)
    let counts = try executor.run(request)[0].counts
    let stop = StopFlag()
    stop.set()
    #expect(throws: SimulatorError.self) { try executor.run(request, stop: stop) }
    #expect(try executor.run(request)[0].counts == counts)
  }
}
