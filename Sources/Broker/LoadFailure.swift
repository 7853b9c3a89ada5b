/// Why a job could not be read from the store.
package struct LoadFailure: Hashable, Sendable {
  /// What went wrong, for people.
  package var reason: String
  /// Whether what is there is not what was written: asking again gives the same.
  package var isDamage: Bool

  package init(_ reason: String, isDamage: Bool) {
    self.reason = reason
    self.isDamage = isDamage
  }
}
