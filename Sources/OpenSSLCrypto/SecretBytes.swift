internal import COpenSSL

/// Bytes that are wiped when their owner lets go of them: seeds, keys, passphrases.
///
/// It cannot be copied by accident (`~Copyable`), has no description, and so cannot be interpolated, printed, logged
/// or put into an array: each of these is a compile error. The bytes are read through ``withBytes(_:)`` only.
@safe
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // @unchecked Sendable: the buffer is owned by this one value, written only while it is being initialised or by a
  // mutating call, which needs exclusive access, and freed by its deinit; all other access is read-only.
  private let storage: UnsafeMutableBufferPointer<UInt8>

  /// Makes `count` zero bytes and lets `fill` write them; they are wiped if `fill` throws.
  public init<E: Error>(
    count: Int, initializingWith fill: (inout MutableSpan<UInt8>) throws(E) -> Void
  ) throws(E) {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    unsafe buffer.initialize(repeating: 0)
    do {
      var span = unsafe buffer.mutableSpan
      try fill(&span)
    } catch {
      unsafe Self.wipe(buffer)
      throw error
    }
    unsafe storage = buffer
  }

  /// Copies `bytes`; wiping the original stays with the caller.
  public init(copying bytes: Span<UInt8>) {
    self.init(count: bytes.count) { span in
      for index in bytes.indices { span[index] = bytes[index] }
    }
  }

  /// `count` bytes from the generator of libcrypto.
  /// - Throws: ``CryptoError/library(operation:reasons:)`` when the system's randomness cannot be had.
  public static func random(count: Int) throws(CryptoError) -> SecretBytes {
    try SecretBytes(count: count) { span throws(CryptoError) in
      try SecureRandom.fill(&span)
    }
  }

  deinit { unsafe Self.wipe(storage) }

  private static func wipe(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    unsafe buffer.deallocate()
  }

  /// Length in bytes.
  public var count: Int { unsafe storage.count }

  /// Reads the bytes; the span must not be copied out of `body` except into another secret.
  public borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(unsafe storage.span)
  }

  /// Overwrites one byte, for a buffer that is being filled by its one owner.
  mutating func write(_ byte: UInt8, at index: Int) { unsafe storage[index] = byte }

  /// The same with a run of bytes, which end within the buffer.
  mutating func write(_ bytes: Span<UInt8>, at start: Int) {
    precondition(start >= 0 && bytes.count <= count - start)
    for index in bytes.indices { unsafe storage[start + index] = bytes[index] }
  }

  /// A second owner of the same bytes, wiped on its own.
  public borrowing func copy() -> SecretBytes {
    withBytes { SecretBytes(copying: $0) }
  }

  /// The first `count` bytes as a secret of their own.
  public borrowing func prefix(_ count: Int) -> SecretBytes {
    withBytes { SecretBytes(copying: $0.extracting(first: count)) }
  }
}

extension Span<UInt8> {
  /// The bytes as text. Of a secret only for the one line that hands it out: a string is not wiped.
  package var text: String { String(decoding: array, as: UTF8.self) }

  /// The bytes, for what takes no span. Of a secret only for as long as that needs them: an array is not wiped.
  package var array: [UInt8] { indices.map { self[$0] } }
}
