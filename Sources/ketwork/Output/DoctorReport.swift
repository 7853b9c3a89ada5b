internal import Client
internal import ZeroMQ

/// What `ketwork doctor` says of a broker: docs/schemas/doctor-1.schema.json says what each key means.
struct DoctorReport: Encodable {
  struct Number: Encodable {
    var name: String
    var value: UInt64
  }

  struct Timer: Encodable {
    var name: String
    var seconds: Double
  }

  struct Trouble: Encodable {
    var code: String
    var message: String
    var advice: String
  }

  struct Broker: Encodable {
    var epoch: UInt64
    var uptimeSeconds: Double
    var clients: Int
    var workers: Int
    var jobs: Int
    var secured: Bool
    var name: String
    var tenant: String
    var timers: [Timer]
    var limits: [Number]
    var refused: [Number]

    private enum CodingKeys: String, CodingKey {
      case epoch, clients, workers, jobs, secured, name, tenant, timers, limits, refused
      case uptimeSeconds = "uptime_seconds"
    }
  }

  var version = 1
  var endpoints: [String]
  var answers: Bool
  var broker: Broker?
  var trouble: Trouble?

  /// Of a broker that answers.
  init(_ endpoints: [String], _ diagnosis: BrokerDiagnosis) {
    self.endpoints = endpoints
    answers = true
    broker = Broker(
      epoch: diagnosis.epoch, uptimeSeconds: diagnosis.uptime.inSeconds, clients: diagnosis.clientCount,
      workers: diagnosis.workerCount, jobs: diagnosis.jobCount, secured: diagnosis.isSecured, name: diagnosis.name,
      tenant: diagnosis.tenant, timers: diagnosis.timers.map { Timer(name: $0.name, seconds: Double($0.value) / 1e9) },
      limits: diagnosis.limits.map { Number(name: $0.name, value: $0.value) },
      refused: diagnosis.counters.map { Number(name: $0.name, value: $0.value) })
  }

  /// Of one that does not.
  ///
  /// - Parameter key: The public half of the key that was used, if any.
  init(_ endpoints: [String], _ error: ClientError, key: CurvePublicKey?) {
    self.endpoints = endpoints
    answers = false
    trouble = Trouble(code: error.code.rawValue, message: error.message, advice: Self.advice(error, key))
  }

  private static func advice(_ error: ClientError, _ key: CurvePublicKey?) -> String {
    switch (error.code, key) {
    case (.unreachable, _): "see that a broker runs there, and that nothing between here and there holds back its port"
    case (.unauthorized, nil): "give --keys DIR, with the broker's broker.pub and a client.key that its list has"
    case (.unauthorized, let key?):
      "have the broker's operator look for the public key \(key.z85) in `ketwork keys list`: it has to be there, as a client's, "
        + "and not be revoked"
    case (.handshakeFailed, nil): "see that it is a broker that listens there"
    case (.handshakeFailed, _): "compare broker.pub with the broker's; if they are the same, ask the broker what it refuses"
    default: "try again; if it stays so, look at the broker's log"
    }
  }

  /// For people.
  var text: String {
    guard let broker else {
      return "no answer from \(endpoints.joined(separator: ", "))\nwhat is wrong: \(trouble?.message ?? "")\n"
        + "what to do: \(trouble?.advice ?? "")\n"
    }
    let whoAmI = broker.secured ? "known as \(broker.name), tenant \(broker.tenant)" : "no keys: whoever reaches it is let in"
    var lines = [
      "a broker answers at \(endpoints.joined(separator: ", "))",
      "epoch \(broker.epoch), up for \(Format.seconds(broker.uptimeSeconds))",
      whoAmI,
      "\(Format.count(broker.workers)) workers, \(Format.count(broker.clients)) clients, \(Format.count(broker.jobs)) jobs under way",
      "timers: " + broker.timers.map { "\($0.name) \(Format.seconds($0.seconds))" }.joined(separator: ", "),
      "limits: " + broker.limits.map { "\($0.name) \(Format.count(Int(clamping: $0.value)))" }.joined(separator: ", "),
    ]
    let refused = broker.refused.filter { $0.value > 0 }
    lines.append(
      refused.isEmpty
        ? "nothing refused"
        : "refused: " + refused.map { "\($0.name) \(Format.count(Int(clamping: $0.value)))" }.joined(separator: ", "))
    return lines.joined(separator: "\n") + "\n"
  }
}
