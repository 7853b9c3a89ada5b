import Circuits
import Protocol
import Simulator
import TestSupport
import Worker

/// An executor whose results follow from the item alone, and which does what a test tells it to.
final class TestExecutor: ItemExecutor {
  /// What the executors of one test share.
  final class Script: Sendable {
    private let counts = Shared([Int: Int]())
    private let gate: Gate?

    init(gate: Gate? = nil) { self.gate = gate }

    /// How often each item was executed.
    var executions: [Int: Int] { counts.current }

    fileprivate func began(_ item: Item, _ stop: StopFlag) throws(ItemError) {
      counts.update { $0[item.index, default: 0] += item.rows.count }
      try gate?.pass(stop)
    }
  }

  private let device: String
  private let script: Script

  init(device: String, script: Script) {
    self.device = device
    self.script = script
  }

  static func slots(_ count: Int, device: String = "cpu", script: Script = Script()) -> [DeviceSlot] {
    let summary = DeviceSummary(name: device, memoryByteCount: 1 << 30)
    return Array(
      repeating: DeviceSlot(device: summary) { TestExecutor(device: device, script: script) }, count: count)
  }

  func execute(_ item: Item, of template: Template, stop: StopFlag) throws(ItemError) -> CircuitResults {
    try script.began(item, stop)
    return CircuitResults(item.rowIndices.map { TestExecutor.result(of: item, row: $0) })
  }

  /// The result that every execution gives.
  static func result(of item: Item, row: Int) -> CircuitResult {
    let counts = Counts(bitCount: 16, outcomes: [(state: UInt64(item.index & 0xffff), count: row + 1)])
    return CircuitResult(
      item: item.index, row: row,
      outcome: .values(CircuitValues(qubitCount: 16, shots: row + 1, counts: counts, method: "test", device: "cpu")))
  }
}

/// Holds executions until it is opened.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting = 0
  }

  private let state = Shared(State())

  /// How many executions wait.
  var waiting: Int { state.current.waiting }

  func open() {
    state.update { $0.isOpen = true }
  }

  /// Waits on the executor's own thread, which is what a long circuit does, too.
  fileprivate func pass(_ stop: StopFlag) throws(ItemError) {
    state.update { $0.waiting += 1 }
    defer { state.update { $0.waiting -= 1 } }
    while !state.current.isOpen {
      do throws(SimulatorError) { try stop.check() } catch { throw .stopped }
    }
  }
}
