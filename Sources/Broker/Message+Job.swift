internal import Protocol

extension Message.Content {
  /// The job that a client asks after, if it is one.
  var job: JobID? {
    switch self {
    case .status(let job), .cancel(let job): job
    case .fetch(let fetch): fetch.job
    case .receipts(let receipts): receipts.job
    case .credit(let credit): credit.job
    case .subscribe(let subscribe): subscribe.job
    case .confirm(let confirm): confirm.job
    case .retract(let retract): retract.job
    case .requeue(let requeue): requeue.job
    default: nil
    }
  }
}
