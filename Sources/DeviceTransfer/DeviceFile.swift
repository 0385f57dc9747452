internal import DurableFiles
public import Interchange
internal import OATH
public import OpenSSLCrypto
public import Verifier

/// Reads devices from a file, one after the other: a sealed export, JSON lines, pam_oath's `users.oath`,
/// pam_google_authenticator's state file, PSKC (RFC 6030), tables of tokens, Authelia's and Keycloak's exports, and what
/// authenticators export. The file may be longer than memory where its format is made of lines.
public struct DeviceFile: ~Copyable {
  /// What comes next.
  public enum Entry: Sendable {
    /// A device, with the words by which a person finds it again.
    case device(ForeignDevice, entry: String)
    /// Something that is no device, or a part of one that is not taken over.
    case skipped(ImportReport.Remark)
    /// Something that should be a device and cannot be read.
    case refused(ImportReport.Remark)
  }

  private enum Format { case archive, jsonLines, oathUsers, whole }

  private let path: String
  private var reader: DeviceText
  private let format: Format
  private let passphrase: ImportPassphrase
  private let user: UserName?
  private var lineNumber = 0
  private var pending: [Entry] = []
  private var archive: (key: SharedSecret, place: Int, isAtEnd: Bool)?

  /// Opens a file.
  /// - Parameters:
  ///   - path: where it is.
  ///   - user: whose devices they are, where the file does not say.
  ///   - passphrase: asked for once the file turns out to need it.
  /// - Throws: `FileError`: links, files that others may write to, and files of somebody else are refused.
  public init(_ path: String, user: UserName? = nil, passphrase: ImportPassphrase) throws {
    try self.init(path: path, text: DeviceText(path), user: user, passphrase: passphrase)
  }

  /// Takes what was read already, from a pipe or from standard input.
  /// - Parameters:
  ///   - content: all of it.
  ///   - name: what messages call it.
  ///   - user: whose devices they are, where it does not say.
  ///   - passphrase: asked for once it turns out to be needed.
  /// - Throws: ``ImportError`` for text that cannot be decoded, and for none.
  public init(
    content: borrowing SecretBytes, name: String, user: UserName? = nil, passphrase: ImportPassphrase
  ) throws {
    try self.init(path: name, text: DeviceText(content: content), user: user, passphrase: passphrase)
  }

  private init(path: String, text: consuming DeviceText, user: UserName?, passphrase: ImportPassphrase) throws {
    var text = text
    let format = try text.peek(4096).withBytes { try Self.format($0) }
    // A state file is its owner's; whatever names users itself could name anybody.
    guard text.isOwn || format == .whole else { throw Self.foreign(path) }
    self.init(path: path, reader: text, format: format, user: user, passphrase: passphrase)
  }

  private init(
    path: String, reader: consuming DeviceText, format: Format, user: UserName?, passphrase: ImportPassphrase
  ) {
    self.path = path
    self.reader = reader
    self.format = format
    self.user = user
    self.passphrase = passphrase
  }

  /// Whether others may read the file: its seeds were theirs to see.
  public var isReadableByOthers: Bool { reader.isReadableByOthers }

  private static func format(_ start: Span<UInt8>) throws -> Format {
    let words = start.wordRanges
    guard let first = words.first else { throw ImportError.unrecognised }
    let text = start.extracting(first.lowerBound..<start.count)
    if text.begins(with: "{\"vmfa\":\"device export\"") { return .archive }
    let lines = text.lineRanges
    // Another program's JSON is one value, of one line or of many.
    let isDevice = lines.contains { DeviceLine.recognises(text.extracting($0)) }
    if text.begins(with: "{") { return isDevice ? .jsonLines : .whole }
    if lines.contains(where: { text.extracting($0).begins(with: "HOTP") }) {
      return .oathUsers
    }
    return .whole
  }

  /// The next entry; nil at the end.
  /// - Throws: what makes the rest unreadable: `FileError`, `ImportError`.
  public mutating func next() throws -> Entry? {
    while pending.isEmpty {
      guard try readMore() else { return nil }
    }
    return pending.removeFirst()
  }

  /// Fills ``pending`` with what the next line, run or file holds.
  private mutating func readMore() throws -> Bool {
    switch format {
    case .archive: return try readRun()
    case .whole: return try readWhole()
    case .jsonLines, .oathUsers:
      guard let line = try reader.next() else { return false }
      for range in line.withBytes({ $0.lineRanges }) {
        lineNumber += 1
        let part = line.withBytes { SecretBytes(copying: $0.extracting(range)) }
        if format == .oathUsers { take(usersLine: part) } else { take(jsonLine: part) }
      }
      return true
    }
  }

  private mutating func take(usersLine line: borrowing SecretBytes) {
    var report = ImportReport()
    line.withBytes { report.add($0, number: lineNumber) }
    take(report, entry: "line \(lineNumber)")
  }

  private mutating func take(jsonLine line: consuming SecretBytes) {
    let entry = "line \(lineNumber)", isBlank = line.withBytes { $0.wordRanges.isEmpty }
    if isBlank { return }
    do { pending.append(.device(try DeviceLine.read(line, of: user), entry: entry)) } catch {
      pending.append(.refused(.init(entry: entry, reason: "\(error)")))
    }
  }

  /// Whose a state file is that says nothing of its user.
  private func owner() throws -> UserName {
    guard let name = reader.ownerName else {
      throw ImportError.unsupported("the file does not say whose it is: name the user")
    }
    return try UserName(name)
  }

  private static func foreign(_ path: String) -> FileError {
    .unsafe(path: path, reason: "it belongs to another user")
  }

  private mutating func take(_ report: ImportReport, entry: String?, user: UserName? = nil) {
    pending += report.refused.map { .refused($0) }
    for account in report.accounts {
      let title = account.label.title, name = entry ?? (title.isEmpty ? "the secret" : title)
      let saysUser = !account.history.isOfNobody && !account.label.account.isEmpty
      let owner = saysUser ? user : self.user ?? user
      do { pending.append(.device(try ForeignDevice(account, user: owner), entry: name)) } catch {
        pending.append(.refused(.init(entry: name, reason: "\(error)")))
      }
    }
    // What carries over here is no remark: scratch codes become recovery codes.
    let hasScratchCodes = report.accounts.contains { $0.history.scratchCodes != nil }
    if !hasScratchCodes { pending += report.skipped.map { .skipped($0) } }
  }

  private mutating func readWhole() throws -> Bool {
    guard lineNumber == 0 else { return false }
    lineNumber = 1
    let content = try reader.rest()
    let report = try Interchange.read(content, as: nil, name: "", passphrase: passphrase)
    let namesUsers = report.accounts.contains { !$0.label.account.isEmpty }
    guard reader.isOwn || !namesUsers else { throw Self.foreign(path) }
    try take(report, entry: nil, user: namesUsers ? nil : user ?? owner())
    return true
  }

  private mutating func readRun() throws -> Bool {
    guard let (key, place, isAtEnd) = archive else { return try readFirstRun() }
    guard let line = try reader.next() else {
      guard isAtEnd else { throw ImportError.broken("the archive is cut off after line \(place + 1)") }
      return false
    }
    take(try DeviceArchive.open(line, place: place, key: key.bytes), key, place: place)
    return true
  }

  private mutating func readFirstRun() throws -> Bool {
    guard let header = try reader.next() else { return false }
    guard let line = try reader.next() else { throw ImportError.broken("the archive is cut off after line 1") }
    let (key, first) = try DeviceArchive.open(header, first: line, passphrase.get())
    take(first, key, place: 0)
    return true
  }

  private mutating func take(_ run: DeviceArchive.Run, _ key: SharedSecret, place: Int) {
    archive = (key, place + 1, run.isLast)
    for range in run.lines.bytes.withBytes({ $0.lineRanges }) {
      lineNumber += 1
      take(jsonLine: run.lines.bytes.withBytes { SecretBytes(copying: $0.extracting(range)) })
    }
  }
}
