import Foundation
import OpenCLRuntime
import Testing

@Suite("where compiled programs are kept")
struct ProgramCacheDirectoryTests {
  @Test(
    "follows the environment",
    arguments: [
      (["XDG_CACHE_HOME": "/c", "HOME": "/h"], "/c/ketwork/opencl", nil),
      (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/ketwork/opencl", nil),
      (["HOME": "/h", "KETWORK_OPENCL_CACHE": "1"], "/h/.cache/ketwork/opencl", "/h/.cache/ketwork/opencl"),
      (["HOME": "/h", "KETWORK_OPENCL_CACHE": "0"], nil, nil),
      (["HOME": ""], nil, nil),
      ([:], nil, nil),
    ] as [([String: String], String?, String?)])
  func standard(environment: [String: String], forGPU: String?, forProcessor: String?) {
    #expect(ProgramCache.standard(isProcessor: false, environment: environment)?.directory == forGPU)
    #expect(ProgramCache.standard(isProcessor: true, environment: environment)?.directory == forProcessor)
  }
}

@Suite("a cache of compiled programs", .enabled(if: firstDevice != nil, noDevice))
final class ProgramCacheTests {
  let context: Context
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

  init() throws { context = try Context(device: try #require(firstDevice)) }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func program(_ factor: Int, limit: Int = 1 << 20) throws -> Program {
    try Program(
      context: context, source: doubling, options: ["-D FACTOR=\(factor)"],
      cache: ProgramCache(directory: directory, byteLimit: limit))
  }

  private func url(_ factor: Int) -> URL {
    let key = ProgramCache.Key(device: context.device, source: doubling, options: "-D FACTOR=\(factor)")
    return URL(fileURLWithPath: directory).appendingPathComponent(key.fileName)
  }

  /// What a program makes of 1.
  private func result(of program: Program) throws -> Int32 {
    let queue = try CommandQueue(context: context)
    let kernel = try Kernel(program: program, name: "twice")
    let buffer = try Buffer(context: context, byteCount: 4)
    try queue.write(buffer, at: 0, [1] as [Int32])
    try kernel.set(0, buffer)
    try queue.enqueue(kernel, globalSize: 1, localSize: 1)
    return try queue.read(buffer, at: 0, count: 1, as: Int32.self, zero: 0)[0]
  }

  @Test("gives back what was compiled with the same source and options, and nothing else")
  func hits() throws {
    #expect(try !program(2).isFromCache)
    let cached = try program(2)
    #expect(cached.isFromCache)
    #expect(try result(of: cached) == 2)
    #expect(try !program(5).isFromCache)
    let otherSource = try Program(
      context: context, source: doubling + "\n", options: ["-D FACTOR=2"], cache: ProgramCache(directory: directory))
    #expect(!otherSource.isFromCache)
    #expect(try !Program(context: context, source: doubling, options: ["-D FACTOR=2"], cache: nil).isFromCache)
  }

  /// What may have happened to a file.
  enum Damage: CaseIterable {
    case lastByte, magic, keyByte, checksum, truncated, headerOnly, empty, foreign, ofOtherProgram, folder
  }

  @Test("compiles again where a file is damaged, and the file is good afterwards", arguments: Damage.allCases)
  func damaged(damage: Damage) throws {
    _ = try program(2)
    _ = try program(5)
    var bytes = try Data(contentsOf: url(2))
    // Magic, length of the key, key, checksum, binary.
    let keyEnd = 16 + bytes[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
    switch damage {
    case .lastByte: bytes[bytes.count - 1] ^= 0xFF
    case .magic: bytes[7] ^= 1
    case .keyByte: bytes[keyEnd - 1] ^= 1
    case .checksum: bytes[keyEnd] ^= 1
    case .truncated: bytes.removeLast(bytes.count / 3)
    case .headerOnly: bytes = bytes[..<(keyEnd + 8)]
    case .empty: bytes = Data()
    case .foreign: bytes = Data("not a program".utf8)
    case .ofOtherProgram: bytes = try Data(contentsOf: url(5))
    case .folder: break
    }
    try FileManager.default.removeItem(at: url(2))
    if damage == .folder {
      try FileManager.default.createDirectory(at: url(2), withIntermediateDirectories: false)
    } else {
      try bytes.write(to: url(2))
    }
    let rebuilt = try program(2)
    #expect(!rebuilt.isFromCache)
    #expect(try result(of: rebuilt) == 2)
    // A folder in its place stays, and nothing is kept.
    #expect(try program(2).isFromCache == (damage != .folder))
  }

  @Test("removes the oldest programs, and nothing else, when all take more than the limit")
  func prunes() throws {
    let folder = URL(fileURLWithPath: directory).appendingPathComponent("folder")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -1_000)], ofItemAtPath: folder.path)
    // No other test launches these: PoCL's binary of a program grows with the kernels of it that it has compiled for a launch.
    for factor in 12...14 {
      _ = try program(factor)
      // Ages as they would be, without waiting for them; 13 is the oldest.
      let age = factor == 13 ? 300.0 : 100
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: url(factor).path)
    }
    let size = try Data(contentsOf: url(12)).count
    _ = try program(15, limit: 3 * size + size / 2)
    #expect((12...15).filter { FileManager.default.fileExists(atPath: url($0).path) } == [12, 14, 15])
    // One program alone may be more than the limit, and is of use all the same.
    _ = try program(16, limit: 1)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: directory)) == [url(16).lastPathComponent, "folder"])
  }

  @Test("is passed over where its folder cannot be made")
  func unwritable() throws {
    try Data().write(to: URL(fileURLWithPath: directory))
    #expect(try !program(2).isFromCache)
    #expect(try !program(2).isFromCache)
  }
}
