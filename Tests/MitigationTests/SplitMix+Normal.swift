import Foundation
import TestSupport

extension SplitMix {
  /// A number of the normal distribution with variance 1, by Box and Muller.
  mutating func normal() -> Double {
    let radius = (-2 * log(Double.random(in: 1e-300...1, using: &self))).squareRoot()
    return radius * cos(2 * Double.pi * Double.random(in: 0...1, using: &self))
  }
}
