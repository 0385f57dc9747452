/// The rows of a result: what their columns hold, and the bytes of all texts and blobs one after the other. A row is read a
/// few times in its life, and by many thousands: it is two arrays and not one for each row and each text.
package struct SQLRows: Sendable {
  enum Column: Sendable {
    case null
    case integer(Int64)
    /// Places in the bytes.
    case text(UInt32, UInt32)
    case blob(UInt32, UInt32)
  }

  fileprivate private(set) var columns: [Column] = []
  fileprivate private(set) var bytes: [UInt8] = []
  fileprivate let columnCount: Int

  /// Without any yet; columns are appended row by row, from left to right.
  package init(columnCount: Int = 0) {
    self.columnCount = columnCount
    columns.reserveCapacity(columnCount)
    bytes.reserveCapacity(16 * columnCount)
  }

  package mutating func appendNull() { columns.append(.null) }
  package mutating func append(_ integer: Int64) { columns.append(.integer(integer)) }

  /// UTF-8.
  package mutating func append(text: UnsafeRawBufferPointer) { columns.append(.text(place(), unsafe add(text))) }
  package mutating func append(blob: UnsafeRawBufferPointer) { columns.append(.blob(place(), unsafe add(blob))) }

  /// SQL values have less than 2 GiB, and results have few rows of much less.
  private func place() -> UInt32 { UInt32(bytes.count) }

  private mutating func add(_ new: UnsafeRawBufferPointer) -> UInt32 {
    unsafe bytes.append(contentsOf: new)
    return UInt32(new.count)
  }
}

extension SQLRows: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { columnCount == 0 ? 0 : columns.count / columnCount }
  package subscript(row: Int) -> SQLRow { SQLRow(rows: self, start: row * columnCount) }

  /// The first column of the first row, if it is a text, in UTF-8.
  package var text: String? { first?.text(0) }
}

/// One of them.
package struct SQLRow: Sendable {
  private let rows: SQLRows
  private let start: Int

  fileprivate init(rows: SQLRows, start: Int) {
    self.rows = rows
    self.start = start
  }

  /// nil beyond the last column.
  subscript(column: Int) -> SQLRows.Column? {
    column < rows.columnCount ? rows.columns[start + column] : nil
  }

  func isNull(_ column: Int) -> Bool { if case .null = self[column] { true } else { false } }

  /// nil for what is not UTF-8: SQLite keeps as a text whatever it is given.
  func text(_ start: UInt32, _ count: UInt32) -> String? {
    String(validating: bytes(start, count), as: UTF8.self)
  }

  /// With U+FFFD in the place of what is not UTF-8.
  func repairedText(_ start: UInt32, _ count: UInt32) -> String {
    String(decoding: bytes(start, count), as: UTF8.self)
  }

  func blob(_ start: UInt32, _ count: UInt32) -> [UInt8] { Array(bytes(start, count)) }

  private func bytes(_ start: UInt32, _ count: UInt32) -> ArraySlice<UInt8> {
    rows.bytes[Int(start)..<Int(start) + Int(count)]
  }

  /// nil where there is no such column, or it is not a text, in UTF-8.
  package func text(_ column: Int) -> String? {
    if case .text(let start, let count) = self[column] { text(start, count) } else { nil }
  }
}
