#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Paths as people write them, with `~` for a home folder. Shells expand it only where a word begins, so
/// `--vault=~/vault.json` and the values of variables reach a program as they were written.
public enum HomePath {
  /// The path that `text` means (POSIX.1-2017, 2.6.1): `~` and `~/…` begin at `home`, or at the account's home folder where
  /// that is nil or relative; `~NAME` and `~NAME/…` at the home folder of that user. Any other text is returned as it is, as
  /// is `~NAME` where there is no such user.
  /// - Parameter home: the value of `HOME`.
  /// - Throws: ``FileError/unusable(path:reason:)`` where there is no home folder to begin at.
  public static func expanding(_ text: String, home: String?) throws(FileError) -> String {
    guard text.utf8.first == UInt8(ascii: "~") else { return text }
    let end = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    let name = String(text[..<end].dropFirst()), rest = text[end...]
    if name.isEmpty {
      guard let folder = home.flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? homeOfAccount() else {
        throw .unusable(path: text, reason: "neither HOME nor the account says where ~ is")
      }
      return joined(folder, rest)
    }
    guard let entry = unsafe getpwnam(name), let folder = unsafe entry.pointee.pw_dir else { return text }
    return joined(unsafe String(cString: folder), rest)
  }

  private static func homeOfAccount() -> String? {
    guard let entry = unsafe getpwuid(getuid()), let folder = unsafe entry.pointee.pw_dir else { return nil }
    let path = unsafe String(cString: folder)
    return path.hasPrefix("/") ? path : nil
  }

  private static func joined(_ folder: String, _ rest: Substring) -> String {
    // Of `/` itself, the slash is in both.
    rest.isEmpty ? folder : (folder.hasSuffix("/") ? String(folder.dropLast()) : folder) + rest
  }
}
