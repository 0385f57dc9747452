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
  /// So many entries are looked at together: enough that they share the store's commits.
  private let concurrency: Int

  /// - Parameters:
  ///   - verifier: what takes them.
  ///   - allowingShortSeeds: takes seeds of fewer than 16 bytes too.
  ///   - isDryRun: reads everything, and changes nothing.
  ///   - concurrency: so many entries are looked at together.
  public init(into verifier: Verifier, allowingShortSeeds: Bool, isDryRun: Bool, concurrency: Int = 256) {
    self.verifier = verifier
    self.allowsShortSeeds = allowingShortSeeds
    rehearsal = isDryRun ? ImportRehearsal(for: verifier) : nil
    self.concurrency = concurrency
  }

  /// Imports every entry of a file, as one after the other would: of two that want one serial, the first gets it.
  /// - Parameters:
  ///   - file: what is read.
  ///   - now: when the devices are made here.
  ///   - report: told of what happens, in the order of the file, and how far it is then.
  /// - Throws: what makes the rest unreadable, and what prevents an answer; what was added until then stays.
  public func run(
    _ file: consuming DeviceFile, at now: UnixTime, report: (Event?, Progress) throws -> Void
  ) async throws -> Progress {
    var progress = Progress(), window = ImportWindow()
    do {
      while let entry = try file.next() {
        if window.count == concurrency || window.conflicts(with: entry) {
          try await finish(&window, at: now, in: &progress, report)
        }
        window.add(entry)
      }
    } catch {
      // What comes before a broken part is taken.
      try await finish(&window, at: now, in: &progress, report)
      throw error
    }
    try await finish(&window, at: now, in: &progress, report)
    return progress
  }

  private func finish(
    _ window: inout ImportWindow, at now: UnixTime, in progress: inout Progress,
    _ report: (Event?, Progress) throws -> Void
  ) async throws {
    let outcomes = await window.outcomes { device, entry in await take(device, entry: entry, at: now) }
    window = ImportWindow()
    for outcome in outcomes { try note(outcome, in: &progress, report) }
  }

  private func take(_ device: ForeignDevice, entry: String, at now: UnixTime) async -> ImportOutcome {
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
    _ outcome: ImportOutcome, in progress: inout Progress, _ report: (Event?, Progress) throws -> Void
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
    case .skipped(let remark):
      progress.skipped += 1
      event = .skipped(remark)
    case .failed(let error): throw error
    }
    try report(event, progress)
  }
}
