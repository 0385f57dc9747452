/// A secret that several hold; wiped when the last of them lets go.
public final class SharedSecret: Sendable {
  /// The secret.
  public let bytes: SecretBytes

  /// Takes over a secret.
  public init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
