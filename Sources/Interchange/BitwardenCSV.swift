internal import OATH
internal import OpenSSLCrypto

/// Bitwarden's CSV export: the columns `name`, `login_username` and `login_totp`.
enum BitwardenCSV {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    (CSVReader(text).rows(limit: 1).first ?? []).contains("login_totp")
  }

  static func read(_ text: Span<UInt8>) throws -> ImportReport {
    var report = ImportReport()
    let rows = CSVReader(text).rows()
    guard let header = rows.first, let totp = header.firstIndex(of: "login_totp") else {
      throw ImportError.broken("the file has no column login_totp")
    }
    let name = header.firstIndex(of: "name"), user = header.firstIndex(of: "login_username")
    for (index, row) in rows.dropFirst().enumerated() {
      func cell(_ column: Int?) -> String? { column.flatMap { row.indices.contains($0) ? row[$0] : nil } }
      let entry = entryName(index, cell(name))
      guard let secret = cell(totp), !secret.isEmpty else {
        report.skip(entry, "it holds no OTP secret")
        continue
      }
      report.add(entry) { try Bitwarden.account(Array(secret.utf8).span, issuer: cell(name), user: cell(user)) }
    }
    return report
  }
}

/// Comma-separated values (RFC 4180).
struct CSVReader {
  private let characters: [UInt8]
  init(_ text: Span<UInt8>) { characters = text.array }

  func rows(limit: Int = .max) -> [[String]] {
    var rows: [[String]] = [], row: [String] = [], cell: [UInt8] = [], isQuoted = false, index = 0
    func endCell() {
      row.append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    while index < characters.count, rows.count < limit {
      let byte = characters[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if index < characters.count, characters[index] == byte {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isQuoted = true
      case UInt8(ascii: ","): endCell()
      case UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n"):
        endCell()
        rows.append(row)
        row = []
      default: cell.append(byte)
      }
    }
    if rows.count < limit, !cell.isEmpty || !row.isEmpty {
      endCell()
      rows.append(row)
    }
    return rows
  }
}
