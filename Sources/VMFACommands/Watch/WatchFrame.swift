internal import OATH

/// One picture of the list, drawn over the one before it: no clearing first, so that nothing flickers.
struct WatchFrame {
  let columns: Int
  let lines: Int
  let usesColours: Bool

  /// Seconds left have up to four digits: a period is an hour at most.
  private static let codeWidth = 10, barWidth = 10, timeWidth = 4

  func draw(_ model: inout WatchModel, at now: UnixTime) -> String {
    let shown = model.shownRows
    let room = max(lines - 2, 1)
    let first = max(0, min(model.selection - room / 2, shown.count - room))
    var text = [header(model, count: shown.count)]
    for (place, row) in shown.enumerated().dropFirst(first).prefix(room) {
      text.append(line(&model, row: row, isSelected: place == model.selection, at: now))
    }
    while text.count < lines - 1 { text.append("") }
    text.append(footer(model))
    // Synchronised output (mode 2026) where the terminal has it; home, and each line cleared to its end.
    return "\u{1B}[?2026h\u{1B}[H" + text.prefix(lines).map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
      + "\u{1B}[J\u{1B}[?2026l"
  }

  private func header(_ model: WatchModel, count: Int) -> String {
    let filter = model.filter.isEmpty ? "type to filter" : "filter: \(model.filter)"
    return cut("\(count) accounts, \(filter)", to: columns)
  }

  private func footer(_ model: WatchModel) -> String {
    let keys = "Enter copies, Tab \(model.hidesCodes ? "shows" : "hides") codes, Esc clears, q leaves"
    return cut(model.message.isEmpty ? keys : model.message, to: columns)
  }

  private func line(_ model: inout WatchModel, row: Int, isSelected: Bool, at now: UnixTime) -> String {
    // Two columns of the mark and two before the code, one before the bar and one before the time.
    let nameWidth = max(columns - Self.codeWidth - Self.barWidth - Self.timeWidth - 6, 8)
    let name = cut(model.name(of: row), to: nameWidth)
    let padding = String(repeating: " ", count: max(nameWidth - name.terminalWidth, 0))
    guard let code = model.code(of: row, at: now), let time = model.time(of: row, at: now) else {
      return cut(mark(isSelected) + name + padding + "  (counter: vmfa code)", to: columns)
    }
    let covered = model.hidesCodes ? String(repeating: "•", count: code.count) : grouped(code)
    let filled = Int((time.left * Int64(Self.barWidth) + time.period - 1) / time.period)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
    let shown = covered + String(repeating: " ", count: max(Self.codeWidth - covered.count, 0))
    // Where there is no room for more: the name and the code.
    guard columns >= 40 else { return cut(mark(isSelected) + cut(name, to: columns - 13) + " " + covered, to: columns) }
    return cut(mark(isSelected) + name + padding + "  ", to: columns) + coloured("\(shown) \(bar) \(time.left)", time)
  }

  private func mark(_ isSelected: Bool) -> String { isSelected ? "> " : "  " }

  /// 123 456, 1234 5678.
  private func grouped(_ code: String) -> String {
    guard code.allSatisfy(\.isNumber) else { return code }
    return code.prefix((code.count + 1) / 2) + " " + code.dropFirst((code.count + 1) / 2)
  }

  /// Green, and fading through yellow to red as the time runs out (256 colours).
  private func coloured(_ text: String, _ time: (left: Int64, period: Int64)) -> String {
    guard usesColours else { return text }
    let steps = [196, 202, 208, 214, 220, 190, 154, 118, 82, 46]
    let index = min(Int(time.left * Int64(steps.count) / (time.period + 1)), steps.count - 1)
    return "\u{1B}[38;5;\(steps[index])m\(text)\u{1B}[0m"
  }

  private func cut(_ text: String, to columns: Int) -> String {
    guard text.terminalWidth > columns else { return text }
    var shortened = text
    while shortened.terminalWidth > max(columns - 1, 0) { shortened.removeLast() }
    return shortened + "…"
  }
}
