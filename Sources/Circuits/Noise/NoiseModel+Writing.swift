internal import FoundationEssentials

extension NoiseModel {
  /// This model as JSON (docs/schemas/noise-1.schema.json), a line a rule; ``init(json:name:)`` reads it back as the same map.
  ///
  /// Channels are written as probabilities of Pauli strings where they are that, and as Kraus operators else.
  public func json() -> String {
    var lists = [("gates", entries), ("readout", readout.map(Self.json)), ("relaxation", relaxationEntries)]
    lists.append(("coupling", coupling.filter { $0[0] < $0[1] }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.map { Self.json($0) }))
    let parts = lists.filter { !$0.1.isEmpty }.map { label, values in
      "\"\(label)\": [\n  " + values.map(\.text).joined(separator: ",\n  ") + "\n]"
    }
    return "{" + (["\"version\": 1", "\"name\": \(JSONValue.string(name).text)"] + parts).joined(separator: ",\n") + "}\n"
  }

  /// Rules for the same gates on the same qubits one after the other are one entry.
  private var entries: [JSONValue] {
    var grouped = [(gates: [String], qubits: [Int]?, channels: [JSONValue])]()
    for rule in rules {
      var channel = rule.channel.json
      channel["on"] = rule.placement.json
      if let last = grouped.last, last.gates == rule.gates, last.qubits == rule.qubits {
        grouped[grouped.count - 1].channels.append(.object(channel))
      } else {
        grouped.append((rule.gates, rule.qubits, [.object(channel)]))
      }
    }
    return grouped.map { entry in
      var members: [String: JSONValue] = ["gates": .array(entry.gates.map { .string($0) }), "channels": .array(entry.channels)]
      if let qubits = entry.qubits { members["qubits"] = .array([Self.json(qubits)]) }
      return .object(members)
    }
  }

  private var relaxationEntries: [JSONValue] {
    relaxations.sorted { $0.key < $1.key }.map { qubit, relaxation in
      var members: [String: JSONValue] = [
        "qubit": .number(Double(qubit)), "t1": .number(min(relaxation.t1, Limits.longestRelaxation)),
        "t2": .number(min(relaxation.t2, Limits.longestRelaxation)),
      ]
      if relaxation.excitedPopulation > 0 { members["excited_population"] = .number(relaxation.excitedPopulation) }
      return .object(members)
    }
  }

  private static func json(_ readout: Readout) -> JSONValue {
    var members: [String: JSONValue] = [
      "probabilities": .array(readout.error.probabilities.map { .array($0.map { .number($0) }) })
    ]
    if let qubits = readout.qubits { members["qubits"] = json(qubits) }
    return .object(members)
  }

  private static func json(_ qubits: [Int]) -> JSONValue { .array(qubits.map { .number(Double($0)) }) }
}

extension Channel {
  /// The members of this channel as the JSON of noise models has it.
  fileprivate var json: [String: JSONValue] {
    if let probabilities = pauliProbabilities { return ["type": .string("pauli"), "probabilities": .object(probabilities)] }
    let operators = krausOperators.map { matrix in
      JSONValue.array(
        (0..<matrix.dimension).map { row in
          .array(
            (0..<matrix.dimension).map { column in
              .array([.number(matrix[row, column].real), .number(matrix[row, column].imaginary)])
            })
        })
    }
    return ["type": .string("kraus"), "operators": .array(operators)]
  }

  /// The probabilities of Pauli strings by their labels, of a mixture of those.
  private var pauliProbabilities: [String: JSONValue]? {
    guard case .mixture(let outcomes) = form else { return nil }
    let strings = (0..<UInt64(1) << UInt64(2 * qubitCount)).map { PauliString(qubitCount: qubitCount, digits: $0) }
    let matrices = strings.map { $0.matrix() }
    var result = [String: Double]()
    for outcome in outcomes {
      guard let index = matrices.firstIndex(of: outcome.unitary) else { return nil }
      result[strings[index].label, default: 0] += outcome.probability
    }
    return result.mapValues { .number($0) }
  }
}

extension JSONValue: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }

  /// The JSON text, on one line, members in the order of their names.
  fileprivate var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a number that JSON does not have in a noise model") }
    return String(decoding: data, as: UTF8.self)
  }
}
