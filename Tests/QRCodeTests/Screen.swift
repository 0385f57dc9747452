/// A terminal as far as the drawings need one: it applies their colours to cells and photographs itself.
struct Screen {
  enum Cell { case blank, full, upper, lower }
  struct Colours { var ink, paper: UInt8 }

  private var rows: [[(Cell, Colours)]] = [[]]

  /// Shows `text` on a terminal whose own colours are `own`.
  init(showing text: String, own: Colours) {
    var colours = own
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\u{1B}":
        let sequence = rest.prefix { $0 != "m" }
        rest = rest.dropFirst(sequence.count + 1)
        switch sequence {
        case "[0": colours = own
        case "[38;5;16;48;5;231": colours = Colours(ink: 0, paper: 255)
        case "[48;5;16": colours.paper = 0
        case "[48;5;231": colours.paper = 255
        default: preconditionFailure("a sequence that the drawings do not use: \(sequence)")
        }
      case "\n": rows.append([])
      case "█", "#": rows[rows.count - 1].append((.full, colours))
      case "▀": rows[rows.count - 1].append((.upper, colours))
      case "▄": rows[rows.count - 1].append((.lower, colours))
      default: rows[rows.count - 1].append((.blank, colours))
      }
    }
    // The rest of the screen is the terminal's own background.
    let width = rows.map(\.count).max() ?? 0
    rows = rows.map { $0 + Array(repeating: (.blank, own), count: width + 6 - $0.count) }
  }

  var columns: Int { rows.map(\.count).max() ?? 0 }

  /// A PGM image with cells of 4 by 8 pixels.
  func photograph() -> [UInt8] {
    var pixels: [UInt8] = []
    for row in rows {
      for y in 0..<8 {
        for (cell, colours) in row {
          let inked = cell == .full || cell == .upper && y < 4 || cell == .lower && y >= 4
          pixels += Array(repeating: inked ? colours.ink : colours.paper, count: 4)
        }
      }
    }
    return Array("P5 \(columns * 4) \(rows.count * 8) 255\n".utf8) + pixels
  }
}
