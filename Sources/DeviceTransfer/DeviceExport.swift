public import OATH
public import OpenSSLCrypto
public import Verifier

/// Writes devices with their seeds, sealed under a passphrase. Recovery codes are not among it: they are kept as digests
/// that another database cannot check.
public struct DeviceExport: Sendable {
  private let verifier: Verifier

  /// Exports the devices of a verifier.
  public init(from verifier: Verifier) { self.verifier = verifier }

  /// Exports every device, a page at a time.
  /// - Parameters:
  ///   - passphrase: what opens the file.
  ///   - now: for the audit row.
  ///   - write: gets the file, line by line, with the ends of lines.
  ///   - progress: told how many devices were written.
  /// - Returns: how many there are, and what cannot be read and is left out.
  public func run(
    sealedUnder passphrase: SharedSecret, at now: UnixTime, write: ([UInt8]) throws -> Void,
    progress: (Int) -> Void = { _ in }
  ) async throws -> (count: Int, unreadable: [Unreadable]) {
    let (header, key) = try DeviceArchive.begin(passphrase.bytes)
    try write(header + [UInt8(ascii: "\n")])
    // A run is written once it is known whether another one follows.
    var run = SecretBuffer(), place = 0, count = 0, unreadable: [Unreadable] = [], cursor: String?
    try await verifier.recordExport(at: now)
    repeat {
      let page = try await verifier.exportDevices(after: cursor, limit: 500)
      if count > 0, !page.items.isEmpty {
        let sealed = try DeviceArchive.seal(run.finish(), place: place, isLast: false, key: key.bytes)
        try write(sealed + [UInt8(ascii: "\n")])
        place += 1
        run = SecretBuffer()
      }
      for (index, exported) in page.items.enumerated() {
        if index > 0 { run.append(UInt8(ascii: "\n")) }
        let line = DeviceLine.write(exported.device, seed: exported.seed.bytes)
        line.withBytes { run.append($0) }
      }
      count += page.items.count
      unreadable += page.unreadable
      cursor = page.next
      progress(count)
    } while cursor != nil
    let sealed = try DeviceArchive.seal(run.finish(), place: place, isLast: true, key: key.bytes)
    try write(sealed + [UInt8(ascii: "\n")])
    return (count, unreadable)
  }
}
