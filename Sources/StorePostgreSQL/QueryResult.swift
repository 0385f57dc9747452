internal import CLibPQ
internal import OATH
internal import StoreSQL

/// What libpq has for a statement; cleared with this value.
@safe
struct QueryResult: ~Copyable {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe PQclear(handle) }

  /// Whether it is the end of a pipeline.
  var isSync: Bool { unsafe PQresultStatus(handle) == PGRES_PIPELINE_SYNC }

  /// Such as `COMMIT` or `UPDATE 1`.
  var commandTag: String { unsafe PQcmdStatus(handle).map { unsafe String(cString: $0) } ?? "" }

  var outcome: Result<SQLResult, PostgreSQLError> {
    switch unsafe PQresultStatus(handle) {
    case PGRES_COMMAND_OK: .success(SQLResult(changed: changed))
    case PGRES_TUPLES_OK: .success(SQLResult(rows: rows))
    case PGRES_PIPELINE_ABORTED: .failure(.server(state: "25P02", message: "a statement before it failed"))
    default: .failure(.server(state: field("C"), message: field("M")))
    }
  }

  private var changed: Int { unsafe PQcmdTuples(handle).flatMap { unsafe Int(String(cString: $0)) } ?? 0 }

  /// PG_DIAG_SQLSTATE is C, PG_DIAG_MESSAGE_PRIMARY is M: macros of characters, which do not come over.
  private func field(_ code: Unicode.Scalar) -> String {
    unsafe PQresultErrorField(handle, Int32(code.value)).map { unsafe String(cString: $0) } ?? ""
  }

  private var rows: SQLRows {
    let columns = unsafe PQnfields(handle)
    let types = (0..<columns).map { unsafe PQftype(handle, $0) }
    var rows = SQLRows(columnCount: Int(columns))
    for row in 0..<(unsafe PQntuples(handle)) {
      for column in 0..<columns { append(row, column, type: types[Int(column)], to: &rows) }
    }
    return rows
  }

  private func append(_ row: Int32, _ column: Int32, type: Oid, to rows: inout SQLRows) {
    guard unsafe PQgetisnull(handle, row, column) == 0, let start = unsafe PQgetvalue(handle, row, column) else {
      return rows.appendNull()
    }
    let count = Int(unsafe PQgetlength(handle, row, column))
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    // The types of pg_type.dat: int8, int2, int4; bytea, as \x and hexadecimal digits.
    switch type {
    case 20, 21, 23:
      if let integer = Int64(unsafe String(decoding: bytes, as: UTF8.self)) {
        rows.append(integer)
      } else {
        rows.appendNull()
      }
    case 17:
      // In any other form, to which a role may be set, it is not read by guessing: a text is no blob.
      guard unsafe bytes.starts(with: Array("\\x".utf8)) else { return unsafe rows.append(text: bytes) }
      let digits = unsafe bytes.dropFirst(2).map { $0.hexadecimalValue ?? 0 }
      let decoded = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
      unsafe decoded.withUnsafeBytes { unsafe rows.append(blob: $0) }
    default: unsafe rows.append(text: bytes)
    }
  }
}

extension Connection {
  /// The arguments as libpq wants them: text, but for bytes, which are sent as they are.
  func withArguments(
    _ arguments: SQLRow,
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Int32
  ) -> Int32 {
    var storage: [UInt8] = [], offsets: [Int?] = [], lengths: [Int32] = [], formats: [Int32] = []
    for index in 0..<arguments.count {
      let start = storage.count
      var isThere = true, isBlob = false
      switch arguments[index] {
      case .null, nil: isThere = false
      case .integer(let integer): storage += String(integer).utf8
      case .text(let place, let count): storage += arguments.bytes(place, count)
      case .blob(let place, let count):
        storage += arguments.bytes(place, count)
        isBlob = true
      }
      offsets.append(isThere ? start : nil)
      lengths.append(Int32(storage.count - start))
      formats.append(isBlob ? 1 : 0)
      storage.append(0)
    }
    return unsafe storage.withUnsafeBytes { bytes in
      let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = unsafe offsets.map { offset in unsafe offset.flatMap { unsafe base?.advanced(by: $0) } }
      return unsafe body(Int32(arguments.count), values, lengths, formats)
    }
  }

  /// A null-terminated array of C strings.
  static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
  ) -> R {
    let text = strings.map { Array($0.utf8CString) }
    let starts = text.indices.map { index in text[..<index].reduce(0) { $0 + $1.count } }
    let storage = text.flatMap(\.self)
    return unsafe storage.withUnsafeBufferPointer { buffer in
      var pointers = unsafe starts.map { start in unsafe buffer.baseAddress.map { unsafe $0 + start } }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { list in
        // There is at least the null that was appended.
        unsafe body(list.baseAddress.unsafelyUnwrapped)
      }
    }
  }
}
