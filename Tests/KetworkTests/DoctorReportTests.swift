import Client
import Foundation
import Testing
import ZeroMQ

@testable import ketwork

@Suite("What doctor says")
struct DoctorReportTests {
  @Test(
    "troubles are told in words, with what to do, and as the schema has them",
    arguments: [
      (ClientError.Code.unreachable, false), (.unauthorized, false), (.unauthorized, true), (.handshakeFailed, true),
      (.timedOut, true),
    ])
  func troubles(code: ClientError.Code, hasKey: Bool) throws {
    let key = hasKey ? try CurveKeyPair.generate().publicKey : nil
    let report = DoctorReport(["tcp://127.0.0.1:1"], ClientError(code, "what happened"), key: key)
    try SchemaKeys.check(
      String(decoding: try JSONEncoder().encode(report), as: UTF8.self), against: "doctor-1.schema.json")
    #expect(report.text.contains("what happened") && report.text.contains("what to do: "))
    if code == .unauthorized, let key { #expect(report.text.contains(key.z85)) }
  }
}
