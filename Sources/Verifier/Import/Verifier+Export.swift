public import OATH
public import OpenSSLCrypto

/// A device with its seed, on its way to another database.
public struct ExportedDevice: Sendable {
  /// As it is kept.
  public let device: Device
  /// Its seed.
  public let seed: SharedSecret
}

extension Verifier {
  /// Writes the audit row of an export, before the first seed is opened.
  public func recordExport(at now: UnixTime) async throws(VerifierError) {
    let record = try record(AuditEvent(.exportDevices, at: now), keys: keys.current)
    try await store.append([record])
  }

  /// Devices with their seeds, by serial. For exports alone: no other way leads to a seed.
  public func exportDevices(after serial: String?, limit: Int) async throws(VerifierError) -> Listing<ExportedDevice> {
    let page = try await store.devices(DeviceQuery(after: serial, limit: limit))
    var exported: [ExportedDevice] = [], unreadable = page.unreadable, missing: Set<String> = []
    for device in page.items {
      switch try await opened(device, missing: &missing) {
      case .success(let opened): exported.append(opened)
      case .failure(let error): unreadable.append(Unreadable(name: device.serial.text, error: error))
      case nil: continue
      }
    }
    return Listing(items: exported, unreadable: unreadable, next: page.next)
  }

  /// A device of a list, with its seed. Where its key is not known, another replica may have rotated the keys since it was
  /// listed: then they are looked at again, and so is the device.
  /// - Parameter missing: keys that were looked for already.
  /// - Returns: the error of one that cannot be read; nil for one that was deleted meanwhile.
  /// - Throws: what prevents an answer for any of them.
  func opened(
    _ listed: Device, missing: inout Set<String>
  ) async throws(VerifierError) -> Result<ExportedDevice, VerifierError>? {
    if !keys.current.knowsSeedKey(of: listed), missing.insert(listed.seed.keyID).inserted {
      try await keys.reload(from: store)
    }
    do throws(VerifierError) {
      let keys = keys.current, device = keys.knowsSeedKey(of: listed) ? listed : try await device(.id(listed.id))
      return .success(ExportedDevice(device: device, seed: SharedSecret(try keys.openSeed(of: device))))
    } catch {
      if case .noSuchDevice = error { return nil }
      guard error.isOfOneRecord else { throw error }
      return .failure(error)
    }
  }
}
