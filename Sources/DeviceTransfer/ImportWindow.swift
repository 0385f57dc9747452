internal import Interchange
internal import Verifier

/// What became of an entry.
enum ImportOutcome: Sendable {
  case verdict(ImportVerdict, seedByteCount: Int)
  case forecast(ImportRehearsal.Forecast)
  case skipped(ImportReport.Remark)
  case refused(ImportReport.Remark)
  /// No answer: the import ends here.
  case failed(VerifierError)

  static func refused(_ entry: String, _ error: VerifierError) -> Self {
    .refused(ImportReport.Remark(entry: entry, reason: "\(error)"))
  }
}

/// The entries that are imported at one time. Those of one user go one after the other, and no two users' devices are meant
/// for one serial: so that the order of the file decides what becomes of them, and not which is faster.
struct ImportWindow {
  private struct Waiting: Sendable {
    var place: Int
    var device: ForeignDevice
    var entry: String
  }

  /// By place; nil where it waits.
  private var known: [ImportOutcome?] = []
  private var waiting: [UserName: [Waiting]] = [:]
  private var ownersBySerial: [String: UserName] = [:]

  /// How many entries there are.
  var count: Int { known.count }

  /// Whether the entry is a device for a serial that another user's device is meant for.
  func conflicts(with entry: DeviceFile.Entry) -> Bool {
    guard case .device(let device, _) = entry, let owner = ownersBySerial[device.likelySerial] else { return false }
    return owner != device.user
  }

  mutating func add(_ entry: DeviceFile.Entry) {
    switch entry {
    case .skipped(let remark): known.append(.skipped(remark))
    case .refused(let remark): known.append(.refused(remark))
    case .device(let device, let entry):
      ownersBySerial[device.likelySerial] = device.user
      waiting[device.user, default: []].append(Waiting(place: known.count, device: device, entry: entry))
      known.append(nil)
    }
  }

  /// What becomes of all of them, in the order in which they were added.
  func outcomes(
    _ take: @escaping @Sendable (ForeignDevice, _ entry: String) async -> ImportOutcome
  ) async -> [ImportOutcome] {
    var all = known
    await withTaskGroup(of: [(Int, ImportOutcome)].self) { group in
      for devices in waiting.values {
        group.addTask {
          var outcomes: [(Int, ImportOutcome)] = []
          for waiting in devices {
            let outcome = await take(waiting.device, waiting.entry)
            outcomes.append((waiting.place, outcome))
            if case .failed = outcome { break }
          }
          return outcomes
        }
      }
      for await outcomes in group {
        for (place, outcome) in outcomes { all[place] = outcome }
      }
    }
    return all.compactMap { $0 }
  }
}

extension ForeignDevice {
  /// The path and name that the serial will end with, unless a number has to be added.
  fileprivate var likelySerial: String { path + (name?.text ?? user.text) }
}
