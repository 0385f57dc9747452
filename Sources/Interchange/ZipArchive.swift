internal import CZlib
internal import OATH
internal import OpenSSLCrypto

/// A zip archive (PKWARE's APPNOTE), as far as exports need one: its members are stored or deflated, and nothing is encrypted.
struct ZipArchive {
  /// A file in the archive.
  struct Member {
    var name: String
    var isEncrypted: Bool
    fileprivate var method: Int
    fileprivate var checksum: UInt
    /// Length in bytes, once inflated.
    fileprivate var count: Int
    /// The range of its bytes in the archive.
    fileprivate var range: Range<Int>
  }

  /// The most bytes that a member may have.
  private static let limit = 256 << 20
  private static let endByteCount = 22, headerByteCount = 46, localByteCount = 30
  private static let longestComment = 0xFFFF

  /// The files, without folders.
  let members: [Member]

  /// Whether a file claims to be an archive.
  static func recognises(_ file: Span<UInt8>) -> Bool { file.count >= 4 && file.number(at: 0, 4) == 0x0403_4B50 }

  /// Reads the directory at the end; nil where it is broken, or of a kind that is not read.
  init?(_ file: Span<UInt8>) {
    guard let end = Self.endOfDirectory(in: file) else { return nil }
    var members: [Member] = [], next = file.number(at: end + 16, 4)
    for _ in 0..<file.number(at: end + 10, 2) {
      guard let (member, following) = Self.member(at: next, in: file) else { return nil }
      if !member.name.hasSuffix("/") { members.append(member) }
      next = following
    }
    self.members = members
  }

  private static func endOfDirectory(in file: Span<UInt8>) -> Int? {
    guard file.count >= endByteCount else { return nil }
    let last = file.count - endByteCount
    return (max(0, last - longestComment)...last).last { file.number(at: $0, 4) == 0x0605_4B50 }
  }

  private static func member(at start: Int, in file: Span<UInt8>) -> (Member, next: Int)? {
    guard start + headerByteCount <= file.count, file.number(at: start, 4) == 0x0201_4B50 else { return nil }
    let name = start + headerByteCount, nameEnd = name + file.number(at: start + 28, 2)
    let local = file.number(at: start + 42, 4), count = file.number(at: start + 20, 4)
    guard nameEnd <= file.count, local + localByteCount <= file.count, file.number(at: local, 4) == 0x0403_4B50 else {
      return nil
    }
    let data = local + localByteCount + file.number(at: local + 26, 2) + file.number(at: local + 28, 2)
    guard data + count <= file.count else { return nil }
    let member = Member(
      name: file.string(in: name..<nameEnd), isEncrypted: file.number(at: start + 8, 2) & 1 != 0,
      method: file.number(at: start + 10, 2), checksum: UInt(file.number(at: start + 16, 4)),
      count: file.number(at: start + 24, 4), range: data..<data + count)
    return (member, nameEnd + file.number(at: start + 30, 2) + file.number(at: start + 32, 2))
  }

  /// The content of a member; nil where it is damaged, too long, or packed in another way.
  static func content(of member: Member, in file: Span<UInt8>) -> SecretBytes? {
    guard !member.isEncrypted, member.count <= limit else { return nil }
    let packed = file.extracting(member.range)
    let content: SecretBytes
    switch member.method {
    case 0: content = SecretBytes(copying: packed)
    case 8:
      guard let inflated = inflated(packed, count: member.count) else { return nil }
      content = inflated
    default: return nil
    }
    let checksum = content.withBytes { bytes in
      unsafe bytes.withUnsafeBufferPointer { unsafe crc32(0, $0.baseAddress, UInt32($0.count)) }
    }
    guard checksum == member.checksum, content.count == member.count else { return nil }
    return content
  }

  /// Inflates in one step, so that zlib keeps no copy of its own.
  private static func inflated(_ packed: Span<UInt8>, count: Int) -> SecretBytes? {
    var isWhole = false
    let content = SecretBytes(count: count) { output in
      unsafe packed.withUnsafeBufferPointer { input in
        unsafe output.withUnsafeMutableBufferPointer { output in
          var stream = unsafe z_stream()
          unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
          unsafe stream.avail_in = UInt32(input.count)
          unsafe stream.next_out = output.baseAddress
          unsafe stream.avail_out = UInt32(output.count)
          let size = unsafe Int32(MemoryLayout<z_stream>.size)
          guard unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, size) == Z_OK else { return }
          unsafe isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
          unsafe inflateEnd(&stream)
        }
      }
    }
    guard isWhole else { return nil }
    return content
  }
}

extension Span<UInt8> {
  /// A number of so many bytes, the lowest first.
  fileprivate func number(at index: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(self[index + $1]) << (8 * $1) }
  }
}
