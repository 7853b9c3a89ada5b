/// Why nothing is promised any more, and how long the broker still says so.
///
/// After a commit that failed, its batches may be kept, in part or whole, or may not: the state is ahead of the disk, and by how much is
/// not known. Everything that the state would say rests on them, so it says nothing more of any job, writes nothing more, and gives out
/// no lease. Those who ask are refused with `storage` and the time that is left; then the broker ends with an error, and whoever
/// supervises it starts it again. A start reads what is there in a new epoch, and the answers to what was refused come from that:
/// clients say a request again under its key, workers send results again until they hear that these are kept.
///
/// To open the store again in the same process would keep the promises as well, but it would be a second way of starting, seldom gone;
/// the process may share the cause, a full table of descriptors for one; and a start can fail, which a supervisor can tell.
struct StoreFailure: Sendable {
  var reason: String
  var end: Duration
}
