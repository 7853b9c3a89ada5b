import Protocol
import Testing

@testable import Client

@Suite struct RecordSplitterTests {
  private let results = (0..<20).map { row in
    let probabilities = (0..<row * 7).map { Double($0) }
    return CircuitResult(item: 3, row: row, outcome: .values(CircuitValues(qubitCount: 2, probabilities: probabilities)))
  }

  @Test("records come out whole and in order, however the bytes were cut", arguments: [1, 2, 3, 7, 100, 1 << 20])
  func cuts(_ size: Int) throws {
    let bytes = ResultBody.encode(results)
    var splitter = RecordSplitter()
    var seen: [CircuitResult] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let records = try splitter.append(Array(bytes[start..<min(start + size, bytes.count)]))
      seen += try ResultBody.decode(records)
    }
    #expect(seen == results)
    #expect(splitter.byteCount == 0)
  }

  @Test("bytes that are no records are refused", arguments: [[0], [0x0b], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff]] as [[UInt8]])
  func garbage(_ bytes: [UInt8]) {
    var splitter = RecordSplitter()
    #expect(throws: ProtocolError.self) { try splitter.append(bytes) }
  }
}
