internal import DurableFiles
internal import Interchange
internal import OATH
internal import OpenSSLCrypto

/// The text that devices are read from: a file, line by line, or what is in memory already.
struct DeviceText: ~Copyable {
  private var reader: LineReader?
  private var content: SharedSecret?
  /// The start of the next line of ``content``; past its end if there is none.
  private var place = 0

  /// Whether others may read the file.
  let isReadableByOthers: Bool
  /// Whether this user, or root, owns the file, or handed the text over.
  let isOwn: Bool
  /// The name of the user who owns the file; nil for one without a name, and for text.
  let ownerName: String?

  /// The most that is read of a file whose format is not made of lines, in bytes.
  static let wholeLimit = 256 << 20

  /// Opens a file. One in UTF-16 is read as a whole.
  init(_ path: String) throws {
    var reader = try LineReader(path)
    try reader.skip(SecretBytes.byteOrderMark)
    let isUTF16 = try reader.peek(2).withBytes { $0.array == [0xFF, 0xFE] || $0.array == [0xFE, 0xFF] }
    if isUTF16 {
      content = SharedSecret(try Self.decoded(reader.rest(limit: Self.wholeLimit)))
    }
    (isOwn, isReadableByOthers, ownerName) = (reader.isOwn, reader.isReadableByOthers, reader.ownerName)
    self.reader = consume reader
  }

  /// Takes text that was read already.
  init(content: borrowing SecretBytes) throws {
    (isOwn, isReadableByOthers, ownerName) = (true, false, nil)
    self.content = SharedSecret(try Self.decoded(content))
  }

  private static func decoded(_ text: borrowing SecretBytes) throws -> SecretBytes {
    do { return try text.withBytes { (text) throws(OATHError) in try TextDecoding.utf8(text) } } catch {
      throw ImportError.broken("\(error)")
    }
  }

  /// The first bytes of what was not read yet.
  mutating func peek(_ count: Int) throws -> SecretBytes {
    guard let content else { return try reader?.peek(count) ?? SecretBytes(count: 0) { _ in } }
    let start = min(place, content.bytes.count)
    return content.bytes.withBytes { SecretBytes(copying: $0.extracting(start..<min(start + count, $0.count))) }
  }

  /// Everything that was not read yet.
  mutating func rest() throws -> SecretBytes {
    guard let content else { return try reader?.rest(limit: Self.wholeLimit) ?? SecretBytes(count: 0) { _ in } }
    let start = min(place, content.bytes.count)
    place = content.bytes.count
    return content.bytes.withBytes { SecretBytes(copying: $0.extracting(start...)) }
  }

  /// The next line, without its end (LF or CRLF); nil at the end.
  mutating func next() throws -> SecretBytes? {
    guard let content else { return try reader?.next() }
    let start = place, count = content.bytes.count
    guard start < count else { return nil }
    return content.bytes.withBytes { text in
      let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? count
      place = end + 1
      let hasReturn = end > start && text[end - 1] == UInt8(ascii: "\r")
      return SecretBytes(copying: text.extracting(start..<(hasReturn ? end - 1 : end)))
    }
  }
}
