public import OATH
public import Verifier

/// The rotation of the keys that seeds, access keys, audit rows and recovery codes are sealed under.
///
/// One that is cut off is carried on by the next one.
public struct KeyRotation: Sendable {
  private let directory: DirectoryService

  /// - Parameter directory: whose keys are rotated.
  public init(_ directory: DirectoryService) { self.directory = directory }

  /// The outcome of a rotation.
  public struct Outcome: Sendable {
    /// The seeds that were sealed anew.
    public var seeds: RotationProgress
    /// Access keys that cannot be read; the old keys stay for them.
    public var unreadable: [Unreadable]
  }

  /// Makes new keys, and seals every seed and every access key under them.
  /// - Parameters:
  ///   - now: the time of the audit rows.
  ///   - show: called as seeds are sealed.
  /// - Throws: ``DirectoryError/verifier(_:)`` with `corruptRecord` for a seed that cannot be read, after all others were
  ///   sealed; and what prevents the rotation.
  public func run(
    at now: UnixTime, show: @Sendable (RotationProgress) -> Void = { _ in }
  ) async throws(DirectoryError) -> Outcome {
    let seeds: RotationProgress
    do throws(VerifierError) { seeds = try await directory.verifier.rotateKeys(at: now, progress: show) } catch {
      // A damaged seed keeps the old key in use. It does not keep access keys from the new one.
      if case .corruptRecord = error { _ = try? await directory.resealAccessKeys() }
      throw .verifier(error)
    }
    return Outcome(seeds: seeds, unreadable: try await directory.resealAccessKeys())
  }
}
