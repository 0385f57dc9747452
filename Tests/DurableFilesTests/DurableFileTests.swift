import DurableFiles
import Foundation
import TestSupport
import Testing

@Suite struct DurableFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("file") }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ placing: DurableFile.Placing) throws {
    try DurableFile.write(Array(text.utf8).span, to: path, placing)
  }
  private var content: String? { try? String(contentsOfFile: path, encoding: .utf8) }
  private var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) } }

  @Test func `replacing replaces, keeping keeps, and nothing is left beside`() throws {
    try write("one", .keeping)
    #expect(throws: FileError.exists(path: path)) { try write("two", .keeping) }
    #expect(content == "one")
    try write("three", .replacing)
    #expect(content == "three")
    #expect(try files == ["file"])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a folder that is not there is named`() {
    let missing = folder.path("no/file")
    #expect(throws: FileError.missing(path: folder.path("no"))) {
      try DurableFile.write([1].span, to: missing, .replacing)
    }
  }

  @Test func `what stands in the way is not replaced by accident`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: FileError.self) { try write("one", .replacing) }
    #expect(try files == ["file"])
  }

  @Test func `folders are made for their owner alone`() throws {
    let deep = folder.path("a/b/c")
    try DurableFile.makeFolder(at: deep)
    try DurableFile.makeFolder(at: deep)
    #expect(try FileManager.default.attributesOfItem(atPath: deep)[.posixPermissions] as? Int == 0o700)
    try write("one", .keeping)
    #expect(throws: FileError.self) { try DurableFile.makeFolder(at: path + "/below") }
  }

  @Test func `secrets are read from files that are safe`() throws {
    try write("secret", .keeping)
    #expect(try DurableFile.readSecret(at: path, limit: 6).string() == "secret")
    #expect(throws: FileError.unusable(path: path, reason: "it is longer than 5 bytes")) {
      _ = try DurableFile.readSecret(at: path, limit: 5)
    }
    let fifo = folder.path("fifo")
    try #require(unsafe mkfifo(fifo, 0o600) == 0)
    #expect(throws: FileError.unusable(path: fifo, reason: "it is not a regular file")) {
      _ = try DurableFile.readSecret(at: fifo, limit: 5)
    }
  }

  @Test func `what is one's own was written by nobody else`() throws {
    try write("account", .keeping)
    for (mode, isOwn) in [(0o600, true), (0o644, true), (0o664, false), (0o646, false)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      _ = try DurableFile.read(at: path, limit: 10, .files)
      let read = Result { _ = try DurableFile.read(at: path, limit: 10, .ownFiles) }
      if isOwn {
        try read.get()
      } else {
        #expect(throws: FileError.unsafe(path: path, reason: "others may write to it")) { try read.get() }
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can make a file another's"))
  func `what is another's is not one's own`() throws {
    try write("account", .keeping)
    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: path)
    _ = try DurableFile.read(at: path, limit: 10, .files)
    #expect(throws: FileError.unsafe(path: path, reason: "it belongs to another user")) {
      _ = try DurableFile.read(at: path, limit: 10, .ownFiles)
    }
  }

  @Test(arguments: [("a/b", "a"), ("/a", "/"), ("a", "."), ("a/b/", "a"), ("/", "/"), ("/a/b", "/a")])
  func `parents`(path: String, parent: String) { #expect(DurableFile.parent(of: path) == parent) }
}
