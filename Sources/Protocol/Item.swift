/// One entry of a job: a template, rows of parameters, and what is wanted of each run.
public struct Item: Hashable, Sendable {
  /// The circuit, by the digest of its template.
  public var template: Digest
  /// The circuit's name for people, its file name for instance.
  public var name: String
  /// Keys the randomness, with the seed and the row, so that results do not depend on the order of a batch.
  public var circuit: UInt64
  /// The rows to run.
  public var rows: ParameterRows
  /// How to run them.
  public var settings: ExecutionSettings
  /// How many qubits the circuit has, as the client knows it; 0 if it does not. Chooses workers with the memory.
  public var qubitCount: Int
  /// How many operations the circuit has, with all variants of it that mitigation runs (``ExecutionSettings/operationCount(ofCircuitOf:)``),
  /// as the client knows it; 0 if it does not. Chooses how many rows a lease has.
  public var operationCount: Int

  /// The item's place in its job.
  public internal(set) var index: Int
  /// The row index of the first row here: not 0 in a lease that begins in the middle of an item.
  public internal(set) var firstRow: Int

  /// Makes an item; its place in the job is given by the job.
  public init(
    template: Digest, name: String = "", circuit: UInt64 = 0, rows: ParameterRows = .single,
    settings: ExecutionSettings = ExecutionSettings(), qubitCount: Int = 0, operationCount: Int = 0
  ) {
    self.template = template
    self.name = name
    self.circuit = circuit
    self.rows = rows
    self.settings = settings
    self.qubitCount = qubitCount
    self.operationCount = operationCount
    index = 0
    firstRow = 0
  }

  /// The item with only some of its rows, counted from its first here.
  package func slice(_ range: Range<Int>) -> Item {
    var item = self
    item.rows = rows.slice(range)
    item.firstRow = firstRow + range.lowerBound
    return item
  }

  func validateOwnFields() throws(ProtocolError) {
    try Text.check(name, "circuit name", limit: Limits.nameByteCount)
    guard (0...Limits.qubitCount).contains(qubitCount) else {
      throw ProtocolError(.invalidValue, "declared qubits: \(qubitCount), 0 to \(Limits.qubitCount) accepted")
    }
    guard operationCount >= 0 else {
      throw ProtocolError(.invalidValue, "declared operations: \(operationCount), 0 or more accepted")
    }
  }
}
