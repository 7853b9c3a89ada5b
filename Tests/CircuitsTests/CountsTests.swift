import Circuits
import Testing

@Suite("counts of outcomes")
struct CountsTests {
  @Test("are told by bitstring, the highest bit first, in the order of the outcomes")
  func bitstrings() {
    let counts = Counts(bitCount: 9, outcomes: [(0b100000001, 2), (0b11, 3), (0, 1)])
    #expect((0..<3).map(counts.bitstring) == ["000000000", "000000011", "100000001"])
    #expect(counts.total == 6)
    #expect(counts.dictionary == ["000000000": 1, "000000011": 3, "100000001": 2])
    #expect(counts["000000011"] == 3 && counts["000000010"] == 0 && counts["11"] == 0)
  }

  @Test("are the same however they are made", arguments: [0, 1, 8, 9, 64])
  func makers(bitCount: Int) {
    let outcomes: [UInt64] =
      bitCount == 0 ? [0] : bitCount == 1 ? [0, 1] : [0, 1 << UInt64(bitCount - 2), 1 << UInt64(bitCount - 1)]
    let values = outcomes.indices.map { UInt64($0 + 1) }
    let packed = Counts(bitCount: bitCount, ascending: outcomes, values: values)
    #expect(Counts(bitCount: bitCount, outcomes: zip(outcomes, values).reversed().map { ($0, Int($1)) }) == packed)
    let bits = zip(outcomes, values).map { outcome, value in ((0..<bitCount).map { outcome >> UInt64($0) & 1 == 1 }, Int(value)) }
    #expect(Counts(bitCount: bitCount, outcomes: Dictionary(uniqueKeysWithValues: bits)) == packed)
    #expect(packed.count == outcomes.count)
  }

  @Test("may have more bits than a word")
  func wide() {
    let bits = { (place: Int) in (0..<100).map { $0 == place } }
    let counts = Counts(bitCount: 100, outcomes: [bits(99): 4, bits(0): 5])
    let text = "1" + String(repeating: "0", count: 99)
    #expect(counts.dictionary[text] == 4)
    #expect(counts.bitstring(at: 1) == text)
    #expect(counts.values == [5, 4])
  }
}
