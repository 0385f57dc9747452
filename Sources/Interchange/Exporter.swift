internal import Foundation
internal import JSONText
internal import OATH
public import OpenSSLCrypto

/// The formats of other programs that are written here.
public enum ExportFormat: Sendable {
  case otpauth, google, twoFAS
}

/// What was written, and what the format could not carry.
public struct ExportReport: Sendable {
  /// One piece of it; wiped when its last holder lets go.
  public final class Part: Sendable {
    /// Text.
    public let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  /// Lines, or the one text there is.
  public internal(set) var parts: [Part] = []
  /// Accounts that were left out.
  public internal(set) var left: [ImportReport.Remark] = []

  /// All of it, each part ended by a newline.
  public func text() -> SecretBytes {
    var text = SecretBuffer()
    for part in parts {
      part.bytes.withBytes { text.append($0) }
      text.append(UInt8(ascii: "\n"))
    }
    return text.finish()
  }
}

/// Writes accounts for other programs.
public enum Exporter {
  /// Writes what the format can carry, and names the rest.
  /// - Parameters:
  ///   - passphrase: what 2FAS's backup is sealed under; nil for one in the clear. The other formats know of none.
  ///   - partLimit: the most bytes that a part may have, such as what a QR code holds.
  public static func write(
    _ accounts: [OTPAccount], as format: ExportFormat, sealedUnder passphrase: SharedSecret? = nil,
    partLimit: Int = .max
  ) throws -> ExportReport {
    var report = ExportReport()
    let tooLong = "with its name and secret it is longer than the \(partLimit) bytes that a QR code holds"
    switch format {
    case .otpauth:
      for account in accounts {
        let uri = try account.uri().text()
        if uri.count <= partLimit {
          report.parts.append(.init(uri))
        } else {
          report.left.append(.init(entry: account.label.title, reason: tooLong))
        }
      }
    case .google:
      let carried = accounts.filter { account in
        let obstacle = GoogleMigration.obstacle(account)
        guard let reason = obstacle ?? (GoogleMigration.fits([account], partLimit) ? nil : tooLong) else { return true }
        report.left.append(.init(entry: account.label.title, reason: reason))
        return false
      }
      report.parts = try GoogleMigration.write(carried, partLimit: partLimit)
    case .twoFAS: report.parts = [.init(try TwoFAS.write(accounts, sealedUnder: passphrase))]
    }
    return report
  }
}

extension GoogleMigration {
  /// The app's own exports have ten accounts in a QR code.
  private static let batchSize = 10

  /// Why the format cannot carry an account; never silently coerced.
  static func obstacle(_ account: OTPAccount) -> String? {
    switch account.factor {
    case .steam: return "the format has no Steam codes"
    case .totp(let parameters) where parameters.period != 30: return "the format has no period but 30 s"
    case .hotp(_, _, let counter) where counter > UInt64(Int64.max): return "its counter is too large for the format"
    default: break
    }
    return account.factor.digits == .seven ? "the format has no codes of 7 digits" : nil
  }

  static func write(_ accounts: [OTPAccount], partLimit: Int) throws -> [ExportReport.Part] {
    var batches: [[OTPAccount]] = []
    for account in accounts {
      if let last = batches.last, last.count < batchSize, fits(last + [account], partLimit) {
        batches[batches.count - 1].append(account)
      } else {
        batches.append([account])
      }
    }
    let id = try SecureRandom.number(below: 1 << 31)
    return batches.enumerated().map { index, batch in
      ExportReport.Part(uri(of: batch, index: UInt64(index), count: UInt64(batches.count), id: id))
    }
  }

  /// Whether these go into one batch of an export, of however many.
  static func fits(_ accounts: [OTPAccount], _ limit: Int) -> Bool {
    limit == .max || uri(of: accounts, index: 1 << 31, count: 1 << 31, id: 1 << 31).count <= limit
  }

  private static func uri(of batch: [OTPAccount], index: UInt64, count: UInt64, id: UInt64) -> SecretBytes {
    var message = ProtobufWriter()
    for account in batch { message.bytes(1, entry(account)) }
    message.varint(2, 1)
    message.varint(3, count)
    message.varint(4, index)
    message.varint(5, id)
    return uri(message.finish())
  }

  private static func entry(_ account: OTPAccount) -> SecretBytes {
    var message = ProtobufWriter()
    account.secret.withBytes { message.bytes(1, $0) }
    message.bytes(2, Array(account.label.account.utf8).span)
    if let issuer = account.label.issuer { message.bytes(3, Array(issuer.utf8).span) }
    message.varint(4, account.factor.algorithm == .sha1 ? 1 : account.factor.algorithm == .sha256 ? 2 : 3)
    message.varint(5, account.factor.digits == .eight ? 2 : 1)
    if case .hotp(_, _, let counter) = account.factor {
      message.varint(6, 1)
      message.varint(7, counter)
    } else {
      message.varint(6, 2)
    }
    return message.finish()
  }

  private static func uri(_ message: borrowing SecretBytes) -> SecretBytes {
    var text = SecretBuffer()
    text.append(Array(prefix.utf8).span)
    let encoded = message.withBytes { Base64.encode($0) }
    encoded.withBytes { bytes in
      for index in bytes.indices {
        switch bytes[index] {
        case UInt8(ascii: "+"): text.append(Array("%2B".utf8).span)
        case UInt8(ascii: "/"): text.append(Array("%2F".utf8).span)
        case UInt8(ascii: "="): text.append(Array("%3D".utf8).span)
        case let byte: text.append(byte)
        }
      }
    }
    return text.finish()
  }
}

/// Writes the wire format of protocol buffers.
struct ProtobufWriter: ~Copyable {
  private var buffer = SecretBuffer()

  mutating func varint(_ number: UInt64, _ value: UInt64) {
    raw(number << 3)
    raw(value)
  }

  mutating func bytes(_ number: UInt64, _ value: Span<UInt8>) {
    raw(number << 3 | 2)
    raw(UInt64(value.count))
    buffer.append(value)
  }

  mutating func bytes(_ number: UInt64, _ value: borrowing SecretBytes) { value.withBytes { bytes(number, $0) } }

  consuming func finish() -> SecretBytes { buffer.finish() }

  private mutating func raw(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(rest))
  }
}

extension TwoFAS {
  /// What a sealed backup holds under the same passphrase, by which the app knows the right one (its `BackupContent`).
  private static let reference = """
    tRViSsLKzd86Hprh4ceC2OP7xazn4rrt4xhfEUbOjxLX8Rc3mkISXE0lWbmnWfggogbBJhtYgpK6fMl1D6mtsy92R3HkdGfwuXbzLebqVFJsR7IZ2w58t938\
    iymwG4824igYy1wi6n2WDpO1Q1P69zwJGs2F5a1qP4MyIiDSD7NCV2OvidXQCBnDlGfmz0f1BQySRkkt4ryiJeCjD2o4QsveJ9uDBUn8ELyOrESv5R5DMDkD\
    4iAF8TXU7KyoJujd
    """

  /// A backup of schema 4.
  static func write(_ accounts: [OTPAccount], sealedUnder passphrase: SharedSecret?) throws -> SecretBytes {
    let sealed = try passphrase.map { try seal(services(accounts), Array(reference.utf8), under: $0.bytes) }
    var writer = JSONWriter()
    let names = ["services", "groups", "updatedAt", "schemaVersion", "appOrigin"]
    writer.object(names + (sealed == nil ? [] : ["servicesEncrypted", "reference"])) { writer, name in
      switch name {
      case "services": if sealed == nil { services(accounts, to: &writer) } else { writer.raw("[]") }
      case "groups": writer.raw("[]")
      case "schemaVersion": writer.raw("4")
      case "appOrigin": writer.string("vmfa")
      case "servicesEncrypted": writer.string(sealed?.services ?? "")
      case "reference": writer.string(sealed?.reference ?? "")
      default: writer.raw("0")
      }
    }
    return writer.finish()
  }

  private static func services(_ accounts: [OTPAccount]) -> SecretBytes {
    var writer = JSONWriter()
    services(accounts, to: &writer)
    return writer.finish()
  }

  private static func services(_ accounts: [OTPAccount], to writer: inout JSONWriter) {
    writer.array(count: accounts.count) { writer, index in write(accounts[index], index, to: &writer) }
  }

  private static func write(_ account: OTPAccount, _ index: Int, to writer: inout JSONWriter) {
    writer.object(["name", "secret", "updatedAt", "otp", "order"]) { writer, name in
      switch name {
      case "name": writer.string(account.label.issuer ?? account.label.account)
      case "secret":
        let text = account.secret.withBytes { Base32.encode($0, padded: false) }
        text.withBytes { writer.string($0) }
      case "otp": writeOTP(account, to: &writer)
      case "order": writer.raw("{\"position\":\(index)}")
      default: writer.raw("0")
      }
    }
  }

  private static func writeOTP(_ account: OTPAccount, to writer: inout JSONWriter) {
    let moving = if case .hotp = account.factor { "counter" } else { "period" }
    writer.object(["account", "issuer", "digits", "algorithm", "tokenType", "source", moving]) { writer, name in
      switch name {
      case "account": writer.string(account.label.account)
      case "issuer": writer.string(account.label.issuer ?? "")
      case "digits": writer.raw(String(account.factor.digits?.rawValue ?? 5))
      case "algorithm": writer.string(account.factor.algorithm.rawValue)
      case "tokenType": writer.string(account.factor.typeName.uppercased())
      case "source": writer.string("Manual")
      case "counter": if case .hotp(_, _, let counter) = account.factor { writer.raw(String(counter)) }
      default: writer.raw(String(account.factor.period ?? 30))
      }
    }
  }
}
