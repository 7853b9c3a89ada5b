internal import FoundationEssentials

/// An array in NumPy's .npy format, little-endian, C order; ``NumPyHeader`` says what it is.
struct NumPyArray: Equatable {
  /// What the elements are.
  enum Element: String {
    case float32 = "<f4"
    case float64 = "<f8"
    case complex64 = "<c8"
    case complex128 = "<c16"
    case int64 = "<i8"
    case int32 = "<i4"
    case uint8 = "|u1"

    /// Whether elements are numbers on a line.
    var isReal: Bool { self != .complex64 && self != .complex128 }

    var byteCount: Int {
      switch self {
      case .uint8: 1
      case .float32, .int32: 4
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

  /// Makes an array of whole numbers.
  init(counts values: [Int32], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    (element, self.shape) = (.int32, shape)
    bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
  }

  /// Makes an array of bits, a byte each.
  init(bits values: [UInt8], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    (element, self.shape, bytes) = (.uint8, shape, values)
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
  var fileBytes: [UInt8] { NumPyHeader(element, shape: shape).bytes + bytes }

  /// Reads an .npy file of real numbers.
  ///
  /// - Throws: ``Failure`` that names the file and what is wrong.
  init(fileBytes: [UInt8], path: String) throws {
    let header = try NumPyHeader(
      Array(fileBytes.prefix(Limits.arrayHeaderByteCount)), fileByteCount: fileBytes.count, path: path)
    (element, shape) = (header.element, header.shape)
    bytes = Array(fileBytes[header.byteCount...].prefix(header.dataByteCount))
  }

  /// The elements as doubles, row after row; nil for complex ones.
  var doubles: [Double]? {
    var values = [Double]()
    guard element.append(bytes, to: &values) else { return nil }
    return values
  }
}

extension NumPyArray.Element {
  /// Appends elements as doubles; false for complex ones.
  func append(_ bytes: [UInt8], to values: inout [Double]) -> Bool {
    func append<T>(_ type: T.Type, _ convert: (T) -> Double) {
      unsafe bytes.withUnsafeBytes { raw in
        for index in 0..<raw.count / MemoryLayout<T>.size {
          values.append(convert(unsafe raw.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)))
        }
      }
    }
    values.reserveCapacity(values.count + bytes.count / byteCount)
    switch self {
    case .float32: append(Float.self) { Double($0) }
    case .float64: append(Double.self) { $0 }
    case .int64: append(Int64.self) { Double($0) }
    case .int32: append(Int32.self) { Double($0) }
    case .uint8: append(UInt8.self) { Double($0) }
    case .complex64, .complex128: return false
    }
    return true
  }
}
