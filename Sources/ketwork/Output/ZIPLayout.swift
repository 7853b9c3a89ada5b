/// Where the members of an uncompressed ZIP archive lie whose sizes are known, and the records around them; in ZIP64 where 32 bits do not do.
///
/// Format: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3.
struct ZIPLayout {
  struct Member {
    var name: String
    var byteCount: Int
    /// Where its local header begins, and where its bytes do.
    fileprivate(set) var offset = 0
    fileprivate(set) var start = 0
    var end: Int { start + byteCount }

    init(name: String, byteCount: Int) { (self.name, self.byteCount) = (name, byteCount) }
  }

  private(set) var members: [Member]
  /// Where the directory begins: behind the last member.
  var directoryOffset: Int { members.last?.end ?? 0 }

  /// The first number that 32 bits do not say.
  private static let word32 = Int(UInt32.max)

  /// Places members one after the other.
  init(_ given: [Member]) {
    members = given
    var offset = 0
    for index in members.indices {
      members[index].offset = offset
      members[index].start = offset + Self.localHeader(members[index], checksum: 0).count
      offset = members[index].end
    }
  }

  /// What stands before a member's bytes.
  static func localHeader(_ member: Member, checksum: UInt32) -> [UInt8] {
    let isLarge = member.byteCount >= word32
    var extra = [UInt8]()
    if isLarge {
      extra.append16(1, 16)
      extra.append64(member.byteCount, member.byteCount)
    }
    var bytes = [UInt8]()
    bytes.append32(0x0403_4B50)
    bytes += common(member, checksum, isLarge: isLarge, extraByteCount: extra.count)
    return bytes + Array(member.name.utf8) + extra
  }

  /// What stands behind all members.
  func directory(checksums: [UInt32]) -> [UInt8] {
    var bytes = [UInt8]()
    for (member, checksum) in zip(members, checksums) { bytes += Self.centralHeader(member, checksum) }
    let byteCount = bytes.count
    if members.count >= Int(UInt16.max) || byteCount >= Self.word32 || directoryOffset >= Self.word32 {
      bytes += largeEnd(byteCount)
    }
    let count = UInt16(clamping: members.count)
    bytes.append32(0x0605_4B50)
    bytes.append16(0, 0, count, count)
    bytes.append32(UInt32(clamping: byteCount), UInt32(clamping: directoryOffset))
    bytes.append16(0)
    return bytes
  }

  private static func centralHeader(_ member: Member, _ checksum: UInt32) -> [UInt8] {
    let isLarge = member.byteCount >= word32
    var fields = [UInt8]()
    if isLarge { fields.append64(member.byteCount, member.byteCount) }
    if member.offset >= word32 { fields.append64(member.offset) }
    var extra = [UInt8]()
    if !fields.isEmpty {
      extra.append16(1, UInt16(fields.count))
      extra += fields
    }
    var bytes = [UInt8]()
    bytes.append32(0x0201_4B50)
    bytes.append16(extra.isEmpty ? 20 : 45)
    bytes += common(member, checksum, isLarge: !extra.isEmpty, extraByteCount: extra.count)
    bytes.append16(0, 0, 0)
    bytes.append32(0, UInt32(clamping: member.offset))
    return bytes + Array(member.name.utf8) + extra
  }

  /// What local and central headers share: version 2.0 or 4.5, no flags, stored, time 0, date 1980-01-01.
  private static func common(_ member: Member, _ checksum: UInt32, isLarge: Bool, extraByteCount: Int) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.append16(isLarge ? 45 : 20, 0, 0, 0, 0x21)
    bytes.append32(checksum, UInt32(clamping: member.byteCount), UInt32(clamping: member.byteCount))
    bytes.append16(UInt16(member.name.utf8.count), UInt16(extraByteCount))
    return bytes
  }

  /// The end of a directory in 64 bits, and where it is.
  private func largeEnd(_ byteCount: Int) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.append32(0x0606_4B50)
    bytes.append64(44)
    bytes.append16(45, 45)
    bytes.append32(0, 0)
    bytes.append64(members.count, members.count, byteCount, directoryOffset)
    bytes.append32(0x0706_4B50, 0)
    bytes.append64(directoryOffset + byteCount)
    bytes.append32(1)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append16(_ words: UInt16...) {
    for word in words { self += [UInt8(truncatingIfNeeded: word), UInt8(word >> 8)] }
  }

  fileprivate mutating func append32(_ words: UInt32...) {
    for word in words { for byte in 0..<4 { append(UInt8(truncatingIfNeeded: word >> UInt32(8 * byte))) } }
  }

  fileprivate mutating func append64(_ words: Int...) {
    for word in words { for byte in 0..<8 { append(UInt8(truncatingIfNeeded: word >> (8 * byte))) } }
  }
}
