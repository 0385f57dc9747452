internal import OATH
internal import OpenSSLCrypto

/// Separated values (RFC 4180), whose cells are read where they lie: what is not asked for goes through no string.
///
/// Rows end with LF, CRLF or CR. A quote is one at the start of a cell only.
struct CSVTable {
  /// A row: where its cells are, quotes included.
  struct Row {
    var cells: [Range<Int>] = []
    /// Whether a quote does not close, or something follows the one that does.
    var isBroken = false

    /// Whether the row is an empty line.
    var isBlank: Bool { cells.allSatisfy(\.isEmpty) }
  }

  private(set) var rows: [Row] = []

  /// - Parameter limit: the most rows to read.
  init(_ text: Span<UInt8>, separator: UInt8, limit: Int = .max) {
    var row = Row(), start = 0, index = 0
    func isEnd(_ index: Int) -> Bool {
      index == text.count || text[index] == separator || text[index] == UInt8(ascii: "\n")
        || text[index] == UInt8(ascii: "\r")
    }
    while index <= text.count, rows.count < limit {
      if index == start, index < text.count, text[index] == UInt8(ascii: "\"") {
        index = Self.endOfQuotes(in: text, from: index)
        if index > text.count { (index, row.isBroken) = (text.count, true) }
        // Spaces behind a quote are forgiven.
        while !isEnd(index), text[index] == UInt8(ascii: " ") { index += 1 }
        if !isEnd(index) { row.isBroken = true }
      }
      while !isEnd(index) { index += 1 }
      row.cells.append(start..<index)
      if index == text.count || text[index] != separator {
        rows.append(row)
        row = Row()
        if index + 1 < text.count, text[index] == UInt8(ascii: "\r"), text[index + 1] == UInt8(ascii: "\n") {
          index += 1
        }
        if index + 1 >= text.count { break }
      }
      index += 1
      start = index
    }
  }

  /// The index behind the quote that closes; past the end of the text where none does.
  private static func endOfQuotes(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < text.count {
      guard text[index] == UInt8(ascii: "\"") else {
        index += 1
        continue
      }
      guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "\"") else { return index + 1 }
      index += 2
    }
    return text.count + 1
  }

  /// The content of a cell, without the quotes around it.
  static func content(of cell: Range<Int>, in text: Span<UInt8>) -> SecretBytes {
    let cell = text.extracting(cell)
    guard cell.count > 0, cell[0] == UInt8(ascii: "\"") else { return SecretBytes(copying: cell) }
    var content = SecretBuffer(), index = 1
    while index < cell.count {
      if cell[index] == UInt8(ascii: "\"") {
        guard index + 1 < cell.count, cell[index + 1] == UInt8(ascii: "\"") else { break }
        index += 1
      }
      content.append(cell[index])
      index += 1
    }
    return content.finish()
  }
}
