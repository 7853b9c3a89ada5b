/// Rows of an .npy file of real numbers, rows × columns in C order.
final class NumPyRowFile: RowFile {
  let names: [String]? = nil
  let columnCount: Int
  let rowCount: Int
  var path: String { file.path }
  private let file: InputFile
  private let element: NumPyArray.Element
  private var offset: Int

  /// Reads the header.
  ///
  /// - Throws: ``Failure`` for a header that is wrong, says more than there is, or describes no rows of real numbers.
  init(_ file: InputFile) throws {
    self.file = file
    let path = file.path
    let header = try NumPyHeader(
      try file.bytes(at: 0, count: Limits.arrayHeaderByteCount), fileByteCount: file.byteCount, path: path)
    (element, offset) = (header.element, header.byteCount)
    guard element.isReal, (1...2).contains(header.shape.count), header.shape.dropFirst() != [0] else {
      throw ParameterTable.refusal(of: header.shape, path)
    }
    rowCount = header.shape[0]
    columnCount = header.shape.count == 1 ? 1 : header.shape[1]
    guard rowCount > 0 else { throw Failure(.invalidData, "\(path): no rows; at least one is needed") }
  }

  func next(_ count: Int) throws -> [Double] {
    let wanted = count * columnCount
    var values = [Double]()
    if element == .float64 {
      values = try unsafe [Double](unsafeUninitializedCapacity: wanted) { buffer, initialized in
        let room = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: 8 * wanted)
        initialized = try unsafe file.read(at: offset, into: room) / 8
      }
    } else {
      _ = element.append(try file.bytes(at: offset, count: wanted * element.byteCount), to: &values)
    }
    guard values.count == wanted else { throw Failure(.invalidData, "\(path): the data is cut off while it is read") }
    offset += wanted * element.byteCount
    return values
  }
}
