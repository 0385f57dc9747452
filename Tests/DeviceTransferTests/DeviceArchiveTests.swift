import StoreContract
import DeviceTransfer
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Exports that are sealed under a passphrase, and come back.
@Suite struct DeviceArchiveTests {
  /// More than two pages of an export, so that there are three runs.
  private static let deviceCount = 1001
  private static let passphrase = "a passphrase of some words"

  /// The lines of an export of so many devices.
  private static func archive(_ count: Int) async throws -> [[UInt8]] {
    let bench = try await Bench(store: InMemoryDeviceStore())
    for number in 0..<count {
      var device = ForeignDevice(
        user: try UserName("user \(number)"), name: try DeviceName("d\(number)"), issuer: "Shop",
        movingFactor: number.isMultiple(of: 2) ? .time : .counter,
        parameters: try TOTPParameters(algorithm: .sha256, digits: .eight, period: 60), lastStep: Int64(number),
        drift: number.isMultiple(of: 2) ? 3 : 0, isEnabled: !number.isMultiple(of: 5),
        seed: SharedSecret(SecretBytes(text: "seed of the device \(number)")))
      device.path = number == 1 ? "/a/b/" : "/"
      _ = try await bench.verifier.importDevice(device, at: Bench.now)
    }
    var lines: [[UInt8]] = [], seen: [Int] = []
    let (written, unreadable) = try await DeviceExport(from: bench.verifier).run(
      sealedUnder: SharedSecret(SecretBytes(text: passphrase)), at: Bench.now,
      write: { line in
        #expect(line.last == UInt8(ascii: "\n"))
        lines.append(Array(line.dropLast()))
      }, progress: { seen.append($0) })
    #expect(written == count && unreadable.isEmpty && seen.last == count)
    return lines
  }

  private static func read(_ lines: [[UInt8]], passphrase: String = passphrase) throws -> [ForeignDevice] {
    let content = SecretBytes(copying: Array(lines.joined(separator: [UInt8(ascii: "\n")])).span)
    let given = ImportPassphrase { SecretBytes(text: passphrase) }
    var file = try DeviceFile(content: content, name: "-", passphrase: given), devices: [ForeignDevice] = []
    while let entry = try file.next() {
      guard case .device(let device, _) = entry else { throw ImportError.broken("\(entry)") }
      devices.append(device)
    }
    return devices
  }

  @Test func `an archive of several runs comes back whole, and no other way`() async throws {
    let lines = try await Self.archive(Self.deviceCount)
    #expect(lines.count == 4)
    let devices = try Self.read(lines)
    #expect(Set(devices.map(\.user.text)) == Set((0..<Self.deviceCount).map { "user \($0)" }))
    #expect(devices.count == Self.deviceCount)
    for device in devices {
      let number = try #require(Int(device.user.text.dropFirst(5)))
      #expect(device.name?.text == "d\(number)" && device.issuer == "Shop" && device.lastStep == Int64(number))
      #expect(device.path == (number == 1 ? "/a/b/" : "/") && device.drift == (number.isMultiple(of: 2) ? 3 : 0))
      #expect(device.movingFactor == (number.isMultiple(of: 2) ? .time : .counter))
      #expect(device.isEnabled == !number.isMultiple(of: 5))
      #expect(try device.parameters == TOTPParameters(algorithm: .sha256, digits: .eight, period: 60))
      #expect(device.seed.bytes.string() == "seed of the device \(number)")
    }
    // A run that is missing, moved, repeated, or not the last.
    for (change, reason) in [
      ([0, 1, 2], "cut off after line 3"), ([0, 1], "cut off after line 2"), ([0], "cut off after line 1"),
      ([0, 1, 3], "broken in line 3"), ([0, 1, 3, 2], "broken in line 3"), ([0, 1, 2, 2], "broken in line 4"),
      ([0, 1, 1, 3], "broken in line 3"),
    ] {
      #expect { _ = try Self.read(change.map { lines[$0] }) } throws: { "\($0)".contains(reason) }
    }
    // The first run does not open in another place: it is taken for the passphrase's fault.
    #expect(throws: ImportError.wrongPassphrase) { _ = try Self.read([lines[0], lines[2], lines[3]]) }
    #expect(throws: ImportError.wrongPassphrase) { _ = try Self.read(lines, passphrase: "another") }
  }

  @Test func `the first line and the runs are what they have to be`() async throws {
    let lines = try await Self.archive(1)
    #expect(try lines.count == 2 && Self.read(lines).count == 1)
    let header = String(decoding: lines[0], as: UTF8.self)
    for (word, other) in [
      ("\"version\":1", "\"version\":2"), ("\"n\":32768", "\"n\":\"x\""), ("\"r\":8", "\"x\":8"),
      ("\"p\":1", "\"x\":1"),
      ("\"salt\"", "\"x\""), ("\"scrypt\"", "\"x\""),
    ] {
      let broken = Array(header.replacing(word, with: other).utf8)
      #expect { _ = try Self.read([broken, lines[1]]) } throws: { "\($0)".contains("first line") }
    }
    for other in ["\"n\":0", "\"n\":3", "\"n\":1152921504606846976"] {
      let costly = Array(header.replacing("\"n\":32768", with: other).utf8)
      #expect(throws: (any Error).self) { _ = try Self.read([costly, lines[1]]) }
    }
    for run in ["!", "AAAA", String(repeating: "A", count: 36)] {
      #expect { _ = try Self.read([lines[0], Array(run.utf8)]) } throws: { "\($0)".contains("broken in line 2") }
    }
  }

  @Test func `an empty archive is one`() async throws {
    #expect(try Self.read(try await Self.archive(0)).isEmpty)
  }
}
