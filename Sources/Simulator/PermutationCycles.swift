/// The cycles of two or more places of a bijection, each as the places that an amplitude visits.
func permutationCycles(_ table: [Int]) -> [[Int]] {
  var isVisited = [Bool](repeating: false, count: table.count)
  var cycles: [[Int]] = []
  for start in table.indices where !isVisited[start] {
    var cycle: [Int] = []
    var place = start
    while !isVisited[place] {
      isVisited[place] = true
      cycle.append(place)
      place = table[place]
    }
    precondition(place == start, "a permutation that is not a bijection")
    if cycle.count > 1 { cycles.append(cycle) }
  }
  return cycles
}
