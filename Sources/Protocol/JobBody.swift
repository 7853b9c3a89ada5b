internal import FoundationEssentials
internal import SwiftProtobuf

/// The payload of SUBMIT and LEASE: items, with what they share written once.
package enum JobBody {
  /// Writes items; the same items give the same bytes.
  ///
  /// - Complexity: O(bytes written); items that share storage for settings and names cost no comparison of them.
  package static func encode(_ items: some Collection<Item>) -> [UInt8] {
    var encoder = Encoder()
    encoder.body.items.reserveCapacity(items.count)
    for item in items { encoder.append(item) }
    return Wire.bytes(encoder.body)
  }

  /// Reads a submission's items, numbering them in the order in which they stand.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decodeJob(_ bytes: [UInt8]) throws(ProtocolError) -> [Item] {
    var items = try decode(bytes)
    for index in items.indices {
      items[index].index = index
      items[index].firstRow = 0
    }
    return items
  }

  /// Reads a lease's items, which know their places in the job.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decodeLease(_ bytes: [UInt8]) throws(ProtocolError) -> [Item] {
    try decode(bytes)
  }

  /// What the items ask for, as one digest: equal for equal items, whoever encoded them.
  package static func requestHash(_ items: some Collection<Item>) -> Digest {
    requestHash(ofEncoded: encode(items))
  }

  /// The request hash of items that ``encode(_:)`` wrote.
  package static func requestHash(ofEncoded bytes: [UInt8]) -> Digest {
    var builder = DigestBuilder()
    builder.append("KWR1".utf8)
    builder.append(bytes)
    return builder.finish()
  }

  static func validate(_ items: [Item]) throws(ProtocolError) {
    guard !items.isEmpty else { throw ProtocolError(.invalidValue, "job: no items, at least one accepted") }
    guard items.count <= Limits.itemCount else { throw .tooLarge("items of one job", items.count, limit: Limits.itemCount) }
    var circuits = 0
    var tables = Tables()
    for item in items {
      circuits += item.rows.count
      guard circuits <= Limits.circuitCount else { throw .tooLarge("circuits of one job", circuits, limit: Limits.circuitCount) }
      try item.validateOwnFields()
      if tables.settings.index(of: item.settings).isNew { try item.settings.validate() }
      _ = tables.names.index(of: item.rows.names)
      try tables.check()
    }
    let bytes = encode(items)
    guard bytes.count <= Limits.payloadByteCount else { throw .tooLarge("job bytes", bytes.count, limit: Limits.payloadByteCount) }
    try scan(bytes)
  }
}

/// What is written once and then named by index.
private struct Table<Element: Hashable> {
  private(set) var elements: [Element] = []
  private var indices: [Element: Int] = [:]
  private var last = 0

  mutating func index(of element: Element) -> (index: Int, isNew: Bool) {
    if last < elements.count, elements[last] == element { return (last, false) }
    if let index = indices[element] {
      last = index
      return (index, false)
    }
    last = elements.count
    elements.append(element)
    indices[element] = last
    return (last, true)
  }
}

private struct Tables {
  var settings = Table<ExecutionSettings>()
  var names = Table<[String]>()
  var templates = Table<Digest>()

  func check() throws(ProtocolError) {
    for (what, count) in [("settings", settings.elements.count), ("parameter lists", names.elements.count)]
    where count > Limits.settingsCount {
      throw .tooLarge("distinct \(what) of one job", count, limit: Limits.settingsCount)
    }
  }
}

extension JobBody {
  private struct Encoder {
    var body = Ketwork_V1_JobBody()
    private var tables = Tables()

    mutating func append(_ item: Item) {
      var record = Ketwork_V1_Item()
      record.settings = settings(item.settings)
      record.names = names(item.rows.names)
      record.template = template(item.template)
      record.name = item.name
      record.circuit = item.circuit
      record.firstRow = UInt64(item.firstRow)
      record.rowCount = UInt64(item.rows.count)
      if !item.rows.values.isEmpty { record.values = LittleEndian.data(item.rows.values) }
      record.qubitCount = UInt32(item.qubitCount)
      record.operationCount = UInt64(item.operationCount)
      record.index = UInt64(item.index)
      body.items.append(record)
    }

    private mutating func settings(_ settings: ExecutionSettings) -> UInt32 {
      let (index, isNew) = tables.settings.index(of: settings)
      if isNew { body.settings.append(Ketwork_V1_Settings(settings)) }
      return UInt32(index)
    }

    private mutating func names(_ names: [String]) -> UInt32 {
      let (index, isNew) = tables.names.index(of: names)
      if isNew { body.names.append(.with { $0.names = names }) }
      return UInt32(index)
    }

    private mutating func template(_ digest: Digest) -> UInt32 {
      let (index, isNew) = tables.templates.index(of: digest)
      if isNew { body.templates.append(Data(digest.bytes)) }
      return UInt32(index)
    }
  }

  private static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> [Item] {
    guard bytes.count <= Limits.payloadByteCount else { throw .tooLarge("job bytes", bytes.count, limit: Limits.payloadByteCount) }
    try scan(bytes)
    let body = try Wire.parse(Ketwork_V1_JobBody.self, bytes, "job")
    var decoder = Decoder()
    for record in body.settings { decoder.settings.append(try ExecutionSettings(record)) }
    for record in body.names { decoder.names.append(record.names) }
    for record in body.templates { decoder.templates.append(try Wire.digest(record, "template")) }
    var items: [Item] = []
    items.reserveCapacity(body.items.count)
    for record in body.items { items.append(try decoder.item(record)) }
    guard !items.isEmpty else { throw ProtocolError(.invalidValue, "job: no items, at least one accepted") }
    return items
  }

  /// Counts what is listed before it is decoded.
  private static func scan(_ bytes: [UInt8]) throws(ProtocolError) {
    var scanner = WireScanner(bytes)
    var (items, settings, names, templates, tables) = (0, 0, 0, 0, 0)
    while let field = try scanner.next() {
      switch field.number {
      case 1:
        settings += 1
        tables += field.range.count
        guard field.range.count <= Limits.settingsByteCount else {
          throw .tooLarge("settings bytes", field.range.count, limit: Limits.settingsByteCount)
        }
      case 2:
        names += 1
        tables += field.range.count
        guard field.range.count <= Limits.parameterNamesByteCount else {
          throw .tooLarge("parameter names, bytes", field.range.count, limit: Limits.parameterNamesByteCount)
        }
      case 3: templates += 1
      case 4: items += 1
      default: break
      }
    }
    for (what, count, limit) in [
      ("items", items, Limits.itemCount), ("settings", settings, Limits.settingsCount), ("name lists", names, Limits.settingsCount),
      ("templates", templates, Limits.itemCount), ("bytes of settings and names", tables, Limits.tablesByteCount),
    ] where count > limit {
      throw .tooLarge("\(what) of one job", count, limit: limit)
    }
  }

  private struct Decoder {
    var settings: [ExecutionSettings] = []
    var names: [[String]] = []
    var templates: [Digest] = []
    private var circuits = 0

    mutating func item(_ record: Ketwork_V1_Item) throws(ProtocolError) -> Item {
      let rows = try rows(record)
      circuits += rows.count
      guard circuits <= Limits.circuitCount else { throw .tooLarge("circuits of one job", circuits, limit: Limits.circuitCount) }
      var item = Item(
        template: try element(templates, record.template, "template"), name: record.name, circuit: record.circuit, rows: rows,
        settings: try element(settings, record.settings, "settings"),
        qubitCount: try Wire.count(UInt64(record.qubitCount), "declared qubits", limit: Limits.qubitCount),
        operationCount: try Wire.count(record.operationCount, "declared operations"))
      item.index = try Wire.count(record.index, "item index", limit: Limits.itemCount)
      item.firstRow = try Wire.count(record.firstRow, "first row", limit: Limits.circuitCount)
      try item.validateOwnFields()
      return item
    }

    private func rows(_ record: Ketwork_V1_Item) throws(ProtocolError) -> ParameterRows {
      let names = try element(names, record.names, "parameter names")
      let count = try Wire.count(record.rowCount, "parameter rows", limit: Limits.circuitCount)
      if names.isEmpty && count == 1 && record.values.isEmpty { return .single }
      guard let values = LittleEndian.doubles(record.values) else {
        throw ProtocolError(.malformed, "parameter values: \(record.values.count) bytes, a multiple of 8 accepted")
      }
      return try ParameterRows(names: names, values: values, count: count)
    }

    private func element<T>(_ table: [T], _ index: UInt32, _ what: String) throws(ProtocolError) -> T {
      guard index < table.count else {
        throw ProtocolError(.malformed, "item's \(what): entry \(index) of a table of \(table.count)")
      }
      return table[Int(index)]
    }
  }
}

extension Ketwork_V1_Settings {
  fileprivate init(_ settings: ExecutionSettings) {
    self.init()
    if let shots = settings.shots { self.shots = UInt64(shots) }
    observables = settings.observables.map { observable in
      .with {
        $0.name = observable.name
        $0.terms = observable.terms.map { term in
          .with {
            $0.coefficient = term.coefficient
            $0.label = term.label
          }
        }
      }
    }
    probabilities = settings.wantsProbabilities
    statevector = settings.wantsStatevector
    seed = settings.seed
    precision = UInt32(settings.precision.rawValue)
    method = settings.method
    device = settings.device
    reproducible = settings.isReproducible
    if let trajectories = settings.trajectories { self.trajectories = UInt64(trajectories) }
    if let error = settings.targetError { targetError = error }
    if let mitigation = settings.mitigation { self.mitigation = Ketwork_V1_Mitigation(mitigation) }
  }
}

extension ExecutionSettings {
  fileprivate init(_ record: Ketwork_V1_Settings) throws(ProtocolError) {
    guard let precision = UInt8(exactly: record.precision).flatMap(Precision.init(rawValue:)) else {
      throw ProtocolError(.invalidValue, "precision: \(record.precision), 0 (single) or 1 (double) accepted")
    }
    self.init(
      shots: record.hasShots ? try Wire.count(record.shots, "shots", limit: Limits.shotCount) : nil,
      observables: record.observables.map { observable in
        ObservableRequest(
          name: observable.name, terms: observable.terms.map { ObservableRequest.Term($0.coefficient, $0.label) })
      },
      wantsProbabilities: record.probabilities, wantsStatevector: record.statevector, seed: record.seed, precision: precision,
      method: record.method, device: record.device, isReproducible: record.reproducible,
      trajectories: record.hasTrajectories
        ? try Wire.count(record.trajectories, "trajectories", limit: Limits.shotCount) : nil,
      targetError: record.hasTargetError ? record.targetError : nil,
      mitigation: record.hasMitigation ? try MitigationSettings(record.mitigation) : nil)
    try validate()
  }
}
