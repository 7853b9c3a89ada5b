import Circuits
import Testing

@Suite("device models that are read")
struct DeviceModelReadingTests {
  /// A device of two qubits, with members of its qubits and gates in the place of the usual.
  private static func read(
    qubits: String = #""t1": [1e-4, 2e-4], "t2": 5e-5, "zero_as_one": 0.01, "one_as_zero": 0.02, "readout_duration": 1e-6"#,
    gates: String = #"{"gates": ["sx"], "errors": [1e-4, 2e-4], "durations": 3e-8}"#, others: String = ""
  ) throws(CircuitError) -> DeviceModel {
    let text = """
      {"format": 1, "name": "two", "source": "nobody", "qubit_count": 2, "basis_gates": ["sx", "rz"], \(others)
       "qubits": {\(qubits)}, "gates": [\(gates)]}
      """
    return try DeviceModel(json: Array(text.utf8))
  }

  @Test("lists and single numbers are taken as they are")
  func plain() throws {
    let model = try Self.read()
    #expect(model.name == "two" && model.source == "nobody" && model.qubitCount == 2 && model.notes.isEmpty)
    #expect(model.qubits.map(\.t1) == [1e-4, 2e-4] && model.qubits.map(\.t2) == [5e-5, 5e-5])
    #expect(model.qubits.map(\.readoutError) == [0.015, 0.015])
    #expect(model.figures("sx", on: [1]) == .init(error: 2e-4, duration: 3e-8))
    #expect(model.figures("x", on: [1]) == nil && model.coupling.isEmpty)
  }

  @Test("what a calibration lacks is mended, and each time a note says so")
  func mended() throws {
    let bare = try Self.read(qubits: "", gates: #"{"gates": ["sx"]}, {"gates": ["reset"], "durations": 1e-6}"#)
    #expect(bare.notes.count == 14, "\(bare.notes)")
    #expect(bare.notes.contains("qubit 0: no t1: it does not relax") && bare.notes.contains("qubit 1: no t2: it keeps its phase"))
    #expect(bare.notes.contains("sx on 1: no error: relaxation is its only noise"))
    let noise = try bare.noiseModel()
    #expect(noise.rules.isEmpty && noise.readout.isEmpty && noise.relaxations.isEmpty)

    let times = try Self.read(
      qubits: #""t1": [1e-4, null], "t2": [3e-4, 4e-5], "zero_as_one": 0, "one_as_zero": 0, "readout_duration": 0"#)
    #expect(times.qubits[0].t2 == 2e-4 && times.qubits[1].t1 == nil && times.qubits[1].t2 == 4e-5)
    #expect(
      times.notes == [
        "qubit 0: t2 of 0.0003 s is above 2·T1: 0.0002 s, which is 2·T1, is taken", "qubit 1: no t1: it does not relax",
      ])
    let noT2 = try Self.read(qubits: #""t1": 1e-4, "zero_as_one": 0, "one_as_zero": 0, "readout_duration": 0"#)
    #expect(noT2.qubits.map(\.t2) == [2e-4, 2e-4] && noT2.notes.count == 2)
  }

  @Test("a gate that failed has the error at which nothing of the state is left")
  func failed() throws {
    let model = try Self.read(
      gates:
        #"{"gates": ["sx"], "errors": [1, null], "durations": 0}, {"gates": ["cz"], "qubits": [[0, 1]], "errors": 1, "durations": 0}"#
    )
    #expect(model.figures("sx", on: [0])?.error == 2.0 / 3 && model.figures("sx", on: [1])?.error == nil)
    #expect(abs(try #require(model.figures("cz", on: [1, 0])?.error) - 0.8) < 1e-15)
    #expect(model.notes.count == 3 && model.notes[0].hasPrefix("sx on 0: an error of 1.0"))
    let rule = try #require(try model.noiseModel().rules.first { $0.gates.contains("cz") })
    // With any of the 16 strings but the identity as often as each other: no relaxation is in this figure.
    #expect(
      PauliTransferMatrix(rule.channel).distance(to: PauliTransferMatrix(try .depolarizing(16.0 / 15, qubitCount: 2))) < 1e-12)
  }

  /// Members, and what the message has to say.
  static let refused: [(qubits: String?, gates: String?, message: String)] = [
    (#""t1": [1e-4, 0]"#, nil, "device model.qubits.t1[1]: 0.0; a number above 0 or null is accepted"),
    (#""t2": -1"#, nil, "device model.qubits.t2: -1.0; a number above 0"),
    (#""frequency": [5e9, "fast"]"#, nil, "frequency[1]: a number above 0 or null is needed"),
    (#""zero_as_one": [0.5, 1.5]"#, nil, "zero_as_one[1]: 1.5; a number from 0 to 1"),
    (#""one_as_zero": -0.5"#, nil, "one_as_zero: -0.5"),
    (#""readout_duration": -1e-6"#, nil, "readout_duration: -1e-06; a number not below 0"),
    (#""t1": [1e-4]"#, nil, "t1: 1 values; 2 are needed, or one number for all"),
    (#""t3": 1"#, nil, "'t3' is not known"),
    (nil, #"{"gates": ["sx"], "errors": 1.5}"#, "gates[0].errors: 1.5; a number from 0 to 1"),
    (nil, #"{"gates": ["sx"], "errors": "NaN"}"#, "gates[0].errors: a number from 0 to 1 or null is needed"),
    (nil, #"{"gates": ["sx"], "durations": [1, -1]}"#, "gates[0].durations[1]: -1.0"),
    (nil, #"{"gates": ["warp"]}"#, "'warp'; gates of one or two qubits and reset are accepted"),
    (nil, #"{"gates": ["ccx"]}"#, "'ccx'; gates of one or two qubits"),
    (nil, #"{"gates": ["sx"], "qubits": [[2]]}"#, "qubits[0]: qubits [2]; one or two different ones below 2"),
    (nil, #"{"gates": ["cz"], "qubits": [[1, 1]]}"#, "qubits [1, 1]"),
    (nil, #"{"gates": ["cz"], "qubits": [[]]}"#, "qubits []"),
    (nil, #"{"gates": ["cz"]}"#, "cz takes 2 qubits, and is given on [0]"),
    (nil, #"{"gates": ["sx", "sx"]}"#, "sx on [0] is given twice"),
    (nil, #"{"errors": 0.1}"#, "'gates' is missing"),
  ]

  @Test("what no device can have is refused with its place, its value and what is accepted", arguments: refused.indices)
  func refusals(_ index: Int) throws {
    let (qubits, gates, message) = Self.refused[index]
    let error = #expect(throws: CircuitError.self) {
      switch (qubits, gates) {
      case (let qubits?, _): _ = try Self.read(qubits: qubits)
      case (_, let gates?): _ = try Self.read(gates: gates)
      default: Issue.record("nothing to read")
      }
    }
    #expect(error?.code == .invalidDevice && error?.message.contains(message) == true, "\(error?.message ?? "nothing thrown")")
  }

  @Test("other texts are refused", arguments: ["", "{", "[]", "{}", #"{"format": 2}"#, #"{"format": 1, "name": 5}"#])
  func texts(_ text: String) {
    let error = #expect(throws: CircuitError.self) { try DeviceModel(json: Array(text.utf8)) }
    #expect(error?.code == .invalidDevice)
  }

  @Test("members that nobody reads, and numbers of qubits that no circuit has, are refused")
  func others() {
    #expect(throws: CircuitError.self) { try Self.read(others: #""colour": "blue","#) }
    for count in [0, -1, 5000] {
      let text =
        #"{"format": 1, "name": "n", "source": "s", "qubit_count": \#(count), "basis_gates": [], "qubits": {}, "gates": []}"#
      #expect(throws: CircuitError.self) { try DeviceModel(json: Array(text.utf8)) }
    }
  }
}
