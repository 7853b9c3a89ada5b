/// What an .npy file says of the array that follows.
///
/// Format: numpy.org, NEP 1, "A Simple File Format for NumPy Arrays", versions 1.0, 2.0 and 3.0.
struct NumPyHeader: Equatable {
  var element: NumPyArray.Element
  var shape: [Int]
  /// Where the elements begin in the file.
  private(set) var byteCount = 0

  /// The bytes of the elements.
  var dataByteCount: Int { shape.reduce(element.byteCount, *) }

  init(_ element: NumPyArray.Element, shape: [Int]) {
    (self.element, self.shape) = (element, shape)
    byteCount = bytes.count
  }

  /// The beginning of a file of version 1.0, as NumPy writes it: the elements come on a boundary of 64 bytes.
  var bytes: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let padding = 64 - (10 + header.utf8.count + 1) % 64
    header += String(repeating: " ", count: padding % 64) + "\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + Array(header.utf8)
  }

  /// Reads the beginning of a file.
  ///
  /// - Parameters:
  ///   - start: The first bytes, as many as a header may have, or all there are.
  ///   - fileByteCount: The bytes of the whole file, which have to hold all elements.
  /// - Throws: ``Failure`` that names the file and what is wrong.
  init(_ start: [UInt8], fileByteCount: Int, path: String) throws {
    func refuse(_ what: String) -> Failure { Failure(.invalidData, "\(path): \(what)") }
    guard start.count >= 12, start.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw refuse("not an .npy file") }
    guard (1...3).contains(start[6]) else { throw refuse("unknown .npy version \(start[6])") }
    let first = start[6] == 1 ? 10 : 12
    let length = (8..<first).reversed().reduce(0) { $0 << 8 | Int(start[$1]) }
    guard length <= Limits.arrayHeaderByteCount - first else {
      throw refuse("a header of \(length) bytes; at most \(Limits.arrayHeaderByteCount) are read")
    }
    guard start.count >= first + length else { throw refuse("the header is cut off") }
    let header = String(decoding: start[first..<first + length], as: UTF8.self)
    guard let name = Self.value(of: "descr", in: header), let element = NumPyArray.Element(rawValue: name.trimmingQuotes()) else {
      throw refuse("element type \(Self.value(of: "descr", in: header) ?? "missing"); <f4, <f8, |u1, <i4 and <i8 are accepted")
    }
    guard Self.value(of: "fortran_order", in: header) == "False" else { throw refuse("Fortran order; save it in C order") }
    guard let shape = Self.shape(in: header), shape.count <= Limits.arrayDimensionCount else {
      throw refuse("the shape cannot be read")
    }
    guard let needed = Self.byteCount(element, shape), needed <= fileByteCount - first - length else {
      throw refuse("the data is cut off: shape \(shape)")
    }
    (self.element, self.shape, byteCount) = (element, shape, first + length)
  }

  /// The bytes of an array; nil for a size below zero, and for more than can be counted.
  private static func byteCount(_ element: NumPyArray.Element, _ shape: [Int]) -> Int? {
    var count = element.byteCount
    for size in shape {
      let product = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !product.overflow else { return nil }
      count = product.partialValue
    }
    return count
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
