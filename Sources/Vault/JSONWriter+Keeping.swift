internal import JSONText

extension JSONWriter {
  /// An object with the members of another one in their order, except that `names` are written anew; those that it
  /// lacked come at the end.
  mutating func object(
    keeping members: [(key: String, value: JSONValue)], writing names: [String],
    _ write: (inout JSONWriter, String) throws -> Void
  ) rethrows {
    let kept = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let order = members.map(\.key) + names.filter { kept[$0] == nil }
    try object(order) { writer, name in
      if names.contains(name) {
        try write(&writer, name)
      } else if let value = kept[name] {
        writer.raw(value)
      }
    }
  }
}
