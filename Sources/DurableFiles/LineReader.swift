public import OpenSSLCrypto

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Reads a file of secrets line by line, however long it is, in memory that is wiped.
public struct LineReader: ~Copyable {
  private let file: Descriptor
  private var chunk = SecretBytes(count: 0) { _ in }
  private var place = 0, filled = 0
  /// Who owns the file, by user id.
  public let owner: UInt32
  /// Whether others may read it: what it holds was theirs to see.
  public let isReadableByOthers: Bool
  /// The most bytes that a line may have.
  private static let limit = 4 << 20

  /// Opens a regular file, and no link.
  /// - Throws: ``FileError/unsafe(path:reason:)`` where others may write to it.
  public init(_ path: String) throws(FileError) {
    let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    let status = try file.status()
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable(path: path, reason: "it is no regular file") }
    try file.refuseWritable(status)
    self.init(file: file, owner: status.st_uid, isReadableByOthers: status.st_mode & 0o044 != 0)
  }

  private init(file: consuming Descriptor, owner: UInt32, isReadableByOthers: Bool) {
    self.file = file
    self.owner = owner
    self.isReadableByOthers = isReadableByOthers
  }

  /// The name of the user who owns the file; nil for a user id without one.
  public var ownerName: String? {
    guard let entry = unsafe getpwuid(owner) else { return nil }
    return unsafe String(cString: entry.pointee.pw_name)
  }

  /// Whether this user, or root, owns the file.
  public var isOwn: Bool { owner == geteuid() || owner == 0 }

  /// The next line, without its end (LF or CRLF); nil at the end of the file.
  public mutating func next() throws(FileError) -> SecretBytes? {
    var line = SecretBuffer(), count = 0
    while true {
      if place == filled, !(try fill()) { return count == 0 ? nil : Self.withoutReturn(line.finish()) }
      let start = place
      let end = chunk.withBytes { bytes in
        (start..<filled).first { bytes[$0] == UInt8(ascii: "\n") }
      }
      chunk.withBytes { line.append($0.extracting(start..<(end ?? filled))) }
      count += (end ?? filled) - start
      guard count <= Self.limit else {
        throw .unusable(path: file.path, reason: "a line is longer than \(Self.limit) bytes")
      }
      place = end.map { $0 + 1 } ?? filled
      if end != nil { return Self.withoutReturn(line.finish()) }
    }
  }

  /// Everything that was not read yet, up to a limit.
  public mutating func rest(limit: Int) throws(FileError) -> SecretBytes {
    var content = SecretBuffer(), count = 0
    while true {
      if place == filled, !(try fill()) { return content.finish() }
      let start = place
      chunk.withBytes { content.append($0.extracting(start..<filled)) }
      count += filled - start
      guard count <= limit else { throw .unusable(path: file.path, reason: "it is longer than \(limit) bytes") }
      place = filled
    }
  }

  /// The first bytes of what was not read yet, to tell formats apart.
  public mutating func peek(_ count: Int) throws(FileError) -> SecretBytes {
    if place == filled { _ = try fill() }
    let start = place, end = min(filled, place + count)
    return chunk.withBytes { SecretBytes(copying: $0.extracting(start..<end)) }
  }

  /// Passes over these bytes, if they come next; few ones, and before anything was read.
  public mutating func skip(_ prefix: [UInt8]) throws(FileError) {
    let start = try peek(prefix.count)
    let isThere = start.withBytes { bytes in
      bytes.count == prefix.count && prefix.indices.allSatisfy { bytes[$0] == prefix[$0] }
    }
    if isThere { place += prefix.count }
  }

  private mutating func fill() throws(FileError) -> Bool {
    var read = 0
    chunk = try SecretBytes(count: 65_536) { (bytes) throws(FileError) in read = try file.readSome(into: &bytes) }
    (place, filled) = (0, read)
    return read > 0
  }

  private static func withoutReturn(_ line: consuming SecretBytes) -> SecretBytes {
    let ends = line.withBytes { $0.count > 0 && $0[$0.count - 1] == UInt8(ascii: "\r") }
    return ends ? line.prefix(line.count - 1) : line
  }
}
