extension [Double] {
  /// Turns the values of Z on every set of some qubits into the probabilities of their basis states: the Walsh–Hadamard transform over 2ᵏ.
  mutating func transformToProbabilities() {
    var step = 1
    while step < count {
      for index in indices where index & step == 0 {
        (self[index], self[index | step]) = (self[index] + self[index | step], self[index] - self[index | step])
      }
      step *= 2
    }
    let scale = 1 / Double(count)
    for index in indices { self[index] *= scale }
  }
}
