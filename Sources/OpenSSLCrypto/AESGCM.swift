internal import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): 32-byte keys, 12-byte nonces, 16-byte tags.
public enum AESGCM {
  /// Lengths in bytes.
  public static let keyByteCount = 32, nonceByteCount = 12, tagByteCount = 16

  /// What a seal leaves: none of it is secret.
  public struct SealedBox: Sendable, Equatable {
    /// 12 bytes, used once under a key.
    public let nonce: [UInt8]
    /// As long as the plaintext.
    public let ciphertext: [UInt8]
    /// 16 bytes.
    public let tag: [UInt8]

    /// Puts a box together from its stored parts; lengths are checked when it is opened.
    public init(nonce: [UInt8], ciphertext: [UInt8], tag: [UInt8]) {
      self.nonce = nonce
      self.ciphertext = ciphertext
      self.tag = tag
    }

    /// Nonce, ciphertext and tag in one run of bytes.
    public var combined: [UInt8] { nonce + ciphertext + tag }

    /// Takes such a run apart; nil for one that is too short to be one.
    public init?(combined bytes: [UInt8]) {
      guard bytes.count >= nonceByteCount + tagByteCount else { return nil }
      self.init(
        nonce: Array(bytes.prefix(nonceByteCount)),
        ciphertext: Array(bytes.dropFirst(nonceByteCount).dropLast(tagByteCount)),
        tag: Array(bytes.suffix(tagByteCount)))
    }
  }

  /// Encrypts `plaintext` under a fresh random nonce and binds `associatedData` to it.
  public static func seal(
    _ plaintext: Span<UInt8>, key: borrowing SecretBytes, associatedData: Span<UInt8>
  ) throws(CryptoError) -> SealedBox {
    try seal(
      plaintext, key: key, nonce: SecureRandom.bytes(count: nonceByteCount), associatedData: associatedData)
  }

  /// As above with a given nonce, for test vectors: a nonce used twice under a key gives the key's secrets away.
  static func seal(
    _ plaintext: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], associatedData: Span<UInt8>
  ) throws(CryptoError) -> SealedBox {
    let context = try CipherContext(key: key, direction: .encrypt)
    try context.begin(nonce: nonce.span)
    try context.authenticate(associatedData)
    var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
    var output = ciphertext.mutableSpan
    try context.update(plaintext, into: &output)
    try context.finish()
    return SealedBox(nonce: nonce, ciphertext: ciphertext, tag: try context.tag())
  }

  /// The plaintext of `box`.
  /// - Throws: ``CryptoError/authenticationFailed`` when key, box and associated data do not belong together.
  public static func open(
    _ box: SealedBox, key: borrowing SecretBytes, associatedData: Span<UInt8>
  ) throws(CryptoError) -> SecretBytes {
    let opener = try Opener(key: key)
    return try opener.open(box, associatedData: associatedData)
  }

  /// Opens many boxes under one key, which is set once: setting it costs more than opening a box of a seed's size. One box
  /// after the other.
  public struct Opener: ~Copyable {
    private let context: CipherContext

    /// - Throws: ``CryptoError/invalidLength(what:count:)``.
    public init(key: borrowing SecretBytes) throws(CryptoError) {
      context = try CipherContext(key: key, direction: .decrypt)
    }

    /// As ``AESGCM/open(_:key:associatedData:)``.
    public func open(_ box: SealedBox, associatedData: Span<UInt8>) throws(CryptoError) -> SecretBytes {
      try open(nonce: box.nonce.span, box.ciphertext.span, tag: box.tag.span, associatedData)
    }

    /// The same for a box in one run of bytes, see ``SealedBox/combined``; what is too short to be one is not authentic.
    public func open(combined bytes: Span<UInt8>, associatedData: Span<UInt8>) throws(CryptoError) -> SecretBytes {
      guard bytes.count >= nonceByteCount + tagByteCount else { throw .authenticationFailed }
      let ciphertext = bytes.extracting(nonceByteCount..<bytes.count - tagByteCount)
      return try open(
        nonce: bytes.extracting(first: nonceByteCount), ciphertext, tag: bytes.extracting(last: tagByteCount),
        associatedData)
    }

    private func open(
      nonce: Span<UInt8>, _ ciphertext: Span<UInt8>, tag: Span<UInt8>, _ associatedData: Span<UInt8>
    ) throws(CryptoError) -> SecretBytes {
      try context.begin(nonce: nonce)
      try context.authenticate(associatedData)
      let plaintext = try SecretBytes(count: ciphertext.count) { output throws(CryptoError) in
        try context.update(ciphertext, into: &output)
      }
      try context.expect(tag: tag)
      do { try context.finish() } catch { throw .authenticationFailed }
      return plaintext
    }
  }
}

/// Encrypts or decrypts under one key; owns the EVP_CIPHER_CTX. Not private: other modules keep an `Opener` in a mutex, and with it
/// want to know what this is.
@safe
struct CipherContext: ~Copyable {
  enum Direction: Int32 { case decrypt = 0, encrypt = 1 }

  private let context: OpaquePointer

  init(key: borrowing SecretBytes, direction: Direction) throws(CryptoError) {
    guard key.count == AESGCM.keyByteCount else { throw .invalidLength(what: "an AES-256 key", count: key.count) }
    guard let cipher = unsafe FetchedCipher.aes256GCM?.pointer, let made = unsafe EVP_CIPHER_CTX_new() else {
      throw .drainingQueue(after: "making an AES-256-GCM context")
    }
    let started = key.withBytes { key in
      unsafe key.withUnsafeBufferPointer {
        unsafe EVP_CipherInit_ex2(made, cipher, $0.baseAddress, nil, direction.rawValue, nil)
      }
    }
    guard started == 1 else {
      unsafe EVP_CIPHER_CTX_free(made)
      throw .drainingQueue(after: "setting an AES-256-GCM key")
    }
    unsafe context = made
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// A message of its own begins.
  func begin(nonce: Span<UInt8>) throws(CryptoError) {
    guard nonce.count == AESGCM.nonceByteCount else { throw .invalidLength(what: "a nonce", count: nonce.count) }
    let done = unsafe nonce.withUnsafeBufferPointer {
      // -1: in the direction that was set with the key.
      unsafe EVP_CipherInit_ex2(context, nil, nil, $0.baseAddress, -1, nil)
    }
    guard done == 1 else { throw .drainingQueue(after: "setting a nonce") }
  }

  func authenticate(_ associatedData: Span<UInt8>) throws(CryptoError) {
    guard associatedData.count > 0 else { return }
    var written: Int32 = 0
    let done = unsafe associatedData.withUnsafeBufferPointer {
      unsafe EVP_CipherUpdate(context, nil, &written, $0.baseAddress, Int32($0.count))
    }
    guard done == 1 else { throw .drainingQueue(after: "authenticating associated data") }
  }

  func update(_ input: Span<UInt8>, into output: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard input.count > 0 else { return }
    guard input.count <= Int32.max else { throw .invalidLength(what: "a message", count: input.count) }
    var written: Int32 = 0
    let done = unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe EVP_CipherUpdate(context, output.baseAddress, &written, input.baseAddress, Int32(input.count))
      }
    }
    guard done == 1, Int(written) == input.count else { throw .drainingQueue(after: "running AES-256-GCM") }
  }

  func finish() throws(CryptoError) {
    // GCM is a stream mode: the last call writes nothing, but wants somewhere to write it.
    var block = [16 of UInt8](repeating: 0), written: Int32 = 0
    var nothing = block.mutableSpan
    let done = unsafe nothing.withUnsafeMutableBufferPointer {
      unsafe EVP_CipherFinal_ex(context, $0.baseAddress, &written)
    }
    guard done == 1 else { throw .drainingQueue(after: "finishing AES-256-GCM") }
  }

  func tag() throws(CryptoError) -> [UInt8] {
    var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
    guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1 else {
      throw .drainingQueue(after: "reading an AES-256-GCM tag")
    }
    return tag
  }

  func expect(tag: Span<UInt8>) throws(CryptoError) {
    guard tag.count == AESGCM.tagByteCount else { throw .invalidLength(what: "a tag", count: tag.count) }
    let done = unsafe tag.withUnsafeBufferPointer {
      // Only read; the parameter of a call for all purposes has no const.
      unsafe EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_SET_TAG, Int32($0.count), UnsafeMutablePointer(mutating: $0.baseAddress))
    }
    guard done == 1 else { throw .drainingQueue(after: "setting an AES-256-GCM tag") }
  }
}

/// The provider's AES-256-GCM, looked up once for the life of the program.
@safe
private struct FetchedCipher: @unchecked Sendable {
  // @unchecked Sendable: an EVP_CIPHER is immutable after the fetch and counted atomically by libcrypto, and this
  // reference to it is never given back.
  let pointer: OpaquePointer

  static let aes256GCM: FetchedCipher? = {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { return nil }
    return unsafe FetchedCipher(pointer: cipher)
  }()
}
