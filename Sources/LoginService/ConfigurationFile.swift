public import Configuration
internal import JSONText
internal import OpenSSLCrypto

/// A configuration file: a JSON object, as swift-configuration reads one, whose names are all known. What is misspelt is an
/// error and not a setting that is quietly left out.
public enum ConfigurationFile {
  /// The settings of a file's content.
  /// - Parameters:
  ///   - content: a JSON object; `{"tls": {"key": …}}` sets `tls.key`, as `{"tls.key": …}` does.
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
      let joined = name.joined(separator: "."), key = AbsoluteConfigKey(name)
      // What holds no setting has to be a place for some, at least.
      guard names.contains(joined) || text == nil && names.contains(where: { $0.hasPrefix(joined + ".") }) else {
        throw ConfigurationError("\(path) sets \(joined), which there is not: \(names.joined(separator: ", "))")
      }
      guard let text else { continue }
      guard values[key] == nil else { throw ConfigurationError("\(path) sets \(joined) twice") }
      values[key] = ConfigValue(.string(text), isSecret: false)
    }
    return InMemoryProvider(name: path, values: values)
  }

  /// - Returns: names with their texts; nil for what is null or an object without members.
  private static func settings(
    of value: JSONValue, below name: [String], path: String
  ) throws(ConfigurationError) -> [(name: [String], text: String?)] {
    switch value.kind {
    case .object:
      var all: [(name: [String], text: String?)] = []
      for (key, member) in value.members ?? [] {
        let words = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        all += try settings(of: member, below: name + words, path: path)
      }
      return all.isEmpty && !name.isEmpty ? [(name, nil)] : all
    case .array:
      let elements = value.elements ?? [], texts = elements.compactMap(\.string)
      guard texts.count == elements.count else {
        throw ConfigurationError("\(path) has something else than texts in the list \(name.joined(separator: "."))")
      }
      return [(name, texts.joined(separator: ","))]
    case .string: return [(name, value.string ?? "")]
    case .number, .bool:
      return [(name, value.withRawBytes { $0.text })]
    case .null: return [(name, nil)]
    }
  }
}
