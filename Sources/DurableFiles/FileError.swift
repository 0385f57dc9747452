#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why a file was not read or written. The path is named, never the content.
public enum FileError: Error, Equatable, Sendable {
  /// There is no such file or folder.
  case missing(path: String)
  /// There is one already, and it was not to be replaced.
  case exists(path: String)
  /// It is no regular file, or longer than is read.
  case unusable(path: String, reason: String)
  /// It holds a secret, and others may read or change it.
  case unsafe(path: String, reason: String)
  /// The system refused; `reason` is its own word.
  case failed(path: String, reason: String)

  /// The error of the system call that just failed.
  static func current(_ path: String) -> FileError {
    switch errno {
    case ENOENT: .missing(path: path)
    case EEXIST: .exists(path: path)
    case ELOOP: .unusable(path: path, reason: "it is a symbolic link")
    default: .failed(path: path, reason: unsafe String(cString: strerror(errno)))
    }
  }
}

extension FileError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .missing(let path): "there is no \(path)"
    case .exists(let path): "\(path) exists already"
    case .unusable(let path, let reason), .unsafe(let path, let reason), .failed(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
