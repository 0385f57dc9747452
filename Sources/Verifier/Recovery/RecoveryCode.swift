public import OATH
internal import OpenSSLCrypto

/// A code for the day on which the device is gone: 80 random bits as 16 base32 digits, or eight digits where it came with a
/// device from another program (a scratch code). Kept as a digest only, and good once.
public struct RecoveryCode: ~Copyable, Sendable {
  /// How many a user is given at a time.
  public static let count = 10

  /// What a code is made of.
  package enum Kind: UInt8, Sendable {
    /// 16 digits of base32.
    case base32 = 0
    /// Eight decimal digits, of another program's making.
    case scratch = 1
  }

  /// The digits in upper case, without what groups them.
  let text: SecretBytes
  let kind: Kind

  private init(text: consuming SecretBytes, kind: Kind) {
    self.text = text
    self.kind = kind
  }

  /// A new one.
  static func random() throws(VerifierError) -> RecoveryCode {
    do throws(CryptoError) {
      let bits = try SecretBytes.random(count: 10)
      return RecoveryCode(text: bits.withBytes { Base32.encode($0, padded: false) }, kind: .base32)
    } catch { throw .crypto(error) }
  }

  /// Reads what a person typed: case, dashes, white space and the spaces of Unicode are forgiven.
  /// - Throws: `OATHError.malformedCode`; the text is not repeated.
  public init(parsing text: Span<UInt8>) throws(OATHError) {
    var digits = SecretBuffer(), count = 0, areDecimal = true, index = 0
    while index < text.count {
      let byte = text[index], space = text.lengthOfSpace(at: index)
      index += max(space, 1)
      if byte == UInt8(ascii: "-") || byte.isASCIIWhiteSpace || space > 0 { continue }
      guard let upper = byte.base32Digit ?? (byte.isASCIIDigit ? byte : nil) else { throw Self.malformed }
      areDecimal = areDecimal && byte.isASCIIDigit
      digits.append(upper)
      count += 1
    }
    let read = digits.finish()
    switch count {
    case 16:
      let isBase32 = read.withBytes { span in span.indices.allSatisfy { span[$0].base32Digit != nil } }
      guard isBase32 else { throw Self.malformed }
      self.init(text: read, kind: .base32)
    case 8 where areDecimal: self.init(text: read, kind: .scratch)
    default: throw Self.malformed
    }
  }

  /// Reads a code in the verifier's own terms.
  init(scratch text: Span<UInt8>) throws(VerifierError) {
    do throws(OATHError) { try self.init(parsing: text) } catch { throw .oath(error) }
  }

  /// Whether what was typed is one. Eight digits are a code of a device, or a scratch code: that is for the verifier to say.
  package static func isTyped(_ text: Span<UInt8>) -> Bool {
    let holdsLetters = text.indices.contains { (0x41..<0x80).contains(text[$0]) }
    return holdsLetters && (try? RecoveryCode(parsing: text)) != nil
  }

  private static let malformed = OATHError.malformedCode(
    "a recovery code is four groups of four letters and digits (A to Z, 2 to 7)")

  /// The code as it is shown: `ABCD-EFGH-IJKL-MNOP`, or eight digits.
  public var shown: String {
    let characters = text.withBytes { $0.array }
    guard kind == .base32 else { return String(decoding: characters, as: UTF8.self) }
    return stride(from: 0, to: characters.count, by: 4).map {
      String(decoding: characters[$0..<min($0 + 4, characters.count)], as: UTF8.self)
    }.joined(separator: "-")
  }

  /// Binds the code to its user: the digest of one user's code is nothing in another one's row.
  func digest(for user: UserName, under key: IntegrityKey) throws(VerifierError) -> [UInt8] {
    var message = SecretBuffer()
    message.append(Array("\(user.text)\n".utf8).span)
    text.withBytes { message.append($0) }
    let bytes = message.finish()
    return try bytes.withBytes { (bytes) throws(VerifierError) in try key.codeTag(bytes) }
  }
}

extension UInt8 {
  /// In upper case; nil for what is no digit of base32.
  fileprivate var base32Digit: UInt8? {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self - 32
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "2")...UInt8(ascii: "7"): self
    default: nil
    }
  }
}
