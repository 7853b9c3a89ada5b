import Circuits
import Simulator
import TestSupport
import Testing

@Suite("states keep to their relations, whatever computes them")
struct MetamorphicTests {
  @Test("on few qubits, which are not planned", arguments: MetamorphicRelation.all, MetamorphicDevice.all)
  func small(relation: MetamorphicRelation, device: MetamorphicDevice) throws {
    for qubitCount in 1...8 {
      try expect(relation, device, qubitCount: qubitCount, operationCount: 20, tileQubitCount: nil, seed: UInt64(qubitCount))
    }
  }

  @Test("in several small tiles", arguments: MetamorphicRelation.all, MetamorphicDevice.all)
  func tiles(relation: MetamorphicRelation, device: MetamorphicDevice) throws {
    for (index, qubitCount) in [9, 10, 11, 12].enumerated() {
      try expect(relation, device, qubitCount: qubitCount, operationCount: 30, tileQubitCount: 9, seed: UInt64(index + 100))
    }
  }

  @Test("in several tiles of their usual size", arguments: MetamorphicRelation.all, MetamorphicDevice.all)
  func large(relation: MetamorphicRelation, device: MetamorphicDevice) throws {
    let qubitCount = device.precision == .single ? 16 : 15
    try expect(relation, device, qubitCount: qubitCount, operationCount: 30, tileQubitCount: nil, seed: 200)
  }

  private func expect(
    _ relation: MetamorphicRelation, _ device: MetamorphicDevice, qubitCount: Int, operationCount: Int, tileQubitCount: Int?,
    seed: UInt64
  ) throws {
    var generator = SplitMix(seed: seed)
    let operations = generator.operations(operationCount, qubitCount: qubitCount)
    let run = MetamorphicRun(qubitCount: qubitCount, lists: [operations], tileQubitCount: tileQubitCount)
    let pair = relation.pair(run, &generator)
    let expected = pair.expected(try device.state(pair.first))
    let found = try device.state(pair.second)
    #expect(expected.count == found.count)
    let difference = zip(expected, found).reduce(0) { $0 + ($1.0 - $1.1).lengthSquared }.squareRoot()
    #expect(difference < device.tolerance, "\(qubitCount) qubits, seed \(seed)")
  }
}

@Suite("circuits keep to their relations")
struct MetamorphicCircuitTests {
  @Test("barriers anywhere leave every bit as it is", arguments: [1, 7, 12], Precision.allCases)
  func barriers(qubitCount: Int, precision: Precision) throws {
    var generator = SplitMix(seed: UInt64(qubitCount))
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 40, seed: 300 + UInt64(qubitCount))
    var divided = try Circuit(qubitCount: qubitCount)
    for instruction in circuit.instructions {
      try divided.append(instruction)
      let some = generator.qubits(Int.random(in: 1...qubitCount, using: &generator), of: qubitCount)
      if Bool.random(using: &generator) { try divided.append(.barrier(some)) }
    }
    let executor = CircuitExecutor<HostRegister> { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    let states = try [circuit, divided].map {
      try executor.run(SimulationRequest(circuit: $0, wantsStatevector: true, precision: precision))[0].statevector
    }
    #expect(divided.instructions.count > circuit.instructions.count)
    #expect(states[0] != nil && states[0] == states[1])
  }
}
