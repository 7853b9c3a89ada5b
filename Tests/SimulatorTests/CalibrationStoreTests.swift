import Foundation
import Simulator
import Testing

@Suite("measured figures are kept")
struct CalibrationStoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "ketwork-" + UUID().uuidString).path
  private static let day = Date(timeIntervalSince1970: 1_000_000_000)

  private func removeFolder() throws {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    try FileManager.default.removeItem(atPath: folder)
  }

  private static func key(threadCount: Int = 1, _ precision: Precision = .single) -> CalibrationKey {
    .host(processor: "Example", kernels: CPUKernels.available[0], threadCount: threadCount, precision)
  }

  private static let sample = DeviceCalibration(
    key: key(), bytesPerSecond: 6e10, operationsPerSecond: 2e11,
    secondsPerAmplitude: .init(loadAndStore: 3e-11, rotation: 1e-11, matrix: 2e-10, table: 0), measuredAt: day)

  /// Finds figures by a clock in which everything takes 10 ms.
  private func find(_ key: CalibrationKey = key(), isForced: Bool = false, at directory: String? = nil) throws -> Calibrator.Outcome
  {
    var seconds = 0.0
    let calibrator = Calibrator(
      store: CalibrationStore(directory: directory ?? folder),
      now: {
        seconds += 0.01
        return seconds
      }, today: { Self.day })
    let sizes = CalibrationSizes(.single, isHost: true, unitCount: 1, largestQubitCount: 12)
    return try calibrator.calibration(for: key, isForced: isForced, sizes: sizes) { (count) throws(SimulatorError) in
      try HostRegister(qubitCount: count, threadCount: 1)
    }
  }

  @Test("figures are measured once, and again when asked")
  func once() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    let first = try find()
    #expect(first.isNew && first.failure == nil)
    #expect(abs(first.calibration.bytesPerSecond * 0.01 - Double(16 << 12)) < 1e-3)
    let second = try find()
    #expect(!second.isNew && second.calibration == first.calibration)
    #expect(try find(isForced: true).isNew)
  }

  @Test("figures of another key are not used: threads, precision, instruction set, driver, processor, kernels")
  func otherKeys() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    let store = CalibrationStore(directory: folder)
    try store.keep(Self.sample)
    #expect(store.calibration(for: Self.sample.key) == Self.sample)
    var keys = [Self.key(threadCount: 2), Self.key(.double)]
    for change in [\CalibrationKey.software, \.processor, \.revision] {
      var other = Self.key()
      other[keyPath: change] += "0"
      keys.append(other)
    }
    for key in keys {
      #expect(store.calibration(for: key) == nil, "\(key)")
      #expect(store.path(for: key) != store.path(for: Self.key()))
      // Nor when a file is where theirs would be.
      try? FileManager.default.removeItem(atPath: store.path(for: key))
      try FileManager.default.copyItem(atPath: store.path(for: Self.key()), toPath: store.path(for: key))
      #expect(store.calibration(for: key) == nil, "\(key)")
    }
  }

  @Test(
    "a file that is none, of another version, or whose figures cannot be true is measured anew",
    arguments: [
      ("", ""), ("{", ""), ("\"version\" : 1", "\"version\" : 2"), ("60000000000", "-1"), ("60000000000", "0"),
      ("60000000000", "1e999"),
      ("60000000000", "\"fast\""), ("\"rotation\"", "\"spin\""), ("\"table\" : 0", "\"table\" : -1e-12"),
      ("2001-09-09", "yesterday"),
    ])
  func damage(text: String, replacement: String) throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    let store = CalibrationStore(directory: folder)
    try store.keep(Self.sample)
    let path = store.path(for: Self.key())
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.isEmpty || whole.contains(text), "\(whole)")
    let damaged = text.isEmpty ? String(whole.dropLast(9)) : whole.replacingOccurrences(of: text, with: replacement)
    try Data(damaged.utf8).write(to: URL(filePath: path))
    #expect(store.calibration(for: Self.key()) == nil)
    #expect(try find().isNew)
    #expect(try !find().isNew, "and is whole again")
  }

  @Test("a folder that cannot be made costs nothing but a note")
  func unwritable() throws {
    defer { #expect(throws: Never.self) { try removeFolder() } }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: folder + "/file"))
    let outcome = try find(at: folder + "/file/calibration")
    #expect(outcome.isNew && outcome.calibration.bytesPerSecond > 0)
    #expect(outcome.failure?.code == .notKept)
    #expect(outcome.failure?.message.contains(folder + "/file/calibration") == true)
  }

  @Test("the folder is the user's cache, where the environment says which that is")
  func location() {
    #expect(CalibrationStore.standard(["XDG_CACHE_HOME": "/c", "HOME": "/h"])?.directory == "/c/ketwork/calibration")
    #expect(CalibrationStore.standard(["XDG_CACHE_HOME": "c", "HOME": "/h"])?.directory == "/h/.cache/ketwork/calibration")
    #expect(CalibrationStore.standard(["HOME": "h"]) == nil)
  }
}
