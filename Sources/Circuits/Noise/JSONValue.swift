/// A JSON text as values, with errors that say where they are.
indirect enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // What is not of one type is tried as the next, the most frequent first: a type that does not fit costs an error.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}

/// A value and where it stands, for messages.
struct JSONPlace {
  let value: JSONValue
  let path: String

  /// What is wrong here.
  func error(_ message: String) -> CircuitError {
    CircuitError(.invalidChannel, "\(path.isEmpty ? "noise model" : path): \(message)")
  }

  func members() throws(CircuitError) -> [String: JSONValue] {
    guard case .object(let members) = value else { throw error("an object is needed") }
    return members
  }

  /// A member that may be absent.
  func member(_ name: String) throws(CircuitError) -> JSONPlace? {
    guard let found = try members()[name] else { return nil }
    if case .null = found { return nil }
    return JSONPlace(value: found, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func required(_ name: String) throws(CircuitError) -> JSONPlace {
    guard let found = try member(name) else { throw error("'\(name)' is missing") }
    return found
  }

  func elements() throws(CircuitError) -> [JSONPlace] {
    guard case .array(let values) = value else { throw error("an array is needed") }
    return values.enumerated().map { JSONPlace(value: $1, path: "\(path)[\($0)]") }
  }

  func map<T>(_ body: (JSONPlace) throws(CircuitError) -> T) throws(CircuitError) -> [T] {
    var result = [T]()
    for element in try elements() { result.append(try body(element)) }
    return result
  }

  func string() throws(CircuitError) -> String {
    guard case .string(let text) = value else { throw error("a string is needed") }
    return text
  }

  func number() throws(CircuitError) -> Double {
    guard case .number(let number) = value, number.isFinite else { throw error("a number is needed") }
    return number
  }

  func integer() throws(CircuitError) -> Int {
    let number = try number()
    guard let integer = Int(exactly: number) else { throw error("\(number) is no integer") }
    return integer
  }

  /// [real, imaginary].
  func complex() throws(CircuitError) -> Complex {
    let parts = try map { (part) throws(CircuitError) in try part.number() }
    guard parts.count == 2 else { throw error("[real, imaginary] is needed") }
    return Complex(parts[0], parts[1])
  }

  /// Rows of [real, imaginary].
  func matrix() throws(CircuitError) -> Matrix {
    let rows = try map { (row) throws(CircuitError) in try row.map { (entry) throws(CircuitError) in try entry.complex() } }
    guard !rows.isEmpty, rows.allSatisfy({ $0.count == rows.count }) else { throw error("a square matrix is needed") }
    return Matrix(rows)
  }

  /// Refuses members that nobody reads.
  func refuseOthers(than known: Set<String>) throws(CircuitError) {
    for name in try members().keys.sorted() where !known.contains(name) {
      throw error("'\(name)' is not known; \(known.sorted().joined(separator: ", ")) are")
    }
  }

  /// Runs a check of a value, and says where it failed.
  func located<T>(_ body: () throws(CircuitError) -> T) throws(CircuitError) -> T {
    do throws(CircuitError) { return try body() } catch { throw CircuitError(error.code, "\(path): \(error.message)") }
  }
}
