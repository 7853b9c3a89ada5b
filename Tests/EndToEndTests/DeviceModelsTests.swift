import Foundation
import Testing

@Suite("ketwork device-models")
struct DeviceModelsTests {
  private struct Model: Decodable {
    var name: String
    var qubits: Int
    var coupling: [[Int]]
    var median_errors: [String: Double]
  }

  @Test("the table and the JSON list the same devices", .tags(.process))
  func listed() throws {
    let table = try CommandLineTool.run(["device-models"])
    #expect(table.status == 0 && table.errors.isEmpty)
    let lines = table.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
    let json = try CommandLineTool.run(["device-models", "--json"])
    let models = try JSONDecoder().decode([Model].self, from: Data(json.output.utf8))
    #expect(models.map(\.name) == lines.map { String($0[0]) } && models.map(\.qubits) == lines.map { Int($0[1]) })
    #expect(models.count >= 6 && models.allSatisfy { $0.coupling.count >= $0.qubits - 1 && $0.median_errors.count == 3 })
  }

  @Test("a noise model is printed as JSON, and an unknown name answered with those that are there", .tags(.process))
  func noiseModel() throws {
    let outcome = try CommandLineTool.run(["device-models", "--noise-model", "manila"])
    let model = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(outcome.status == 0 && model["version"] as? Int == 1 && (model["readout"] as? [Any])?.count == 5)
    let refused = try CommandLineTool.run(["device-models", "--noise-model", "erewhon"])
    #expect(refused.status == 64 && refused.errors.hasPrefix("ketwork: no device model 'erewhon'; manila, "))
  }
}
