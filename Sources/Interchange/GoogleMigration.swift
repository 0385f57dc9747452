internal import OATH
internal import OpenSSLCrypto

/// Google Authenticator's export: `otpauth-migration://offline?data=` and a protobuf message in base64. The message is
/// read here, field by field, so that secrets stay in memory that is wiped.
enum GoogleMigration {
  static let prefix = "otpauth-migration://offline?data="

  static func recognises(_ uri: Span<UInt8>) -> Bool { uri.begins(withScheme: "otpauth-migration://") }

  /// Reads one batch of an export into the report.
  static func readBatch(_ uri: Span<UInt8>, line: String, into report: inout ImportReport) {
    do {
      let message = try payload(of: uri)
      let batch = try message.withBytes { try read($0, line: line, into: &report) }
      report.batches.append(batch)
    } catch { report.refuse(line, "\(error)") }
  }

  private static func payload(of uri: Span<UInt8>) throws -> SecretBytes {
    guard let data = uri.indices.first(where: { uri.extracting($0...).begins(withScheme: "data=") }) else {
      throw EntryError("it has no data")
    }
    // Never form-decoded: a plus is a plus; and a space was one before somebody did.
    return try Base64.decode(percentEncoded: uri.extracting((data + "data=".utf8.count)...))
  }

  private static func read(
    _ message: Span<UInt8>, line: String, into report: inout ImportReport
  ) throws -> ImportReport.Batch {
    var batch = ImportReport.Batch(), number = 0
    var reader = ProtobufReader(count: message.count)
    while let field = try reader.next(in: message) {
      switch (field.number, field.value) {
      case (1, .bytes(let range)):
        number += 1
        let entry = SecretBytes(copying: message.extracting(range))
        report.add("\(line), entry \(number)") { try entry.withBytes(account) }
      case (3, .varint(let value)): batch.size = Int64(bitPattern: value)
      case (4, .varint(let value)): batch.index = Int64(bitPattern: value)
      case (5, .varint(let value)): batch.id = Int64(bitPattern: value)
      default: break
      }
    }
    return batch
  }

  private static func account(_ message: Span<UInt8>) throws -> OTPAccount {
    var secret: Range<Int>?, name = "", issuer = "", algorithm: UInt64 = 0, digits: UInt64 = 0, type: UInt64 = 0
    var counter: UInt64 = 0
    var reader = ProtobufReader(count: message.count)
    while let field = try reader.next(in: message) {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): secret = range
      case (2, .bytes(let range)): name = try text(message.extracting(range))
      case (3, .bytes(let range)): issuer = try text(message.extracting(range))
      case (4, .varint(let value)): algorithm = value
      case (5, .varint(let value)): digits = value
      case (6, .varint(let value)): type = value
      case (7, .varint(let value)): counter = value
      default: break
      }
    }
    guard let secret else { throw EntryError("it has no secret") }
    return try OTPAccount(
      label: OTPAuthLabel(issuer: issuer, prefixedAccount: name),
      factor: factor(algorithm: algorithm, digits: digits, type: type, counter: counter),
      secret: SecretBytes(copying: message.extracting(secret)))
  }

  private static func factor(
    algorithm: UInt64, digits: UInt64, type: UInt64, counter: UInt64
  ) throws -> OTPAuthURI.Factor {
    let algorithms: [UInt64: HashAlgorithm] = [0: .sha1, 1: .sha1, 2: .sha256, 3: .sha512]
    guard let algorithm = algorithms[algorithm] else { throw EntryError("its algorithm is not SHA1, SHA256 or SHA512") }
    guard digits <= 2 else { throw EntryError("its digits are neither 6 nor 8") }
    let digits: Digits = digits == 2 ? .eight : .six
    switch type {
    case 1: return .hotp(algorithm: algorithm, digits: digits, counter: counter)
    case 0, 2: return .totp(try TOTPParameters(algorithm: algorithm, digits: digits))
    default: throw EntryError("its type is neither TOTP nor HOTP")
    }
  }

  private static func text(_ bytes: Span<UInt8>) throws -> String {
    guard let text = String(validating: bytes.array, as: UTF8.self) else {
      throw EntryError("its name is not UTF-8")
    }
    return text
  }
}

/// The wire format of protocol buffers, as far as it is met here.
struct ProtobufReader {
  enum Value { case varint(UInt64), bytes(Range<Int>), other }

  private var position = 0
  private let count: Int

  init(count: Int) { self.count = count }

  /// The next field, nil at the end.
  mutating func next(in message: Span<UInt8>) throws -> (number: UInt64, value: Value)? {
    guard position < count else { return nil }
    let key = try varint(in: message)
    switch key & 7 {
    case 0: return (key >> 3, .varint(try varint(in: message)))
    case 1: try skip(8)
    case 2:
      guard let length = Int(exactly: try varint(in: message)), length <= count - position else {
        throw EntryError("the message is cut off")
      }
      position += length
      return (key >> 3, .bytes(position - length..<position))
    case 5: try skip(4)
    default: throw EntryError("the message is broken")
    }
    return (key >> 3, .other)
  }

  private mutating func skip(_ length: Int) throws {
    guard length <= count - position else { throw EntryError("the message is cut off") }
    position += length
  }

  /// Up to ten bytes: a negative number of 32 bits is written as one of 64.
  private mutating func varint(in message: Span<UInt8>) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < count else { throw EntryError("the message is cut off") }
      let byte = message[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw EntryError("the message is broken")
  }
}
