internal import OATH
internal import Verifier

/// Reads the columns of a row from left to right. A value of another kind, out of its range, or missing where there must
/// be one is a corrupt record: an error, never a guess.
struct RowReader {
  /// What the row is of, for the error.
  var subject: String { name.map { "\(kind) \($0)" } ?? anonymous }
  /// Which one it is, once that is read; put into words only where they are needed.
  var name: String?
  private let kind, anonymous: String
  private let row: [SQLValue]
  private var index = 0

  /// - Parameters:
  ///   - row: from left to right.
  ///   - kind: what it is one of, as in `the device NAME`.
  ///   - anonymous: what it is while it has no name.
  init(_ row: [SQLValue], of anonymous: String, named kind: String = "") {
    self.row = row
    self.kind = kind
    self.anonymous = anonymous
  }

  private mutating func next() throws(VerifierError) -> SQLValue {
    guard index < row.count else { throw .corruptRecord(subject) }
    defer { index += 1 }
    return row[index]
  }

  mutating func optionalText() throws(VerifierError) -> String? {
    switch try next() {
    case .text(let text): text
    case .null: nil
    case .integer, .bytes: throw .corruptRecord(subject)
    }
  }

  mutating func optionalInteger() throws(VerifierError) -> Int64? {
    switch try next() {
    case .integer(let integer): integer
    case .null: nil
    case .text, .bytes: throw .corruptRecord(subject)
    }
  }

  mutating func optionalInteger(in range: ClosedRange<Int64>) throws(VerifierError) -> Int64? {
    guard let integer = try optionalInteger() else { return nil }
    guard range.contains(integer) else { throw .corruptRecord(subject) }
    return integer
  }

  mutating func optionalBytes() throws(VerifierError) -> [UInt8]? {
    switch try next() {
    case .bytes(let bytes): bytes
    case .null: nil
    case .text, .integer: throw .corruptRecord(subject)
    }
  }

  mutating func text() throws(VerifierError) -> String { try present(try optionalText()) }
  mutating func bytes() throws(VerifierError) -> [UInt8] { try present(try optionalBytes()) }

  mutating func integer(in range: ClosedRange<Int64> = Int64.min...Int64.max) throws(VerifierError) -> Int64 {
    let integer = try present(try optionalInteger())
    guard range.contains(integer) else { throw .corruptRecord(subject) }
    return integer
  }

  mutating func optionalTime() throws(VerifierError) -> UnixTime? {
    guard let seconds = try optionalInteger() else { return nil }
    do throws(OATHError) { return try UnixTime(seconds: seconds) } catch { throw .corruptRecord(subject) }
  }

  mutating func time() throws(VerifierError) -> UnixTime { try present(try optionalTime()) }

  /// A name that was stored is a name that was checked: any other was written by something else.
  mutating func userName() throws(VerifierError) -> UserName {
    let text = try text()
    do throws(VerifierError) { return try UserName(text) } catch { throw .corruptRecord(subject) }
  }

  mutating func choice<T: RawRepresentable<String>>(_ type: T.Type) throws(VerifierError) -> T {
    try present(T(rawValue: try text()))
  }

  private func present<T>(_ value: T?) throws(VerifierError) -> T {
    guard let value else { throw .corruptRecord(subject) }
    return value
  }
}
