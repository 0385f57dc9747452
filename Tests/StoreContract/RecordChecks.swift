import OATH
import OpenSSLCrypto
import Testing
import Verifier

extension StoreContract {
  static let records = [
    Check("every field of a device and a user is read back as it was written") { open in
      let bench = try await Bench(store: open())
      let device = try await bench.created(
        for: "Zoë Ünïcode 漢😀", name: "phone",
        parameters: TOTPParameters(algorithm: .sha512, digits: .eight, period: 3600))
      try await bench.store.transaction(.owner(of: device)) { state throws(VerifierError) in
        state.devices[0].status = .disabled
        state.devices[0].lastStep = 1 << 53
        state.devices[0].syncDrift = -2880
        state.devices[0].drift = 2880
        state.devices[0].lastSide = -1
        state.devices[0].syncFailures = 9
        state.devices[0].enabledAt = .latest
        state.devices[0].lastUsedAt = .epoch
        state.user?.failures = 1_000_000
        state.user?.lock = .untilUnlocked
        state.user?.lastFailureAt = .latest
      }
      let written = try await bench.store.state(of: .owner(of: device))
      #expect(written.devices[0].drift == 2880 && written.user?.failures == 1_000_000)
      #expect(written.devices[0].parameters.digits == .eight && written.devices[0].issuer == "vmfa")
      #expect(try await open().state(of: .owner(of: device)) == written)
    },
    Check("every kind of lock is read back") { open in
      let bench = try await Bench(store: open())
      let device = try await bench.created()
      for lock in [User.Lock.until(Bench.now), .untilUnlocked, .none] {
        try await bench.store.transaction(.owner(of: device)) { state throws(VerifierError) in state.user?.lock = lock }
        #expect(try await bench.user().lock == lock)
      }
    },
    Check("rules are kept, and a value out of range changes none of it") { open in
      let store = try await open()
      #expect(try await store.rules() == .standard)
      _ = try await store.updateRules([.window: 3, .throttle: 0], records: [])
      await #expect(throws: VerifierError.self) {
        try await store.updateRules([.window: 4, .lockAfter: 0], records: [])
      }
      let kept = try await open().rules()
      #expect(kept[.window] == 3 && kept[.throttle] == 0 && kept[.lockAfter] == 5)
      let user = try UserName("alice")
      #expect(try await store.state(of: .user(user)).rules == kept)
    },
    Check("the account id is made once") { open in
      let user = try UserName("alice")
      let first = try await open().state(of: .user(user)).account
      #expect(try await open().state(of: .user(user)).account == first)
    },
    Check("a seed opens for its user alone, whoever's the row becomes") { open in
      let bench = try await Bench(store: open())
      let device = try await bench.enrolled(for: "alice"), bob = try UserName("bob")
      _ = try await bench.created(for: "bob")
      try await bench.store.transaction(.enrolment(of: device, to: bob)) { state throws(VerifierError) in
        let index = try state.index(of: device)
        state.devices[index].user = bob
      }
      let moved = try await bench.device(device)
      #expect(moved.user == bob && moved.status == .active)
      // Its id, its serial and its seed are as they were.
      await #expect(throws: VerifierError.corruptRecord("the seed of \(moved.serial)")) {
        try await bench.verify(step: Bench.step(), of: "bob")
      }
    },
    Check("a seed opens in its own row alone, also for its user") { open in
      let bench = try await Bench(store: open())
      let first = try await bench.enrolled(name: "first")
      let second = try await bench.enrolled(name: "second", seed: Array("another seed of 20 b".utf8))
      let seed = try await bench.device(first).seed, serial = try await bench.device(second).serial
      try await bench.edit(second) { $0.seed = seed }
      await #expect(throws: VerifierError.corruptRecord("the seed of \(serial)")) {
        try await bench.verify(step: Bench.step())
      }
    },
    Check("writing can be checked, and changes nothing") { open in
      let bench = try await Bench(store: open())
      let device = try await bench.enrolled(), user = TransactionUnit.owner(of: device)
      let before = try await bench.store.state(of: user)
      let rows = try await bench.store.auditRecords(AuditQuery()).map(\.id)
      try await bench.store.checkWriting()
      #expect(try await bench.store.state(of: user) == before)
      #expect(try await bench.store.auditRecords(AuditQuery()).map(\.id) == rows)
      await bench.store.close()
    },
    Check("a store that is well never breaks down, and whoever waits for that can be cancelled") { open in
      let store = try await open()
      let waiting = Task { await store.breakdown() }
      try await store.checkWriting()
      waiting.cancel()
      #expect(await waiting.value == nil)
    },
    Check("the first data key is one, whoever comes first") { open in
      let benches = try await withThrowingTaskGroup { group in
        let stores = [try await open(), try await open(), try await open(), try await open()]
        for store in stores { group.addTask { try await Bench(store: store) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for bench in benches { #expect(try await bench.store.keys().map(\.purpose) == [.seed, .integrity]) }
      // A seed that one of them sealed opens for the others.
      _ = try await benches[0].enrolled()
      let serial = try await benches[2].verifier.user(UserName("alice")).devices[0].serial
      #expect(try await benches[1].verify(step: Bench.step()) == .accepted(device: serial, step: Bench.step()))
    },
  ]
}
