package import Foundation

/// The files of TestVectors/, read from the folder and nowhere else.
package enum Vectors {
  /// The root of the checkout.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static func load<T: Decodable>(_ path: String, as type: T.Type = T.self) -> T {
    let url = root.appending(path: "TestVectors").appending(path: path)
    do {
      return try JSONDecoder().decode(T.self, from: Data(contentsOf: url))
    } catch {
      // Arguments of tests are made before any test runs: there is nowhere to throw to.
      fatalError("\(url.path): \(error)")
    }
  }
}
