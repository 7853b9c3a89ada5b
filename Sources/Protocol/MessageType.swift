/// The type byte of F0, the same number as the header's content field.
package enum MessageType: UInt8, Hashable, Sendable, CaseIterable {
  case hello = 16
  case welcome, challenge, ping, pong, bye
  case goAway, reject, body

  case submit = 32
  case accepted, status, state, fetch, result
  case streamEnd
  case credit, cancel, subscribe, event
  case putTemplate, needTemplate
  case template, list, listing
  case confirm, retract, requeue
  case sessionOpen, sessionExtend, sessionClose, sessionState
  case diagnose = 62
  case diagnosis

  case receipts = 56
  case receiptList

  case ready = 64
  case lease, started, renew, complete, fail, release, committed, stale, revoke, drain
}

extension Message.Content {
  /// The type of this content.
  package var type: MessageType {
    switch self {
    case .hello: .hello
    case .welcome: .welcome
    case .challenge: .challenge
    case .ping: .ping
    case .pong: .pong
    case .bye: .bye
    case .goAway: .goAway
    case .reject: .reject
    case .body: .body
    case .submit: .submit
    case .accepted: .accepted
    case .status: .status
    case .state: .state
    case .fetch: .fetch
    case .result: .result
    case .streamEnd: .streamEnd
    case .credit: .credit
    case .cancel: .cancel
    case .subscribe: .subscribe
    case .event: .event
    case .putTemplate: .putTemplate
    case .needTemplate: .needTemplate
    case .template: .template
    case .list: .list
    case .listing: .listing
    case .diagnose: .diagnose
    case .diagnosis: .diagnosis
    case .confirm: .confirm
    case .retract: .retract
    case .requeue: .requeue
    case .sessionOpen: .sessionOpen
    case .sessionExtend: .sessionExtend
    case .sessionClose: .sessionClose
    case .sessionState: .sessionState
    case .receipts: .receipts
    case .receiptList: .receiptList
    case .ready: .ready
    case .lease: .lease
    case .started: .started
    case .renew: .renew
    case .complete: .complete
    case .fail: .fail
    case .release: .release
    case .committed: .committed
    case .stale: .stale
    case .revoke: .revoke
    case .drain: .drain
    }
  }
}
