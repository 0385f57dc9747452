import Configuration
import LoginService
import Testing

@Suite struct ServerSettingsTests {
  private func settings(_ values: [String: String]) throws -> ServerSettings {
    let pairs = values.map { name, value in
      (AbsoluteConfigKey(name.split(separator: ".").map(String.init)), ConfigValue(.string(value), isSecret: false))
    }
    return try ServerSettings(
      reading: ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: pairs))))
  }

  @Test func `a socket's mode and group are read, and asked for where there is a socket`() throws {
    let unix = ["listen": "unix:/run/vmfa"]
    #expect(try settings(unix).socketMode == 0o660 && settings(unix).socketGroup == nil)
    #expect(try settings(unix.merging(["socketMode": "600"]) { $1 }).socketMode == 0o600)
    #expect(try settings(unix.merging(["socketMode": "0666", "socketGroup": "www"]) { $1 }).socketGroup == "www")
    for mode in ["0060", "1777", "8", "0o660", "rw", "-660", "66", "00660", "0777777"] {
      #expect(throws: ConfigurationError.self, "\(mode)") { try settings(unix.merging(["socketMode": mode]) { $1 }) }
    }
    for name in ["socketMode", "socketGroup"] {
      #expect(throws: ConfigurationError.self) { try settings([name: "0660"]) }
    }
  }

  @Test func `others are not to be reached in the clear`() throws {
    for listen in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/run/vmfa"] {
      #expect(throws: Never.self) { try settings(["listen": listen]) }
    }
    for listen in ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "localhost.example.com:1", "::1:1x"] {
      #expect(throws: ConfigurationError.self) { try settings(["listen": listen]) }
      #expect(throws: ConfigurationError.self) { try settings(["listen": listen, "behindProxy": ","]) }
    }
    #expect(throws: Never.self) { try settings(["listen": "0.0.0.0:1", "behindProxy": "10.0.0.0/8"]) }
    #expect(throws: Never.self) { try settings(["listen": "0.0.0.0:1", "tls.certificate": "c", "tls.key": "k"]) }
  }
}
