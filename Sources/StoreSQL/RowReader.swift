internal import OATH
internal import Verifier

/// Reads the columns of a row from left to right. A value of another kind, out of its range, or missing where there must
/// be one is a corrupt record: an error, never a guess.
struct RowReader {
  /// Which one it is, once that is read.
  var name: String?
  private let kind, anonymous: StaticString
  private let repairs: Bool
  private let row: SQLRow
  private var index: Int

  /// - Parameters:
  ///   - row: from left to right.
  ///   - first: the column to begin with.
  ///   - kind: what it is one of, as in `the device NAME`.
  ///   - anonymous: what it is while it has no name.
  ///   - repairs: whether a text that is not UTF-8 is read as one that resembles it: of a row that is compared with its tag
  ///     afterwards, and then found to be another one.
  init(
    _ row: SQLRow, from first: Int = 0, of anonymous: StaticString, named kind: StaticString = "",
    repairingText repairs: Bool = false
  ) {
    self.row = row
    index = first
    self.kind = kind
    self.anonymous = anonymous
    self.repairs = repairs
  }

  /// What the row is of, for the error.
  var subject: String { name.map { "\(kind) \($0)" } ?? "\(anonymous)" }

  private var corrupt: VerifierError {
    @inline(never) get { .corruptRecord(subject) }
  }

  @inline(__always) private mutating func next() throws(VerifierError) -> SQLRows.Column {
    guard let column = row[index] else { throw corrupt }
    index += 1
    return column
  }

  mutating func optionalText() throws(VerifierError) -> String? {
    switch try next() {
    case .text(let start, let count):
      guard let text = repairs ? row.repairedText(start, count) : row.text(start, count) else { throw corrupt }
      return text
    case .null: return nil
    case .integer, .blob: throw corrupt
    }
  }

  mutating func optionalInteger() throws(VerifierError) -> Int64? {
    switch try next() {
    case .integer(let integer): return integer
    case .null: return nil
    case .text, .blob: throw corrupt
    }
  }

  mutating func optionalInteger(in range: ClosedRange<Int64>) throws(VerifierError) -> Int64? {
    guard let integer = try optionalInteger() else { return nil }
    guard range.contains(integer) else { throw corrupt }
    return integer
  }

  mutating func optionalBytes() throws(VerifierError) -> [UInt8]? {
    switch try next() {
    case .blob(let start, let count): return row.blob(start, count)
    case .null: return nil
    case .text, .integer: throw corrupt
    }
  }

  mutating func text() throws(VerifierError) -> String {
    guard let text = try optionalText() else { throw corrupt }
    return text
  }

  mutating func bytes() throws(VerifierError) -> [UInt8] {
    guard let bytes = try optionalBytes() else { throw corrupt }
    return bytes
  }

  mutating func integer(in range: ClosedRange<Int64> = Int64.min...Int64.max) throws(VerifierError) -> Int64 {
    guard case .integer(let integer) = try next(), range.contains(integer) else { throw corrupt }
    return integer
  }

  mutating func optionalTime() throws(VerifierError) -> UnixTime? {
    guard let seconds = try optionalInteger() else { return nil }
    do throws(OATHError) { return try UnixTime(seconds: seconds) } catch { throw corrupt }
  }

  mutating func time() throws(VerifierError) -> UnixTime {
    guard let time = try optionalTime() else { throw corrupt }
    return time
  }

  /// A name that was stored is a name that was checked, in the spelling that it was given then: any other was written by
  /// something else.
  mutating func userName() throws(VerifierError) -> UserName {
    let text = try text()
    guard let name = try? UserName(text), name.text.utf8.elementsEqual(text.utf8) else { throw corrupt }
    return name
  }

  mutating func choice<T: RawRepresentable<String>>(_ type: T.Type) throws(VerifierError) -> T {
    guard let choice = T(rawValue: try text()) else { throw corrupt }
    return choice
  }
}

extension SQLResult {
  /// What `SELECT COUNT(…)` gives.
  func count() throws(VerifierError) -> Int { Int(try integer("a count")) }

  /// The first column of the first row, which is an integer.
  func integer(_ what: StaticString) throws(VerifierError) -> Int64 {
    guard let row = rows.first else { throw .corruptRecord("\(what)") }
    var reader = RowReader(row, of: what)
    return try reader.integer()
  }
}
