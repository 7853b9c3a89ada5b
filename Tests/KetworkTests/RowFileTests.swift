import Foundation
import Testing

@testable import ketwork

@Suite("rows of parameters that are read window by window")
struct RowFileTests {
  /// All rows, some at a time.
  private func rows(_ file: any RowFile, _ window: Int) throws -> [Double] {
    var values = [Double]()
    for first in stride(from: 0, to: file.rowCount, by: window) { values += try file.next(min(window, file.rowCount - first)) }
    return values
  }

  @Test("an array's rows are the same in windows of any length, in each type", arguments: [1, 3, 7, 100])
  func arrays(_ window: Int) throws {
    let folder = try Folder()
    let expected = (0..<14).map { Double($0) / 4 }
    let double = NumPyArray(expected, shape: [7, 2])
    var single = double
    (single.element, single.bytes) = (.float32, unsafe expected.map { Float($0) }.withUnsafeBytes { unsafe Array($0) })
    for array in [double, single] {
      let file = try RowFiles.open(try folder.write("a.npy", array.fileBytes))
      #expect(file.names == nil && file.columnCount == 2 && file.rowCount == 7)
      #expect(try rows(file, window) == expected)
    }
    let column = try RowFiles.open(try folder.write("b.npy", NumPyArray(expected, shape: [14]).fileBytes))
    #expect(column.columnCount == 1)
    #expect(try rows(column, window) == expected)
  }

  @Test("a table's rows are those of the table that is read whole, whatever its lines end with", arguments: ["\n", "\r\n", "\r"])
  func tables(_ end: String) throws {
    let folder = try Folder()
    let text = (["# angles", "a, \"b\"", "", "1,2", "  ", "-3e-1, 4"] + (0..<40_000).map { "\($0), 0.5" }).joined(separator: end)
    for last in ["", end] {
      let path = try folder.write("p.csv", Array((text + last).utf8))
      let file = try RowFiles.open(path)
      let whole = try ParameterTable(path: path)
      #expect(file.names == ["a", "b"] && file.names == whole.names && file.rowCount == 40_002)
      #expect(try rows(file, 1_000) == whole.rows.flatMap(\.self))
    }
  }

  @Test(
    "what is no table is refused with its line",
    arguments: [
      ("", "empty"), ("a,b\n", "no rows"), ("a,b\n\n1\n", ":3: 1 values for 2 columns (a, b)"),
      ("a,b\r\n1,x\r\n", ":2: column 2 is 'x'"),
      ("a,a\n1,2\n", "'a' is there twice"),
      ("a\n" + String(repeating: "1", count: 2 << 20), ":2: a line of more than 1048576 bytes"),
    ])
  func refusals(_ text: String, _ message: String) throws {
    let folder = try Folder()
    let path = try folder.write("p.csv", Array(text.utf8))
    let failure = #expect(throws: Failure.self) { try rows(try RowFiles.open(path), 10) }
    #expect(failure?.status == .invalidData)
    #expect(failure?.description.contains("p.csv") == true && failure?.description.contains(message) == true, "\(failure as Any)")
  }

  @Test("arrays of no rows, no columns, three dimensions and complex numbers are refused")
  func shapes() throws {
    let folder = try Folder()
    let complex = NumPyArray(interleaved: [1, 2], shape: [1], isSingle: false)
    let cases: [(NumPyArray, String)] = [
      (NumPyArray([], shape: [0, 4]), "no rows"), (NumPyArray([], shape: [4, 0]), "shape [4, 0]"),
      (NumPyArray([1, 2], shape: [1, 1, 2]), "shape [1, 1, 2]"), (complex, "shape [1]"),
    ]
    for (array, message) in cases {
      let path = try folder.write("a.npy", array.fileBytes)
      for open in [{ _ = try RowFiles.open(path) }, { _ = try ParameterTable(path: path) }] {
        let failure = #expect(throws: Failure.self) { try open() }
        #expect(failure?.status == .invalidData && failure?.description.contains(message) == true, "\(failure as Any)")
      }
    }
  }

  @Test("a file that becomes shorter while it is read is refused")
  func shortened() throws {
    let folder = try Folder()
    let bytes = NumPyArray([1, 2, 3, 4], shape: [2, 2]).fileBytes
    let file = try RowFiles.open(try folder.write("a.npy", bytes))
    let handle = try FileHandle(forWritingTo: URL(filePath: file.path))
    try handle.truncate(atOffset: UInt64(bytes.count - 1))
    #expect(try file.next(1) == [1, 2])
    let failure = #expect(throws: Failure.self) { try file.next(1) }
    #expect(failure?.description.contains("a.npy: the data is cut off while it is read") == true)
  }
}
