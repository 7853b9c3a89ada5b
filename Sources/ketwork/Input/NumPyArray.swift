internal import FoundationEssentials

/// An array in NumPy's .npy format, version 1.0, little-endian, C order.
///
/// Format: numpy.org, NEP 1, "A Simple File Format for NumPy Arrays".
struct NumPyArray: Equatable {
  /// What the elements are.
  enum Element: String {
    case float32 = "<f4"
    case float64 = "<f8"
    case complex64 = "<c8"
    case complex128 = "<c16"
    case int64 = "<i8"

    var byteCount: Int {
      switch self {
      case .float32: 4
      case .float64, .complex64, .int64: 8
      case .complex128: 16
      }
    }
  }

  var element: Element
  var shape: [Int]
  var bytes: [UInt8]

  /// Makes an array of doubles.
  init(_ values: [Double], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    (element, self.shape) = (.float64, shape)
    bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
  }

  /// Makes an array of complex numbers given as real and imaginary parts in turn.
  init(interleaved values: [Double], shape: [Int], isSingle: Bool) {
    self.shape = shape
    element = isSingle ? .complex64 : .complex128
    if isSingle {
      bytes = unsafe values.map { Float($0) }.withUnsafeBytes { unsafe Array($0) }
    } else {
      bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
    }
  }

  /// The bytes of an .npy file.
  var fileBytes: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let padding = 64 - (10 + header.utf8.count + 1) % 64
    header += String(repeating: " ", count: padding % 64) + "\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + Array(header.utf8) + bytes
  }

  /// Reads an .npy file of real numbers.
  ///
  /// - Throws: ``Failure`` that names the file and what is wrong.
  init(fileBytes: [UInt8], path: String) throws {
    func refuse(_ what: String) -> Failure { Failure(.invalidData, "\(path): \(what)") }
    guard fileBytes.count >= 12, fileBytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw refuse("not an .npy file") }
    let isFirstVersion = fileBytes[6] == 1
    guard isFirstVersion || fileBytes[6] == 2 || fileBytes[6] == 3 else { throw refuse("unknown .npy version \(fileBytes[6])") }
    let start = isFirstVersion ? 10 : 12
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(fileBytes[$1]) }
    guard fileBytes.count >= start + length else { throw refuse("the header is cut off") }
    let header = String(decoding: fileBytes[start..<start + length], as: UTF8.self)
    guard let name = Self.value(of: "descr", in: header), let element = Element(rawValue: name.trimmingQuotes()) else {
      throw refuse("element type \(Self.value(of: "descr", in: header) ?? "missing"); <f4, <f8 and <i8 are accepted")
    }
    guard Self.value(of: "fortran_order", in: header) == "False" else { throw refuse("Fortran order; save it in C order") }
    guard let shape = Self.shape(in: header) else { throw refuse("the shape cannot be read") }
    let (count, overflow) = shape.reduce((1, false)) { product, size in
      let next = product.0.multipliedReportingOverflow(by: size)
      return (next.partialValue, product.1 || next.overflow || size < 0)
    }
    let available = fileBytes.count - start - length
    guard !overflow, count <= available / element.byteCount else { throw refuse("the data is cut off: shape \(shape)") }
    (self.element, self.shape) = (element, shape)
    bytes = Array(fileBytes[(start + length)...].prefix(count * element.byteCount))
  }

  /// The elements as doubles, row after row; nil for complex ones.
  var doubles: [Double]? {
    func load<T>(_ type: T.Type, _ convert: (T) -> Double) -> [Double] {
      unsafe bytes.withUnsafeBytes { raw in
        (0..<raw.count / MemoryLayout<T>.size).map {
          convert(unsafe raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
        }
      }
    }
    return switch element {
    case .float32: load(Float.self) { Double($0) }
    case .float64: load(Double.self) { $0 }
    case .int64: load(Int64.self) { Double($0) }
    case .complex64, .complex128: nil
    }
  }

  private static func value(of key: String, in header: String) -> String? {
    rest(after: "'\(key)':", in: header)?.drop { $0 == " " }.prefix { $0 != "," && $0 != "}" }.description
  }

  private static func rest(after mark: String, in header: String) -> Substring? {
    var rest = header[...]
    while !rest.isEmpty, !rest.hasPrefix(mark) { rest.removeFirst() }
    return rest.isEmpty ? nil : rest.dropFirst(mark.count)
  }

  private static func shape(in header: String) -> [Int]? {
    guard let rest = rest(after: "'shape':", in: header), let open = rest.firstIndex(of: "("),
      let close = rest[open...].firstIndex(of: ")")
    else { return nil }
    let parts = header[header.index(after: open)..<close].split(separator: ",").map { $0.filter { $0 != " " } }
    let sizes = parts.filter { !$0.isEmpty }.map { Int($0) }
    return sizes.contains(nil) ? nil : sizes.compactMap(\.self)
  }
}

extension String {
  fileprivate func trimmingQuotes() -> String { filter { $0 != "'" && $0 != "\"" } }
}
