package import Protocol

/// Circuits that a worker holds.
package struct LeaseRecord: Hashable, Sendable {
  package var job: JobID
  package var circuits: Range<Int>
  /// Which of the job's groups of equal needs.
  package var group: Int
  /// Who holds it; `nil` after the broker's restart, until its worker is heard of.
  package var worker: PeerID?
  package var expires: Duration
  /// Estimated work, in the units of the job's rate; 0 if not known.
  package var cost: Double
  /// How long its execution is expected to take, in seconds; 0 if not known.
  package var expectedSeconds: Double
  /// When execution began, if it has.
  package var started: Duration?
  /// Failed executions of these circuits before this one.
  package var attempts: Int
  /// Workers lost on these circuits before this one.
  package var crashes: Int
  /// When the worker must have finished, whatever it renews.
  package var runLimit: Duration?
}
