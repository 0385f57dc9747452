import StoreContract
import DeviceTransfer
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Devices of a file, brought into a verifier.
@Suite struct DeviceImportTests {
  private static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  private static let other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA"

  private struct Told {
    var added = 0, events: [String] = []
    var last: DeviceImport.Progress?
    var end: DeviceImport.Progress

    /// Added, duplicates, skipped and refused.
    var counts: [Int] { [end.added, end.duplicates, end.skipped, end.refused] }
  }

  private func take(
    _ text: String, into verifier: Verifier, allowingShortSeeds: Bool = false, isDryRun: Bool = false,
    concurrency: Int = 256
  ) async throws -> Told {
    let importing = DeviceImport(
      into: verifier, allowingShortSeeds: allowingShortSeeds, isDryRun: isDryRun, concurrency: concurrency)
    let file = try DeviceFile(content: SecretBytes(text: text), name: "-", passphrase: ImportPassphrase { nil })
    var added = 0, events: [String] = [], last: DeviceImport.Progress?
    let end = try await importing.run(file, at: Bench.now) { event, progress in
      switch event {
      case .added: added += 1
      case .addedShort(let device, let count): events.append("short \(device.user.text) \(count)")
      case .skipped(let remark): events.append("skipped \(remark.entry)")
      case .refused(let remark): events.append("refused \(remark.entry)")
      case nil: break
      }
      last = progress
    }
    #expect(last == end && end.total == end.added + end.duplicates + end.skipped + end.refused)
    return Told(added: added, events: events, last: last, end: end)
  }

  private func bench() async throws -> Bench { try await Bench(store: InMemoryDeviceStore()) }

  private func line(_ user: String, _ rest: String = "", secret: String = secret) -> String {
    "{\"user\":\"\(user)\",\"secret\":\"\(secret)\"\(rest)}\n"
  }

  @Test(arguments: [false, true], [1, 2, 3, 256])
  func `what a file makes of a verifier, in the order of the file`(isDryRun: Bool, concurrency: Int) async throws {
    let bench = try await bench()
    let text =
      line("al") + line("al") + "nonsense\n" + line("bo", ",\"name\":\"n\"") + line("cy", ",\"name\":\"n\"")
      + line("al", ",\"type\":\"hotp\"") + line("al", secret: Self.other) + line("di", secret: "GEZDGNBV")
      + line("ed", ",\"drift\":99999999")
    let told = try await take(text, into: bench.verifier, isDryRun: isDryRun, concurrency: concurrency)
    #expect(told.counts == [3, 2, 0, 4] && told.end.total == 9)
    #expect(told.added == (isDryRun ? 0 : 3))
    #expect(told.events == ["refused line 3", "refused line 5", "refused line 8", "refused line 9"])
    let listed = try await bench.verifier.exportDevices(after: nil, limit: 10).items.map(\.device.serial.name)
    #expect(listed == (isDryRun ? [] : ["al", "al-2", "n"]))
    // Again, it adds nothing.
    let again = try await take(text, into: bench.verifier, isDryRun: isDryRun, concurrency: concurrency)
    #expect(again.counts == (isDryRun ? [3, 2, 0, 4] : [0, 5, 0, 4]))
  }

  @Test func `seeds shorter than RFC 4226 has them are taken where that is asked for, and told`() async throws {
    let bench = try await bench()
    let text = line("al", secret: "GEZDGNBVGY3TQOJQGEZDGNBV") + line("bo", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY")
    let told = try await take(text, into: bench.verifier, allowingShortSeeds: true)
    #expect(told.added == 1 && told.events == ["short al 15"] && told.end.added == 2)
    #expect(try await take(text, into: try await self.bench().verifier).events == ["refused line 1"])
  }

  @Test func `what is no device is skipped`() async throws {
    let text = "HOTP/T90 al - 3132\nHOTP/T30 bo 1234 3132333435363738393031323334353637383930\n"
    let told = try await take(text, into: try await bench().verifier)
    #expect(told.counts == [1, 0, 2, 0])
    #expect(told.events == ["skipped line 1 (al)", "skipped line 2 (bo)"])
  }
}
