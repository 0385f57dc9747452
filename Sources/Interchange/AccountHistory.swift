public import OpenSSLCrypto

/// What a verifier had learned of an account by the time its file was written.
public struct AccountHistory: Sendable {
  /// The highest step that was accepted. What moves on by a counter has that in its factor: it is the next one's.
  public var lastStep: Int64?
  /// Steps that the device was found to be ahead.
  public var drift: Int64
  /// Codes of eight digits that stand in for the device, one after the other.
  public var scratchCodes: SharedSecret?
  /// Whether the file says nothing of a user, and the account is called after the device.
  public var isOfNobody = false

  /// Nothing, unless told otherwise.
  public init(lastStep: Int64? = nil, drift: Int64 = 0, scratchCodes: SharedSecret? = nil) {
    self.lastStep = lastStep
    self.drift = drift
    self.scratchCodes = scratchCodes
  }
}
