import Foundation
import TestSupport

/// What a process did to some files, from strace's notes, and what of it a loss of power leaves.
///
/// A write is kept for certain once the file was flushed after it. Of writes since the last flush any may be on the disk and any not:
/// a seed draws which, each by itself.
struct DiskLog {
  enum Action {
    case write([UInt8], offset: Int)
    case cut(length: Int)
    case flush
  }

  struct Entry {
    /// Seconds since 1970 when the call began.
    var time: Double
    var path: String
    var action: Action
  }

  private(set) var entries: [Entry] = []

  /// Reads notes that were made with `-f -y -ttt -xx`.
  init(_ text: String) throws {
    // A call during which another thread made one is noted in two halves.
    var halves: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
      guard words.count == 3, let time = Double(words[1]) else { continue }
      let call = String(words[2])
      if let half = call.range(of: " <unfinished ...>") {
        halves[words[0]] = "\(time) \(call[..<half.lowerBound])"
      } else if call.hasPrefix("<... "), let rest = call.range(of: "resumed>"), let first = halves.removeValue(forKey: words[0]) {
        let begun = first.split(separator: " ", maxSplits: 1)
        add(Double(begun[0]) ?? time, begun[1] + call[rest.upperBound...])
      } else {
        add(time, call[...])
      }
    }
    guard !entries.isEmpty else { throw CommandLineTool.Trouble("no write was noted: \(text.prefix(200))") }
  }

  /// Takes in a call such as `pwrite64(3<\x2f\x61>, "\x68\x69", 2, 4096) = 2`; one that failed did nothing.
  private mutating func add(_ time: Double, _ call: some StringProtocol) {
    let parts = call.split(separator: "\"")
    guard let head = parts.first, let tail = parts.last, !tail.contains(") = -1"), let open = head.firstIndex(of: "<"),
      let close = head.firstIndex(of: ">")
    else { return }
    let path = String(decoding: Self.bytes(head[open..<close]), as: UTF8.self)
    let arguments = tail.prefix { $0 != ")" }.split(separator: ", ")
    let name = head.prefix { $0 != "(" }
    if name == "pwrite64", parts.count == 3, let offset = arguments.last.flatMap({ Int($0) }) {
      entries.append(Entry(time: time, path: path, action: .write(Self.bytes(parts[1]), offset: offset)))
    } else if name == "ftruncate", let length = arguments.last.flatMap({ Int($0) }) {
      entries.append(Entry(time: time, path: path, action: .cut(length: length)))
    } else if name == "fdatasync" || name == "fsync" {
      entries.append(Entry(time: time, path: path, action: .flush))
    }
  }

  /// Bytes that are written as `\x68\x69`.
  private static func bytes(_ text: some StringProtocol) -> [UInt8] {
    text.utf8.split(separator: UInt8(ascii: "x")).dropFirst().map { digits in
      digits.prefix(2).reduce(UInt8(0)) { $0 << 4 | ($1 < 58 ? $1 - 48 : $1 - 87) }
    }
  }

  /// The contents of a file after power was lost before an entry.
  func contents(of path: String, from base: [UInt8], before end: Int, generator: inout SplitMix) -> [UInt8] {
    let own = entries[..<end].filter { $0.path == path }
    let flushed = own.lastIndex { if case .flush = $0.action { true } else { false } } ?? 0
    var file = base
    for (index, entry) in own.enumerated() {
      guard index < flushed || Bool.random(using: &generator) else { continue }
      switch entry.action {
      case .flush: break
      case .cut(let length): file = Array(file.prefix(length))
      case .write(let bytes, let offset):
        if file.count < offset + bytes.count { file += Array(repeating: 0, count: offset + bytes.count - file.count) }
        file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
      }
    }
    return file
  }
}
