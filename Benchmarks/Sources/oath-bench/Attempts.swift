import Foundation
import OATH
import OpenSSLCrypto
import Verifier

/// The verifier on a store in memory: what is left of an attempt when nothing is written.
struct Attempts: ~Copyable {
  private let verifier: Verifier
  private let user: UserName
  private let device: Serial
  private var totp: TOTP
  /// Where the next code is taken from: each is good once.
  private var step = Codes.firstStep
  private var last: OneTimeCode?

  private init(verifier: Verifier, user: UserName, device: Serial) throws {
    self.verifier = verifier
    self.user = user
    self.device = device
    totp = try TOTP(secret: Codes.secret())
  }

  /// One user with one device that is enabled.
  static func begin() async throws -> Attempts {
    let store = try InMemoryDeviceStore()
    let folder = FileManager.default.temporaryDirectory.appending(path: "oath-bench-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let keys = try await KeyRing(opening: store, keyFile: folder.appending(path: "master.key").path, makingKey: true)
    let verifier = Verifier(store: store, keys: keys)
    let user = try UserName("alice")
    let foreign = ForeignDevice(
      user: user, issuer: "bench", parameters: .standard, seed: SharedSecret(Codes.secret()))
    guard case .added(let added) = try await verifier.importDevice(foreign, at: .epoch) else { throw Failure() }
    return try Attempts(verifier: verifier, user: user, device: added.serial)
  }

  /// Right codes, each of the present step. One that is also its neighbour's, as one in a million is, is spent with it.
  mutating func verify(_ count: Int64) async throws -> Int64 {
    for _ in 0..<count {
      var code: OneTimeCode
      repeat {
        step += 1
        code = try self.code(step)
      } while code == last
      last = code
      guard case .accepted = try await verifier.verify(code, of: user, at: time(step)) else { throw Failure() }
    }
    return count
  }

  /// Right pairs; an administrator's resync looks through every step of its reach, wherever the pair lies.
  mutating func resync(_ count: Int64) async throws -> Int64 {
    for _ in 0..<count {
      step += 2
      let pair = CodePair(try code(step - 1), try code(step))
      guard
        case .accepted = try await verifier.resync(.serial(device), with: pair, within: .administrative, at: time(step))
      else { throw Failure() }
    }
    return count
  }

  private func time(_ step: Int64) -> UnixTime { .epoch.advanced(by: 30 * step + 5) }

  private mutating func code(_ step: Int64) throws -> OneTimeCode {
    guard let code = try totp.code(step: step) else { throw Failure() }
    return code
  }
}
