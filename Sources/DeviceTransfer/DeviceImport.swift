public import Interchange
public import OATH
internal import OpenSSLCrypto
public import Verifier

/// Brings devices from a file into a verifier, many at a time. Begun again after it was cut off, it adds what is missing:
/// a device that is there is a duplicate.
public struct DeviceImport: Sendable {
  /// How far it is.
  public struct Progress: Sendable, Equatable {
    /// Devices that are there now.
    public var added = 0
    /// Devices that were there before.
    public var duplicates = 0
    /// Entries that are no devices, and parts that are not taken over.
    public var skipped = 0
    /// Entries that were not taken.
    public var refused = 0

    /// All of them.
    public var total: Int { added + duplicates + skipped + refused }
  }

  /// What a caller is told of as it happens.
  public enum Event: Sendable {
    /// A device was added.
    case added(Device)
    /// A device was added whose seed is shorter than RFC 4226 allows, in bytes.
    case addedShort(Device, byteCount: Int)
    /// An entry was passed over.
    case skipped(ImportReport.Remark)
    /// An entry was not taken.
    case refused(ImportReport.Remark)
  }

  private let verifier: Verifier
  private let allowsShortSeeds: Bool
  private let rehearsal: ImportRehearsal?
  /// So many wait for the store at once: enough that they share its commits.
  private let concurrency: Int

  /// - Parameters:
  ///   - verifier: what takes them.
  ///   - allowingShortSeeds: takes seeds of fewer than 16 bytes too.
  ///   - isDryRun: reads everything, and changes nothing.
  ///   - concurrency: so many wait for the store at once.
  public init(into verifier: Verifier, allowingShortSeeds: Bool = false, isDryRun: Bool = false, concurrency: Int = 128)
  {
    self.verifier = verifier
    self.allowsShortSeeds = allowingShortSeeds
    rehearsal = isDryRun ? ImportRehearsal(for: verifier) : nil
    self.concurrency = concurrency
  }

  private enum Outcome: Sendable {
    case verdict(ImportVerdict, seedByteCount: Int)
    case forecast(ImportRehearsal.Forecast)
    case refused(ImportReport.Remark)
    case failed(VerifierError)

    static func refused(_ entry: String, _ error: VerifierError) -> Self {
      .refused(ImportReport.Remark(entry: entry, reason: "\(error)"))
    }
  }

  /// Imports every entry of a file.
  /// - Parameters:
  ///   - file: what is read.
  ///   - now: when the devices are made here.
  ///   - report: told of what happens, and how far it is then.
  /// - Throws: what makes the rest unreadable, and what prevents an answer; what was added until then stays.
  public func run(
    _ file: consuming DeviceFile, at now: UnixTime, report: (Event?, Progress) throws -> Void
  ) async throws -> Progress {
    var progress = Progress()
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var running = 0
      while let entry = try file.next() {
        switch entry {
        case .skipped(let remark):
          progress.skipped += 1
          try report(.skipped(remark), progress)
        case .refused(let remark):
          progress.refused += 1
          try report(.refused(remark), progress)
        case .device(let device, let entry):
          if running == concurrency, let outcome = try await group.next() {
            running -= 1
            try note(outcome, in: &progress, report)
          }
          group.addTask { await take(device, entry: entry, at: now) }
          running += 1
        }
      }
      for try await outcome in group { try note(outcome, in: &progress, report) }
    }
    return progress
  }

  private func take(_ device: ForeignDevice, entry: String, at now: UnixTime) async -> Outcome {
    do throws(VerifierError) {
      if let rehearsal {
        return .forecast(try await rehearsal.importDevice(device, allowingShortSeeds: allowsShortSeeds, at: now))
      }
      return .verdict(
        try await verifier.importDevice(device, allowingShortSeeds: allowsShortSeeds, at: now),
        seedByteCount: device.seed.bytes.count)
    } catch {
      switch error {
      case .seedLength, .serialTaken, .unusableHistory, .corruptRecord, .malformedName, .oath:
        return .refused(entry, error)
      default: return .failed(error)
      }
    }
  }

  private func note(
    _ outcome: Outcome, in progress: inout Progress, _ report: (Event?, Progress) throws -> Void
  ) throws {
    var event: Event?
    switch outcome {
    case .verdict(.added(let device), let count):
      progress.added += 1
      event = count < Verifier.seedByteCounts.lowerBound ? .addedShort(device, byteCount: count) : .added(device)
    case .forecast(.added): progress.added += 1
    case .verdict(.duplicate, _), .forecast(.duplicate): progress.duplicates += 1
    case .refused(let remark):
      progress.refused += 1
      event = .refused(remark)
    case .failed(let error): throw error
    }
    try report(event, progress)
  }
}
