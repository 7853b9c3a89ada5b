internal import Synchronization

/// A bar on standard error, if that is a terminal; nothing anywhere else.
///
/// It appears only when a run has taken a moment, so that quick commands stay quiet.
final class ProgressBar: Sendable {
  private struct State {
    var drawnAt: ContinuousClock.Instant?
    var isFinished = false
  }

  private static let delay = Duration.milliseconds(500)
  private static let interval = Duration.milliseconds(100)
  private static let width = 30

  private let total: Int
  private let unit: String
  private let start = ContinuousClock.now
  private let isShown = Terminal.standardError.isTerminal
  private let state = Mutex(State())

  init(total: Int, unit: String) {
    self.total = total
    self.unit = unit
  }

  /// Draws the bar at a count, unless it was drawn just now; a note says what is being done.
  func advance(to count: Int, note: String = "") {
    guard isShown else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      guard !state.isFinished, now - start > Self.delay, state.drawnAt.map({ now - $0 > Self.interval }) ?? true else { return }
      state.drawnAt = now
      Terminal.standardError.write("\r\u{1B}[K" + line(count, (now - start).inSeconds, note))
    }
  }

  /// Removes the bar.
  func finish() {
    state.withLock { state in
      if state.drawnAt != nil { Terminal.standardError.write("\r\u{1B}[K") }
      state.isFinished = true
    }
  }

  private func line(_ count: Int, _ seconds: Double, _ note: String) -> String {
    let share = total > 0 ? min(Double(count) / Double(total), 1) : 0
    let filled = Int(share * Double(Self.width))
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: Self.width - filled)
    let left = share > 0 ? " · \(Format.seconds(seconds / share - seconds)) left" : ""
    let text = "\(bar) \(Format.count(count))/\(Format.count(total)) \(unit) · \(Format.seconds(seconds))\(left)"
    let room = max(Terminal.standardError.columns - text.count - 4, 0)
    return note.isEmpty ? text : text + " · " + note.prefix(room)
  }
}
