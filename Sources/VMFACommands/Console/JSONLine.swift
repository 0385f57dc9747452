internal import Foundation

extension Console {
  /// Prints a value as one line of JSON: keys sorted and in snake_case, nothing escaped that need not be.
  func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try write([UInt8](encoder.encode(value)) + [UInt8(ascii: "\n")])
  }

  /// Prints rows as columns that line up.
  func printTable(_ header: [String], _ rows: [[String]]) throws {
    let rows = rows.map { $0.map(\.onOneLine) }
    let widths = header.indices.map { column in ([header] + rows).map(\.[column].terminalWidth).max() ?? 0 }
    let lines = ([header] + rows).map { row in
      let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.terminalWidth)
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    try print(lines: lines)
  }

  /// Prints names and values, one pair a line.
  func printFields(_ fields: [(name: String, value: String?)]) throws {
    let width = fields.map(\.name.count).max() ?? 0
    let lines = fields.compactMap { name, value in
      value.map { name + String(repeating: " ", count: width - name.count + 2) + $0 }
    }
    try print(lines: lines)
  }
}

extension Bool {
  /// For a cell of a table, or the value of a field.
  var yesOrNo: String { self ? "yes" : "no" }
}
