internal import FoundationEssentials

extension NoiseModel {
  /// Reads a model: this project's JSON (docs/schemas/noise-1.schema.json), or what Qiskit Aer's `NoiseModel.to_dict(serializable=True)` gives;
  /// told apart by Aer's key `errors`.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel`, naming the place and what would be accepted.
  public init(json: [UInt8], name: String = "noise") throws(CircuitError) {
    guard json.count <= Limits.noiseModelByteCount else {
      throw CircuitError(.limitExceeded, "a noise model of \(json.count) bytes; at most \(Limits.noiseModelByteCount) are accepted")
    }
    let value: JSONValue
    do { value = try JSONDecoder().decode(JSONValue.self, from: Data(json)) } catch {
      throw CircuitError(.invalidChannel, "noise model: not JSON: \(error)")
    }
    let root = JSONPlace(value: value, path: "")
    self.init(name: name)
    if try root.member("errors") != nil { try readAer(root) } else { try read(root) }
  }

  private mutating func read(_ root: JSONPlace) throws(CircuitError) {
    try root.refuseOthers(than: ["version", "name", "source", "gates", "readout", "relaxation", "coupling"])
    let version = try root.required("version")
    guard try version.integer() == 1 else { throw version.error("version 1 is accepted") }
    if let name = try root.member("name") { self.name = try name.string() }
    for entry in try root.member("gates")?.elements() ?? [] { try readRule(entry) }
    for entry in try root.member("readout")?.elements() ?? [] {
      try entry.refuseOthers(than: ["qubits", "probabilities"])
      try readReadout(entry, qubits: try entry.member("qubits")?.integers())
    }
    for entry in try root.member("relaxation")?.elements() ?? [] {
      try entry.refuseOthers(than: ["qubit", "t1", "t2", "excited_population"])
      let relaxation = Relaxation(
        t1: try entry.required("t1").number(), t2: try entry.required("t2").number(),
        excitedPopulation: try entry.member("excited_population")?.number() ?? 0)
      let qubit = try entry.required("qubit").integer()
      try entry.located { () throws(CircuitError) in try relax(qubit, relaxation) }
    }
    for entry in try root.member("coupling")?.elements() ?? [] {
      let pair = try entry.integers()
      guard pair.count == 2 else { throw entry.error("two qubits are needed") }
      try entry.located { () throws(CircuitError) in try couple(pair[0], pair[1]) }
    }
  }

  private mutating func readRule(_ entry: JSONPlace) throws(CircuitError) {
    try entry.refuseOthers(than: ["gates", "qubits", "channels"])
    let gates = try entry.required("gates").map { (gate) throws(CircuitError) in try gate.string() }
    let places: [[Int]?] = try entry.member("qubits")?.map { (qubits) throws(CircuitError) in try qubits.integers() } ?? [nil]
    for channel in try entry.required("channels").elements() {
      let placement = try Placement(channel)
      let read = try channel.channel()
      for qubits in places {
        let rule = Rule(gates: gates, qubits: qubits, channel: read, placement: placement)
        try channel.located { () throws(CircuitError) in try append(rule) }
      }
    }
  }

  private mutating func readReadout(_ entry: JSONPlace, qubits: [Int]?) throws(CircuitError) {
    let rows = try entry.required("probabilities").map { (row) throws(CircuitError) in
      try row.map { (entry) throws(CircuitError) in try entry.number() }
    }
    try entry.located { () throws(CircuitError) in try append(Readout(qubits: qubits, error: try ReadoutError(rows))) }
  }

  // MARK: Aer

  private mutating func readAer(_ root: JSONPlace) throws(CircuitError) {
    for entry in try root.required("errors").elements() {
      let places = try entry.member("gate_qubits")?.map { (qubits) throws(CircuitError) in try qubits.integers() }
      switch try entry.required("type").string() {
      case "roerror": for qubits in places.map({ $0.map(Optional.some) }) ?? [nil] { try readReadout(entry, qubits: qubits) }
      case "qerror":
        let gates = try entry.required("operations").map { (gate) throws(CircuitError) in try gate.string() }
        for qubits in places.map({ $0.map(Optional.some) }) ?? [nil] {
          let channel = try AerError(entry, qubitCount: qubits?.count).channel()
          let rule = Rule(gates: gates, qubits: qubits, channel: channel)
          try entry.located { () throws(CircuitError) in try append(rule) }
        }
      case let type: throw entry.error("an error of type '\(type)'; qerror and roerror are accepted")
      }
    }
  }
}

extension JSONPlace {
  fileprivate func integers() throws(CircuitError) -> [Int] { try map { (entry) throws(CircuitError) in try entry.integer() } }

  /// A channel by its name and numbers.
  fileprivate func channel() throws(CircuitError) -> Channel {
    let type = try required("type").string()
    guard let form = Self.channels[type] else {
      throw error("a channel of type '\(type)'; \(Self.channels.keys.sorted().joined(separator: ", ")) are accepted")
    }
    try refuseOthers(than: Set(["type", "on"] + form.members))
    return try located { () throws(CircuitError) in try form.read(self) }
  }

  fileprivate func number(_ name: String) throws(CircuitError) -> Double { try required(name).number() }
  fileprivate func number(_ name: String, otherwise: Double) throws(CircuitError) -> Double {
    try member(name)?.number() ?? otherwise
  }

  private typealias ChannelForm = (members: [String], read: @Sendable (JSONPlace) throws(CircuitError) -> Channel)

  private static let channels: [String: ChannelForm] = [
    "pauli": (
      ["probabilities"],
      { (place) throws(CircuitError) in
        let given = try place.required("probabilities")
        var outcomes = [(PauliString, Double)]()
        for (label, _) in try given.members().sorted(by: { $0.key < $1.key }) {
          outcomes.append((try PauliString(label), try given.number(label)))
        }
        return try .pauli(outcomes)
      }
    ),
    "depolarizing": (
      ["strength", "qubit_count"],
      { (place) throws(CircuitError) in
        try .depolarizing(try place.number("strength"), qubitCount: try place.member("qubit_count")?.integer() ?? 1)
      }
    ),
    "bit-flip": (["probability"], { (place) throws(CircuitError) in try .bitFlip(try place.number("probability")) }),
    "phase-flip": (["probability"], { (place) throws(CircuitError) in try .phaseFlip(try place.number("probability")) }),
    "bit-phase-flip": (["probability"], { (place) throws(CircuitError) in try .bitPhaseFlip(try place.number("probability")) }),
    "amplitude-damping": (["rate"], { (place) throws(CircuitError) in try .amplitudeDamping(try place.number("rate")) }),
    "generalized-amplitude-damping": (
      ["rate", "excited_population"],
      { (place) throws(CircuitError) in
        try .generalizedAmplitudeDamping(try place.number("rate"), excitedPopulation: try place.number("excited_population"))
      }
    ),
    "phase-damping": (["rate"], { (place) throws(CircuitError) in try .phaseDamping(try place.number("rate")) }),
    "thermal-relaxation": (
      ["t1", "t2", "time", "excited_population"],
      { (place) throws(CircuitError) in
        try .thermalRelaxation(
          t1: try place.number("t1"), t2: try place.number("t2"), time: try place.number("time"),
          excitedPopulation: try place.number("excited_population", otherwise: 0))
      }
    ),
    "reset": (
      ["to_zero", "to_one"],
      { (place) throws(CircuitError) in
        try .reset(toZero: try place.number("to_zero"), toOne: try place.number("to_one", otherwise: 0))
      }
    ),
    "over-rotation": (
      ["angle", "pauli"],
      { (place) throws(CircuitError) in
        try .overRotation(try place.number("angle"), about: try PauliString(try place.required("pauli").string()))
      }
    ),
    "kraus": (
      ["operators"],
      { (place) throws(CircuitError) in
        try Channel(kraus: try place.required("operators").map { (entry) throws(CircuitError) in try entry.matrix() })
      }
    ),
    "superoperator": (
      ["matrix"], { (place) throws(CircuitError) in try Channel(superoperator: try place.required("matrix").matrix()) }
    ),
  ]
}
