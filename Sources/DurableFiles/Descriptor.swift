#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An open file, closed by its owner's end.
struct Descriptor: ~Copyable {
  let number: Int32
  let path: String

  /// - Parameter mode: of the file, where `flags` make one; whatever the umask is, which may take it from its owner.
  init(opening path: String, _ flags: Int32, mode: UInt32 = 0) throws(FileError) {
    let opened = unsafe open(path, flags | O_CLOEXEC, mode_t(mode))
    guard opened >= 0 else { throw .current(path) }
    if flags & O_EXCL != 0 { _ = fchmod(opened, mode_t(mode)) }
    number = opened
    self.path = path
  }

  deinit { close(number) }

  func status() throws(FileError) -> stat {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw .current(path) }
    return status
  }

  /// - Throws: ``FileError/unsafe(path:reason:)`` where it belongs to neither this user nor root.
  func refuseForeign(_ status: stat) throws(FileError) {
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .unsafe(path: path, reason: "it belongs to another user")
    }
  }

  /// - Throws: ``FileError/unsafe(path:reason:)`` where its mode lets others than its owner write to it.
  func refuseWritable(_ status: stat) throws(FileError) {
    guard status.st_mode & 0o022 == 0 else { throw .unsafe(path: path, reason: "others may write to it") }
  }

  func write(_ bytes: Span<UInt8>) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.extracting(written...).withUnsafeBufferPointer {
        #if canImport(Darwin)
          unsafe Darwin.write(number, $0.baseAddress, $0.count)
        #elseif canImport(Musl)
          unsafe Musl.write(number, $0.baseAddress, $0.count)
        #else
          unsafe Glibc.write(number, $0.baseAddress, $0.count)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .current(path) }
      written += count
    }
  }

  /// Fills `bytes` from the start as far as the file goes; returns how far that is.
  func read(into bytes: inout MutableSpan<UInt8>) throws(FileError) -> Int {
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        unsafe pread(number, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, off_t(filled))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .current(path) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Reads what there is next; returns how much that was, 0 at the end.
  func readSome(into bytes: inout MutableSpan<UInt8>) throws(FileError) -> Int {
    while true {
      let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        #if canImport(Darwin)
          unsafe Darwin.read(number, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
          unsafe Musl.read(number, buffer.baseAddress, buffer.count)
        #else
          unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .current(path) }
      return count
    }
  }

  func synchronize() throws(FileError) {
    guard fsync(number) == 0 else { throw .current(path) }
  }

  /// Without what is only the file's description, such as when it was written.
  func synchronizeData() throws(FileError) {
    #if canImport(Darwin)
      try synchronize()
    #else
      while fdatasync(number) != 0 { guard errno == EINTR else { throw .current(path) } }
    #endif
  }
}
