internal import Interchange
internal import OATH
internal import Vault

/// What `vmfa watch` shows, as a function of the accounts, the keys that were pressed, and the time.
struct WatchModel {
  /// One line of the list.
  struct Row {
    let name: String
    let id: String
    let account: OTPAccount
  }

  private let rows: [Row]
  private(set) var filter: String
  private(set) var selection = 0
  /// Whether codes are covered until they are asked for.
  private(set) var hidesCodes: Bool
  private(set) var message = ""
  /// Codes that were computed, by row and step.
  private var cache: [Int: (step: Int64, code: String)] = [:]

  init(_ contents: VaultContents, filter: String, hidesCodes: Bool) {
    rows = contents.entries.compactMap { entry in
      entry.account.map { Row(name: entry.name.onOneLine, id: entry.id, account: $0) }
    }
    self.filter = filter
    self.hidesCodes = hidesCodes
  }

  /// What a key asks for beyond the model.
  enum Effect: Equatable { case none, leave, suspend, copy(row: Int) }

  /// A key press.
  enum Key: Equatable {
    case character(Character), backspace, enter, escape, tab, up, down, pageUp, pageDown, interrupt, suspend
  }

  mutating func press(_ key: Key, pageSize: Int = 10) -> Effect {
    message = ""
    switch key {
    case .interrupt: return .leave
    case .suspend: return .suspend
    case .character("q") where filter.isEmpty: return .leave
    case .character(let character): setFilter(filter + String(character))
    case .backspace: setFilter(String(filter.dropLast()))
    case .escape: setFilter("")
    case .tab: hidesCodes.toggle()
    case .up: move(-1)
    case .down: move(1)
    case .pageUp: move(-pageSize)
    case .pageDown: move(pageSize)
    case .enter:
      let shown = shownRows
      return shown.indices.contains(selection) ? .copy(row: shown[selection]) : .none
    }
    return .none
  }

  private mutating func setFilter(_ text: String) {
    filter = text
    selection = 0
  }

  private mutating func move(_ distance: Int) {
    selection = max(0, min(selection + distance, shownRows.count - 1))
  }

  /// Indices of the rows that the filter lets through.
  var shownRows: [Int] {
    let wanted = filter.lowercased()
    return rows.indices.filter { wanted.isEmpty || rows[$0].name.lowercased().contains(wanted) }
  }

  /// Tells something in the last line, until the next key.
  mutating func tell(_ text: String) { message = text }

  /// The account of a row.
  func account(of row: Int) -> AccountArgument.Found { .init(account: rows[row].account, id: rows[row].id) }

  /// The name of a row.
  func name(of row: Int) -> String { rows[row].name }

  /// The code of a row; nil for a counter, which looking does not move on.
  mutating func code(of row: Int, at now: UnixTime) -> String? {
    let account = rows[row].account
    guard let period = account.factor.period else { return nil }
    let step = now.seconds / period
    if let known = cache[row], known.step == step { return known.code }
    guard let code = try? account.factor.code(of: account.secret, at: now) else { return nil }
    cache[row] = (step, code)
    return code
  }

  /// Seconds left and the period of a row; nil for a counter.
  func time(of row: Int, at now: UnixTime) -> (left: Int64, period: Int64)? {
    let factor = rows[row].account.factor
    guard let left = factor.secondsRemaining(at: now), let period = factor.period else { return nil }
    return (left, period)
  }
}
