/// Reads a device's figures, and mends those that calibrations are known to lack.
struct CalibrationReader {
  private var model: DeviceModel

  static func read(_ root: JSONPlace) throws(CircuitError) -> DeviceModel {
    let format = try root.required("format")
    guard try format.integer() == 1 else { throw format.error("format 1 is accepted") }
    try root.refuseOthers(than: [
      "format", "name", "source", "license", "calibrated", "qubit_count", "basis_gates", "qubits", "gates",
    ])
    var reader = CalibrationReader(
      model: DeviceModel(name: try root.required("name").string(), source: try root.required("source").string()))
    reader.model.license = try root.member("license")?.string()
    reader.model.calibrated = try root.member("calibrated")?.string()
    try reader.readQubits(root)
    reader.model.basisGates = try root.required("basis_gates").map { (entry) throws(CircuitError) in try entry.gateName() }
    for entry in try root.required("gates").elements() { try reader.readGates(entry) }
    return reader.model
  }

  // MARK: Qubits

  private mutating func readQubits(_ root: JSONPlace) throws(CircuitError) {
    let place = try root.required("qubit_count")
    let count = try place.integer()
    guard (1...Limits.declaredQubitCount).contains(count) else {
      throw place.error("\(count) qubits; 1 to \(Limits.declaredQubitCount) are accepted")
    }
    let figures = try root.required("qubits")
    try figures.refuseOthers(than: ["t1", "t2", "frequency", "zero_as_one", "one_as_zero", "readout_duration"])
    func column(_ name: String, _ range: FigureRange) throws(CircuitError) -> [Double?] {
      try figures.column(name, count: count, range)
    }
    let (t1, t2) = (try column("t1", .positive), try column("t2", .positive))
    let frequency = try column("frequency", .positive)
    let (rises, falls) = (try column("zero_as_one", .probability), try column("one_as_zero", .probability))
    let readout = try column("readout_duration", .duration)
    for qubit in 0..<count {
      var figures = DeviceModel.Qubit(t1: t1[qubit], t2: t2[qubit], frequency: frequency[qubit])
      mendTimes(&figures, "qubit \(qubit)")
      figures.zeroAsOne = known(rises[qubit], "qubit \(qubit): no zero_as_one: 0 is read as it is")
      figures.oneAsZero = known(falls[qubit], "qubit \(qubit): no one_as_zero: 1 is read as it is")
      figures.readoutDuration = known(readout[qubit], "qubit \(qubit): no readout_duration: reading takes no time")
      model.qubits.append(figures)
    }
  }

  private mutating func mendTimes(_ qubit: inout DeviceModel.Qubit, _ label: String) {
    guard let t1 = qubit.t1 else {
      model.notes.append("\(label): no t1: it does not relax")
      if qubit.t2 == nil { model.notes.append("\(label): no t2: it keeps its phase") }
      return
    }
    if let t2 = qubit.t2, t2 <= 2 * t1 { return }
    let given = qubit.t2.map { "t2 of \($0) s is above 2·T1" } ?? "no t2"
    model.notes.append("\(label): \(given): \(2 * t1) s, which is 2·T1, is taken")
    qubit.t2 = 2 * t1
  }

  private mutating func known(_ value: Double?, _ note: String) -> Double {
    if value == nil { model.notes.append(note) }
    return value ?? 0
  }

  // MARK: Gates

  private mutating func readGates(_ entry: JSONPlace) throws(CircuitError) {
    try entry.refuseOthers(than: ["gates", "qubits", "errors", "durations"])
    let names = try entry.required("gates").map { (name) throws(CircuitError) in try name.gateName() }
    let places = try operands(entry)
    let errors = try entry.column("errors", count: places.count, .probability)
    let durations = try entry.column("durations", count: places.count, .duration)
    for name in names {
      for (index, operands) in places.enumerated() {
        guard Self.arity(name) == operands.count else {
          throw entry.error("\(name) takes \(Self.arity(name)) qubits, and is given on \(operands)")
        }
        guard model.gates[name]?[operands] == nil else { throw entry.error("\(name) on \(operands) is given twice") }
        let figures = figures(name, operands, errors[index], durations[index])
        model.gates[name, default: [:]][operands] = figures
      }
    }
  }

  /// The places of an entry's gates: without a list each qubit by itself.
  private func operands(_ entry: JSONPlace) throws(CircuitError) -> [[Int]] {
    guard let given = try entry.member("qubits") else { return model.qubits.indices.map { [$0] } }
    return try given.map { (place) throws(CircuitError) in
      let operands = try place.map { (qubit) throws(CircuitError) in try qubit.integer() }
      guard (1...2).contains(operands.count), Set(operands).count == operands.count,
        operands.allSatisfy(model.qubits.indices.contains)
      else { throw place.error("qubits \(operands); one or two different ones below \(model.qubitCount) are accepted") }
      return operands
    }
  }

  private static func arity(_ name: String) -> Int { name == "reset" ? 1 : Gate(named: name)?.qubitCount ?? 0 }

  private mutating func figures(_ name: String, _ operands: [Int], _ error: Double?, _ duration: Double?) -> DeviceModel.Figures {
    let label = "\(name) on \(operands.map(String.init).joined(separator: ", "))"
    let seconds = known(duration, "\(label): no duration: it takes no time")
    guard let error else {
      // Nobody says how well a reset works.
      if name != "reset" { model.notes.append("\(label): no error: relaxation is its only noise") }
      return .init(error: nil, duration: seconds)
    }
    let most = DeviceModel.mostError(qubitCount: operands.count)
    if error > most {
      model.notes.append("\(label): an error of \(error): \(most), at which nothing of the state is left, is taken")
    }
    return .init(error: min(error, most), duration: seconds)
  }
}

/// What a figure may be.
enum FigureRange: String {
  case positive = "a number above 0"
  case duration = "a number not below 0"
  case probability = "a number from 0 to 1"

  func holds(_ value: Double) -> Bool {
    switch self {
    case .positive: value > 0
    case .duration: value >= 0
    case .probability: (0...1).contains(value)
    }
  }
}

extension JSONPlace {
  /// Numbers, some of which may be null; one number stands for all, and nothing for none.
  fileprivate func column(_ name: String, count: Int, _ range: FigureRange) throws(CircuitError) -> [Double?] {
    guard let column = try member(name) else { return Array(repeating: nil, count: count) }
    guard case .array = column.value else { return Array(repeating: try column.figure(range), count: count) }
    let figures = try column.map { (entry) throws(CircuitError) in try entry.figure(range) }
    guard figures.count == count else {
      throw column.error("\(figures.count) values; \(count) are needed, or one number for all")
    }
    return figures
  }

  private func figure(_ range: FigureRange) throws(CircuitError) -> Double? {
    switch value {
    case .null: return nil
    case .number(let number) where number.isFinite && range.holds(number): return number
    case .number(let number): throw error("\(number); \(range.rawValue) or null is accepted")
    default: throw error("\(range.rawValue) or null is needed")
    }
  }

  /// The name of a gate of one or two qubits as the table has it, or `reset`.
  fileprivate func gateName() throws(CircuitError) -> String {
    let text = try string()
    if text == "reset" { return text }
    guard let gate = Gate(named: text), (1...2).contains(gate.qubitCount) else {
      throw error("'\(text)'; gates of one or two qubits and reset are accepted")
    }
    return gate.name
  }
}
