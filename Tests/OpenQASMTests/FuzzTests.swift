import Circuits
import OpenQASM
import TestSupport
import Testing

/// Mutates programs: whatever comes out is read or refused with a place, and does not crash or hang.
@Suite("fuzzing by mutation")
struct FuzzTests {
  static let valid: [[UInt8]] =
    (DynamicTests.programs.map { "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; \($0.1)" } + [
      "OPENQASM 2.0;\ninclude \"qelib1.inc\";\ngate g(a,b) x,y { rx(a*b) x; barrier x,y; cx x,y; }\nqreg q[4]; creg c[4];\nopaque o(a) x;\ng(pi/2,-3^2) q[0],q[1];\nif(c==3) u3(0,1e-3,ln(2)) q[3];\nmeasure q->c;reset q[0];",
      "OPENQASM 3;\ninput angle[8] θ; input array[float, 3] w; const int[4] n = 3; qubit[4] q; ctrl(2) @ negctrl @ inv @ pow(0.5) @ U(θ, w[n-2], π) q[0], q[1], q[2], q[3];\ndef f(qubit[2] a, mutable array[int[8], #dim = 2] m, bit[2] b) -> int[8] { m[0, 1] = 3; return int[8](b) + m[0][1]; } array[int[8], 2, 2] m = {{1, 2}, {3, 4}}; delay[2.5us] q[{0, 2}]; box[1ms] { barrier; } switch (f(q[0:1], m, \"01\")) { case 1, 2 { reset q; } default { gphase(-τ); } } $1",
    ]).map { Array($0.utf8) }

  static let corpus: [[UInt8]] =
    valid
    + (ErrorTests.cases3.map { ErrorTests.head3 + $0.source } + ErrorTests.cases2.map { ErrorTests.head2 + $0.source }).map {
      Array($0.utf8)
    }

  private static let fragments: [[UInt8]] = [
    "{", "}", "(", ")", "[", "]", ";", ",", ":", "@", "->", "=", "++", "-", "**", "~", "<<", "9999999999", "-1", "0", "1e308",
    "0.5", "\"01\"", "'",
    "/*", "//", "pow(0.5) @ ", "ctrl @ ", "inv @ ", "for int i in [0:3] ", "while (c[0]) ", "if (c[0]) ", "return ", "break;",
    "end;", "measure ", "let a = ",
    "gate ", "def ", "π", "$3", "#dim", "OPENQASM 2.0;", "bit", "array[int, 2] ", "const ", "input ", "10ns", "0x", "_", "\u{FFFF}",
    "q", "c", "n",
  ].map { Array($0.utf8) }

  @Test("twenty thousand mutated, cut and spliced programs", .timeLimit(.minutes(10)), arguments: 0..<40)
  func mutations(_ part: Int) throws {
    let seed = UInt64(part) &* 7919 &+ 20_26
    var random = SplitMix(seed: seed)
    var (accepted, refused) = (0, 0)
    for round in 0..<500 {
      let source = round % 2 == 0 ? variant(&random) : mutant(&random)
      do {
        let circuit = try OpenQASMParser.parse(source, file: "fuzz", budget: Budget(instructionCount: 20_000, stepCount: 40_000))
        accepted += 1
        // What is read can be written, or is refused by name.
        if round % 5 == 0, circuit.instructions.count < 1000 { try? check(circuit, seed: seed, round: round, source) }
      } catch {
        refused += 1
        let placed = error.diagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty }
        #expect(placed, "seed \(seed), round \(round): \(error)")
      }
    }
    // A mutator that only makes noise, or changes nothing, tests nothing.
    #expect(accepted > 40 && refused > 200, "seed \(seed): \(accepted) accepted, \(refused) refused")
  }

  /// What was written reads back.
  private func check(_ circuit: Circuit, seed: UInt64, round: Int, _ source: [UInt8]) throws {
    let text = try OpenQASMExporter.export(circuit, version: .v3)
    do {
      _ = try OpenQASMParser.parse(text)
    } catch {
      Issue.record(
        "seed \(seed), round \(round): \(String(decoding: source, as: UTF8.self))\n--- was written as\n\(text)\n\(error)")
    }
  }

  /// A program with one statement lost, repeated or moved, or one digit changed: many of these are still programs.
  private func variant(_ random: inout SplitMix) -> [UInt8] {
    let source = Self.valid.randomElement(using: &random) ?? []
    var statements = source.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { Array($0) }
    let place = Int.random(in: 0..<statements.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: statements.remove(at: place)
    case 1: statements.insert(statements[place], at: Int.random(in: 0..<statements.count, using: &random))
    case 2: statements.swapAt(place, Int.random(in: 0..<statements.count, using: &random))
    default:
      guard let digit = source.indices.filter({ (0x30...0x39).contains(source[$0]) }).randomElement(using: &random) else { break }
      var changed = source
      changed[digit] = UInt8.random(in: 0x30...0x39, using: &random)
      return changed
    }
    return Array(statements.joined(separator: [UInt8(ascii: ";")]))
  }

  private func mutant(_ random: inout SplitMix) -> [UInt8] {
    var source = Self.corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...source.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: source.removeSubrange(place..<min(source.count, place + Int.random(in: 1...8, using: &random)))
      case 1: source = Array(source.prefix(place))
      case 2: source.insert(contentsOf: Self.fragments.randomElement(using: &random) ?? [], at: place)
      case 3: if place < source.count { source[place] = UInt8.random(in: 0...255, using: &random) }
      case 4:
        if place < source.count { source[place] = Array("0123456789abcq;,(){}[]=+-*/ ".utf8).randomElement(using: &random) ?? 0 }
      case 5:
        let other = Self.corpus.randomElement(using: &random) ?? []
        let start = Int.random(in: 0...other.count, using: &random)
        source.insert(contentsOf: other[start..<min(other.count, start + 60)], at: place)
      case 6:
        let end = min(source.count, place + Int.random(in: 1...30, using: &random))
        source.insert(contentsOf: source[place..<end], at: Int.random(in: 0...source.count, using: &random))
      default: source = Array(source.suffix(source.count - place)) + source.prefix(place)
      }
    }
    return source
  }
}
