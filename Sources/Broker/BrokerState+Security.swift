package import Protocol

// What the service tells of the state, and of keys that are good no longer.
extension BrokerState {
  /// A peer's key is no longer authorized, or stands for something else: nothing is kept of the peer, and its leases go back.
  mutating func revoke(_ peer: PeerID) {
    remove(peer, isCrash: false)
  }

  /// Whether a peer has said HELLO as a client.
  package func isClient(_ peer: PeerID) -> Bool { peers[peer].map { $0.worker == nil } ?? false }

  /// How the broker is, as far as the state knows.
  package func diagnosis() -> Message.Diagnosis {
    let workerCount = peers.values.count { $0.worker != nil }
    return Message.Diagnosis(
      epoch: epoch, uptime: .zero, clientCount: peers.count - workerCount, workerCount: workerCount,
      jobCount: jobs.values.count { !$0.state.isTerminal } + parkedWaitingCount, isSecured: false, name: "", tenant: "",
      timers: configuration.timers.map { .init($0.name, UInt64(max(.zero, $0.value) / .nanoseconds(1))) },
      limits: configuration.limits.map { .init($0.name, UInt64($0.value)) })
  }
}

extension BrokerConfiguration {
  fileprivate var timers: [(name: String, value: Duration)] {
    [
      ("ping", pingInterval), ("suspect", suspectTime), ("gone", goneTime), ("probe", probeTime), ("lease", leaseTime),
      ("renew", renewInterval), ("result_retention", resultRetention), ("job_retention", jobRetention), ("drain", drainTime),
    ]
  }

  fileprivate var limits: [(name: String, value: Int)] {
    [
      ("peers", Limits.peerCount), ("tenant_jobs", tenantJobCount), ("tenant_bytes", tenantByteCount), ("job_bytes", byteCount),
      ("result_bytes", resultByteCount), ("connections_per_key", connectionsPerKey),
      ("connections_per_address", connectionsPerAddress), ("handshakes_per_second", Int(handshakeRate.perSecond)),
      ("handshake_burst", Int(handshakeRate.burst)), ("messages_per_second", Int(messageRate.perSecond)),
      ("message_burst", Int(messageRate.burst)),
    ]
  }
}
