import Circuits
import Protocol
import Simulator
import Testing

@testable import Worker

@Suite struct SimulatorItemExecutorTests {
  private let executor: SimulatorItemExecutor

  init() throws { executor = try SimulatorItemExecutor(device: "cpu") }

  @Test("a Bell pair's shots are counted, and its probabilities and expectation are exact")
  func bell() throws {
    let settings = ExecutionSettings(
      shots: 1000,
      observables: [ObservableRequest(label: "ZZ"), ObservableRequest(name: "sum", terms: [.init(2, "ZZ"), .init(-1, "XX")])],
      wantsProbabilities: true, seed: 7, precision: .double)
    let values = try self.values(qasm("h q[0]; cx q[0], q[1];"), settings)
    #expect(values.counts?.total == 1000)
    #expect(Set(values.counts?.dictionary.keys.map { $0 } ?? []) == ["00", "11"])
    for (found, expected) in zip(values.probabilities ?? [], [0.5, 0, 0, 0.5]) { #expect(abs(found - expected) < 1e-12) }
    #expect(values.expectations.count == 2)
    for (found, expected) in zip(values.expectations.map(\.value), [1.0, 1.0]) { #expect(abs(found - expected) < 1e-12) }
    #expect(values.method == "statevector" && values.precision == .double && values.qubitCount == 2)
  }

  @Test("columns of parameters are matched by name, in whatever order they come")
  func parameters() throws {
    let source = "OPENQASM 3.0; include \"stdgates.inc\"; input float a; input float b; qubit[2] q; rx(a) q[0]; rx(b) q[1];"
    let settings = ExecutionSettings(observables: [ObservableRequest(label: "IZ")], precision: .double)
    let rows = try ParameterRows(names: ["b", "a"], values: [0.3, 0, 0, 3.141592653589793], count: 2)
    let template = try Template(openQASM: source)
    let results = try executor.execute(
      Item(template: template.digest, rows: rows, settings: settings), of: template, stop: StopFlag())
    let values = try results.map { try #require($0.values).expectations[0].value }
    #expect(abs(values[0] - 1) < 1e-12 && abs(values[1] + 1) < 1e-12)
    #expect(results.map(\.row) == [0, 1])
  }

  @Test("a part of an item's rows draws what those rows draw in the whole")
  func slices() throws {
    let source = "OPENQASM 3.0; include \"stdgates.inc\"; input float a; qubit q; rx(a) q;"
    let template = try Template(openQASM: source)
    let rows = try ParameterRows(names: ["a"], values: (0..<10).map { Double($0) / 5 }, count: 10)
    let item = Item(template: template.digest, circuit: 3, rows: rows, settings: ExecutionSettings(shots: 100, seed: 5))
    let whole = try executor.execute(item, of: template, stop: StopFlag())
    let part = try executor.execute(item.slice(4..<7), of: template, stop: StopFlag())
    #expect(part.map(\.row) == [4, 5, 6])
    #expect(part.map { $0.values?.counts } == whole[4..<7].map { $0.values?.counts })
  }

  @Test(
    "of rows that run together the one that cannot is a failure that names it; the others have the same bits with and without it")
  func failedRow() throws {
    let source = "OPENQASM 3.0; include \"stdgates.inc\"; input float a; qubit[2] q; rx(sqrt(a)) q[0]; cx q[0], q[1];"
    let template = try Template(openQASM: source)
    let settings = ExecutionSettings(observables: [ObservableRequest(label: "ZI"), ObservableRequest(label: "YX")])
    func results(_ values: [Double]) throws -> CircuitResults {
      let rows = try ParameterRows(names: ["a"], values: values, count: values.count)
      let item = Item(template: template.digest, rows: rows, settings: settings)
      return try executor.execute(item.slice(2..<values.count), of: template, stop: StopFlag())
    }
    var values = (0..<40).map { Double($0) / 7 }
    let sound = try results(values)
    values[23] = -1
    let found = try results(values)
    #expect(sound.allSatisfy { $0.values?.method == "statevector-lanes" } && found.map(\.row) == Array(2..<40))
    for (result, expected) in zip(found, sound) where result.row != 23 {
      #expect(result.values?.expectations == expected.values?.expectations && result.values != nil)
    }
    guard case .failure(let failure) = found[21].outcome else {
      Issue.record("\(found[21])")
      return
    }
    #expect(failure.code == "invalid_argument" && failure.message.contains("row 23"), "\(failure.message)")
  }

  @Test(
    "a circuit that cannot run is a failure of that item, with a code that says why",
    arguments: [
      ("this is no program", ExecutionSettings(shots: 1), "syntax"),
      ("OPENQASM 3.0; include \"stdgates.inc\"; qubit q; nonsense q;", ExecutionSettings(shots: 1), "unknown_gate"),
      ("OPENQASM 3.0; include \"stdgates.inc\"; qubit[60] q; h q; t q; h q;", ExecutionSettings(shots: 1), "out_of_memory"),
      ("OPENQASM 3.0; qubit q;", ExecutionSettings(shots: 1, method: "magic"), "unsupported"),
      ("OPENQASM 3.0; qubit q;", ExecutionSettings(observables: [ObservableRequest(label: "ZZ")]), "invalid_argument"),
      ("OPENQASM 3.0; input float a; qubit q;", ExecutionSettings(shots: 1), "invalid_argument"),
    ])
  func failures(_ source: String, _ settings: ExecutionSettings, _ code: String) throws {
    let error = try #require(throws: ItemError.self) { try values(source, settings) }
    guard case .circuit(let failure) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(failure.code == code, "\(failure.message)")
  }

  @Test("an encoded circuit runs as its OpenQASM does, and bytes that are no circuit are a failure")
  func encodedCircuit() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    let settings = ExecutionSettings(shots: 100, seed: 3)
    let results = try [Template(circuit), Template(openQASM: qasm("h q[0]; cx q[0], q[1];"))].map { template in
      try executor.execute(Item(template: template.digest, settings: settings), of: template, stop: StopFlag())[0].values?.counts
    }
    #expect(results[0] != nil && results[0] == results[1])
    let garbage = try Template(format: .circuit, bytes: [1, 2, 3])
    #expect(throws: ItemError.self) {
      try executor.execute(Item(template: garbage.digest, settings: settings), of: garbage, stop: StopFlag())
    }
  }

  @Test("a stop is not a result")
  func stop() throws {
    let template = try Template(openQASM: qasm("h q[0]; cx q[0], q[1];"))
    let flag = StopFlag()
    flag.set()
    #expect(throws: ItemError.stopped) {
      try executor.execute(Item(template: template.digest, settings: ExecutionSettings(shots: 1)), of: template, stop: flag)
    }
  }

  @Test("there is a slot for the CPU, and an unknown device is refused")
  func slots() throws {
    #expect(try DeviceSlot.simulator("cpu").map(\.device.name) == ["cpu"])
    #expect(try DeviceSlot.simulator("cpu", count: 3).count == 3)
    #expect(throws: SimulatorError.self) { try DeviceSlot.simulator("quantum-annealer") }
  }

  private func qasm(_ body: String) -> String { "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; \(body)" }

  private func values(_ source: String, _ settings: ExecutionSettings) throws -> CircuitValues {
    let template = try Template(openQASM: source)
    let results = try executor.execute(Item(template: template.digest, settings: settings), of: template, stop: StopFlag())
    return try #require(results.first?.values)
  }
}

extension CircuitResult {
  var values: CircuitValues? {
    if case .values(let values) = outcome { values } else { nil }
  }
}
