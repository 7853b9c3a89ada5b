/// What became of a job's parts, which run on several threads: each writes to a place of its own.
///
/// A place is written by the thread that runs its part, and read when all parts are finished.
@safe final class PartFailures {
  private let places: UnsafeMutableBufferPointer<SimulatorError?>

  /// Makes places for a number of parts, none of which has failed.
  init(count: Int) {
    let places = UnsafeMutableBufferPointer<SimulatorError?>.allocate(capacity: count)
    unsafe places.initialize(repeating: nil)
    unsafe self.places = unsafe places
  }

  deinit {
    unsafe places.deinitialize()
    unsafe places.deallocate()
  }

  func record(_ error: SimulatorError, of part: Int) { unsafe places[part] = error }

  /// Throws the failure of the first part that failed.
  func throwFirst() throws(SimulatorError) {
    for index in unsafe places.indices {
      if let error = unsafe places[index] { throw error }
    }
  }
}
