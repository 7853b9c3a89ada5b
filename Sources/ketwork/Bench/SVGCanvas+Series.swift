/// A panel's frame in pixels.
struct FigureFrame {
  var x: Double
  var y: Double
  var width: Double
  var height: Double
}

extension SVGCanvas {
  /// Okabe and Ito's colours, which people who confuse red and green tell apart.
  private static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]

  /// The colour of a series.
  static func color(ofSeries index: Int) -> String { palette[index % palette.count] }

  /// Draws a marker, of its own for each series, so that print in grey is enough.
  mutating func marker(ofSeries index: Int, x: Double, y: Double) {
    let color = Self.color(ofSeries: index)
    switch index % 4 {
    case 0: disc(x: x, y: y, radius: 3.2, fill: color)
    case 1: polygon([(x - 2.9, y - 2.9), (x + 2.9, y - 2.9), (x + 2.9, y + 2.9), (x - 2.9, y + 2.9)], fill: color)
    case 2: polygon([(x, y - 4), (x + 3.7, y + 2.8), (x - 3.7, y + 2.8)], fill: color)
    default: polygon([(x, y - 4.2), (x + 4.2, y), (x, y + 4.2), (x - 4.2, y)], fill: color)
    }
  }
}
