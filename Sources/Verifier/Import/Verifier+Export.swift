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
  public func exportDevices(after serial: Serial?, limit: Int) async throws(VerifierError) -> [ExportedDevice] {
    let devices = try await store.devices(DeviceQuery(after: serial, limit: limit))
    return try await withCurrentKeys { keys throws(VerifierError) in
      var exported: [ExportedDevice] = []
      for device in devices {
        exported.append(ExportedDevice(device: device, seed: SharedSecret(try keys.openSeed(of: device))))
      }
      return exported
    }
  }
}
