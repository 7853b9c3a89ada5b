internal import Protocol

extension JobRecord {
  /// What is sent of a job's results: bytes of some of its parts, in order.
  struct Extract: Sendable {
    /// Results of the part that begins with a circuit.
    struct Slice: Sendable {
      var circuit: Int
      var cut: ResultBody.Cut

      var byteCount: Int {
        switch cut {
        case .range(let range): range.count
        case .bytes(let bytes): bytes.count
        }
      }
    }

    var slices: [Slice] = []
    var byteCount = 0
    var digest: Digest
    /// The circuits it holds, where only some were asked for.
    var present: [Range<Int>] = []
    /// Whether there are results that were asked for beyond those.
    var hasMore = false
  }

  /// The result of a job that has ended.
  var wholeResult: Extract {
    Extract(
      slices: parts.map { Extract.Slice(circuit: $0.circuits.lowerBound, cut: .range(0..<$0.bytes.count)) },
      byteCount: resultByteCount,
      digest: resultDigest ?? digestOfResults())
  }

  /// What there is of a range of circuits, at this moment.
  ///
  /// - Complexity: O(parts), and the bytes, which are hashed.
  func extract(_ circuits: Range<Int>) -> Extract {
    let there = completed.ranges.map { $0.clamped(to: circuits) }.filter { !$0.isEmpty }
    let present = Array(there.prefix(Protocol.Limits.fetchRangeCount))
    var extract = Extract(digest: Digest(of: []), present: present, hasMore: there.count > present.count)
    guard let end = present.last?.upperBound else { return extract }
    var builder = DigestBuilder()
    for part in parts {
      let wanted = part.circuits.clamped(to: circuits.lowerBound..<end)
      guard !wanted.isEmpty else { continue }
      let slice = Extract.Slice(circuit: part.circuits.lowerBound, cut: part.cut(to: wanted))
      extract.slices.append(slice)
      extract.byteCount += slice.byteCount
      builder.append(part.bytes(0..<slice.byteCount, of: slice))
    }
    extract.digest = builder.finish()
    return extract
  }

  /// Some bytes of an extract.
  func bytes(_ range: Range<Int>, of extract: Extract) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var start = 0
    for slice in extract.slices {
      let wanted = range.clamped(to: start..<start + slice.byteCount)
      if !wanted.isEmpty, let part = part(beginningWith: slice.circuit) {
        bytes += part.bytes(wanted.lowerBound - start..<wanted.upperBound - start, of: slice)
      }
      start += slice.byteCount
      if start >= range.upperBound { break }
    }
    return bytes
  }

  /// The digest of all results.
  func digestOfResults() -> Digest {
    var builder = DigestBuilder()
    for part in parts { builder.append(part.bytes) }
    return builder.finish()
  }

  private func part(beginningWith circuit: Int) -> Part? {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].circuits.lowerBound < circuit { low = middle + 1 } else { high = middle }
    }
    return low < parts.count && parts[low].circuits.lowerBound == circuit ? parts[low] : nil
  }
}

extension JobRecord.Part {
  /// The results of some of its circuits.
  fileprivate func cut(to wanted: Range<Int>) -> ResultBody.Cut {
    if wanted == circuits { return .range(0..<bytes.count) }
    return ResultBody.cutSound(bytes, to: wanted, from: circuits)
  }

  /// Some bytes of a slice of it.
  fileprivate func bytes(_ range: Range<Int>, of slice: JobRecord.Extract.Slice) -> [UInt8] {
    switch slice.cut {
    case .range(let place):
      range.count == bytes.count ? bytes : Array(bytes[place.lowerBound + range.lowerBound..<place.lowerBound + range.upperBound])
    case .bytes(let bytes): range.count == bytes.count ? bytes : Array(bytes[range])
    }
  }
}
