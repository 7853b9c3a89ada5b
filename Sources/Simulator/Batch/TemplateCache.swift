internal import Circuits

/// Compiled templates by what was asked of them; the least recently used give way.
///
/// - Complexity: O(instructions) to find one, O(entries) to add one.
struct TemplateCache {
  /// What a compiled template depends on.
  struct Key: Hashable {
    private let circuit: Circuit
    private let observables: [Observable]
    private let precision: Precision
    private let wantsShots: Bool
    private let wantsGradients: Bool

    init(_ request: SimulationRequest) {
      (circuit, observables, precision) = (request.circuit, request.observables, request.precision)
      wantsShots = request.shots != nil
      wantsGradients = request.differentiation != nil
    }
  }

  private struct Entry {
    /// Nil for a template that is known not to run in lanes.
    var template: CompiledTemplate?
    var lastUse: UInt64
    var byteCount: Int { template?.keptByteCount ?? 0 }
  }

  private let countLimit: Int
  private let byteLimit: Int
  private var entries: [Key: Entry] = [:]
  private var useCount: UInt64 = 0

  init(countLimit: Int = Limits.keptTemplateCount, byteLimit: Int = Limits.keptTemplateByteCount) {
    (self.countLimit, self.byteLimit) = (countLimit, byteLimit)
  }

  /// How many templates are kept.
  var count: Int { entries.count }

  /// What a key's template was compiled to: nil if that is not known, nil inside for a template that does not run in lanes.
  mutating func template(for key: Key) -> CompiledTemplate?? {
    guard let index = entries.index(forKey: key) else { return nil }
    useCount += 1
    entries.values[index].lastUse = useCount
    return .some(entries.values[index].template)
  }

  /// Keeps a template.
  mutating func insert(_ template: CompiledTemplate?, for key: Key) {
    useCount += 1
    entries[key] = Entry(template: template, lastUse: useCount)
    if entries.count > countLimit { removeOldest() }
  }

  /// Lets templates go until the memory of the others is within the limit; that of the last one used stays.
  mutating func trim() {
    while entries.count > 1, entries.values.reduce(0, { $0 + $1.byteCount }) > byteLimit { removeOldest() }
  }

  private mutating func removeOldest() {
    guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
    entries[oldest] = nil
  }
}
