/// Bytes that grow, and are wiped wherever they have been.
public struct SecretBuffer: ~Copyable {
  private var storage: SecretBytes
  private var count = 0

  /// An empty one.
  public init() { storage = SecretBytes(count: 256) { _ in } }

  /// Adds one byte.
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    storage.write(byte, at: count)
    count += 1
  }

  /// Adds a run of bytes.
  public mutating func append(_ bytes: Span<UInt8>) {
    reserve(bytes.count)
    storage.write(bytes, at: count)
    count += bytes.count
  }

  /// What was added, and nothing else.
  public consuming func finish() -> SecretBytes { storage.prefix(count) }

  private mutating func reserve(_ more: Int) {
    guard count + more > storage.count else { return }
    let old = count
    let grown = storage.withBytes { bytes in
      SecretBytes(count: max(2 * bytes.count, old + more)) { span in
        for index in 0..<old { span[index] = bytes[index] }
      }
    }
    storage = grown
  }
}
