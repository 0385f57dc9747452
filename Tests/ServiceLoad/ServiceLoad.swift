import Directory
import Configuration
import Foundation
import Logging
import LoginService
import OATH
import Verifier
import StoreSQLite

// The login service with one more route, for measuring: POST /constant/{user}/verify takes the same token and decodes the
// same JSON as /v1/users/{user}/verify, and answers a constant. Prints a token with the scope verify, then serves.
//
//   service-load DATABASE.db KEYFILE HOST:PORT
@main struct ServiceLoad {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let store = try await SQLiteStore.open(arguments[1], .existing)
    let keys = try await KeyRing(opening: store, keyFile: arguments[2], makingKey: false)
    let accounts = DirectoryService(store: store, verifier: Verifier(store: store, keys: keys))
    let token = try await accounts.createToken(
      "load-\(UUID().uuidString.prefix(8))", scopes: [.verify], at: LoginServer.systemClock())
    FileHandle.standardOutput.write(Data((token.secret + "\n").utf8))
    let settings = try ServerSettings(
      reading: ConfigReader(
        provider: InMemoryProvider(values: ["listen": ConfigValue(.string(arguments[3]), isSecret: false)])))
    let logger = Logger(label: "load") { _ in LineLogHandler(format: .text, level: .info) }
    try await LoginServer(
      settings: settings, store: store, keys: keys, logger: logger, answeringConstantlyAt: "/constant/{user}/verify"
    ).run()
  }
}
