import Testing
import Transpiler

@Suite("coupling maps")
struct CouplingMapTests {
  @Test("know distances and neighbours")
  func distances() throws {
    let grid = try CouplingMap.grid(rows: 3, columns: 4)
    #expect(grid.qubitCount == 12 && grid.edges.count == 17)
    #expect(grid.distance(0, 11) == 5 && grid.distance(5, 5) == 0 && grid.areCoupled(1, 5) && !grid.areCoupled(3, 4))
    #expect(grid.neighbors[5] == [1, 4, 6, 9])
    let ring = try CouplingMap.ring(7)
    #expect(ring.edges.count == 7 && ring.distance(0, 4) == 3)
    #expect(try CouplingMap.full(5).edges.count == 10)
    #expect(try CouplingMap.line(1).edges.isEmpty)
  }

  @Test("know their largest connected part")
  func component() throws {
    let map = try CouplingMap(qubitCount: 7, edges: [[0, 1], [2, 3], [3, 5], [5, 3]])
    #expect(map.largestComponent == [2, 3, 5] && map.distance(0, 2) == CouplingMap.unreachable)
    #expect(map.edges == [[0, 1], [2, 3], [3, 5]])
  }

  @Test(
    "what is no map is refused",
    arguments: [(3, [[0, 3]]), (3, [[1, 1]]), (3, [[0]]), (3, [[-1, 2]]), (0, []), (Limits.physicalQubitCount + 1, [])])
  func refused(qubitCount: Int, edges: [[Int]]) {
    #expect(throws: TranspilerError.self) { try CouplingMap(qubitCount: qubitCount, edges: edges) }
  }

  @Test("a basis needs a gate on two qubits and enough on one")
  func basis() throws {
    #expect(try GateBasis(gates: ["cz", "rz", "sx", "x", "id"]) == GateBasis(.cz, .rzSXX))
    #expect(try GateBasis(gates: ["cx", "u"]) == GateBasis(.cx, .u))
    #expect(try GateBasis(gates: ["rzz", "rx", "rz"]) == GateBasis(.rzz, .rotations))
    for gates in [["cx"], ["u"], ["cx", "sx"], ["rz", "sx"], []] {
      #expect(throws: TranspilerError.self) { try GateBasis(gates: gates) }
    }
  }
}
