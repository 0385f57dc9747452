public import Configuration
internal import JSONText
internal import OpenSSLCrypto

/// A configuration file: a JSON object, as swift-configuration reads one, whose names are all known. What is misspelt is an
/// error and not a setting that is quietly left out.
public enum ConfigurationFile {
  /// The settings of a file's content.
  /// - Parameters:
  ///   - content: a JSON object; `{"tls": {"key": …}}` sets `tls.key`.
  ///   - path: for the error.
  ///   - names: every setting that there may be.
  public static func provider(
    reading content: [UInt8], path: String, names: [String]
  ) throws(ConfigurationError) -> InMemoryProvider {
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue(parsing: content.span) } catch {
      throw ConfigurationError("\(path) is not JSON: \(error)")
    }
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    for (name, text) in try settings(of: document, below: [], path: path) {
      let joined = name.joined(separator: ".")
      guard names.contains(joined) else {
        throw ConfigurationError("\(path) sets \(joined), which there is not: \(names.joined(separator: ", "))")
      }
      values[AbsoluteConfigKey(name)] = ConfigValue(.string(text), isSecret: false)
    }
    return InMemoryProvider(name: path, values: values)
  }

  private static func settings(
    of value: JSONValue, below name: [String], path: String
  ) throws(ConfigurationError) -> [(name: [String], text: String)] {
    switch value.kind {
    case .object:
      var all: [(name: [String], text: String)] = []
      for (key, member) in value.members ?? [] { all += try settings(of: member, below: name + [key], path: path) }
      return all
    case .array: return [(name, (value.elements ?? []).compactMap(\.string).joined(separator: ","))]
    case .string: return [(name, value.string ?? "")]
    case .number, .bool:
      return [(name, value.withRawBytes { $0.text })]
    case .null: return []
    }
  }
}
