/// Rows of a result, or of arguments: what their columns hold, and the bytes of all texts and blobs one after the other. A
/// row is read a few times in its life, and by many thousands: it is two arrays and not one for each row and each text.
package struct SQLRows: Sendable {
  package enum Column: Sendable {
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
  /// - Parameter rowCount: for how many there is to be room.
  package init(columnCount: Int = 0, rowCount: Int = 1) {
    self.columnCount = columnCount
    guard columnCount > 0 else { return }
    columns.reserveCapacity(columnCount * rowCount)
    bytes.reserveCapacity(24 * columnCount * rowCount)
    // So that there is an address where all texts are empty.
    bytes.append(0)
  }

  package mutating func appendNull() { columns.append(.null) }
  package mutating func append(_ integer: Int64) { columns.append(.integer(integer)) }

  package mutating func append(_ text: String) {
    let span = text.utf8.span
    unsafe span.withUnsafeBytes { unsafe append(text: $0) }
  }

  package mutating func append(_ blob: [UInt8]) { unsafe blob.withUnsafeBytes { unsafe append(blob: $0) } }

  mutating func append(_ integer: Int64?) { if let integer { append(integer) } else { appendNull() } }
  mutating func append(_ text: String?) { if let text { append(text) } else { appendNull() } }

  mutating func append(_ value: SQLValue) {
    switch value {
    case .null: appendNull()
    case .integer(let integer): append(integer)
    case .text(let text): append(text)
    case .bytes(let bytes): append(bytes)
    }
  }

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

  /// A row of its own.
  init(_ values: [SQLValue]) {
    var rows = SQLRows(columnCount: values.count)
    for value in values { rows.append(value) }
    self.init(rows: rows, start: 0)
  }

  /// A row of one text.
  init(_ text: String) {
    var rows = SQLRows(columnCount: 1)
    rows.append(text)
    self.init(rows: rows, start: 0)
  }

  /// How many columns it has.
  package var count: Int { rows.columnCount }

  /// nil beyond the last column.
  package subscript(column: Int) -> SQLRows.Column? {
    column < rows.columnCount ? rows.columns[start + column] : nil
  }

  /// Whether one of its texts has a U+0000.
  package var hasNullInText: Bool {
    (0..<count).contains { column in
      if case .text(let start, let count) = self[column] { bytes(start, count).contains(0) } else { false }
    }
  }

  /// The bytes that the places in its columns mean.
  package var storage: [UInt8] { rows.bytes }

  func isNull(_ column: Int) -> Bool { if case .null = self[column] { true } else { false } }

  /// nil for what is not UTF-8: SQLite keeps as a text whatever it is given.
  func text(_ start: UInt32, _ count: UInt32) -> String? {
    let bytes = rows.bytes
    let span = bytes.span.extracting(Int(start)..<Int(start) + Int(count))
    guard let text = try? UTF8Span(validating: span) else { return nil }
    return String(copying: text)
  }

  /// With U+FFFD in the place of what is not UTF-8.
  func repairedText(_ start: UInt32, _ count: UInt32) -> String {
    String(decoding: bytes(start, count), as: UTF8.self)
  }

  func blob(_ start: UInt32, _ count: UInt32) -> [UInt8] { Array(bytes(start, count)) }

  /// What a text or a blob at this place holds.
  package func bytes(_ start: UInt32, _ count: UInt32) -> ArraySlice<UInt8> {
    rows.bytes[Int(start)..<Int(start) + Int(count)]
  }

  /// nil where there is no such column, or it is not a text, in UTF-8.
  package func text(_ column: Int) -> String? {
    if case .text(let start, let count) = self[column] { text(start, count) } else { nil }
  }
}
