internal import DurableFiles

/// The path that an option, an argument or a variable names; `~/` is the home folder, as in a shell.
///
/// Every option that names a file has this as its `transform`.
/// - Throws: `FileError` where there is no home folder.
func expandedPath(_ text: String) throws -> String {
  try HomePath.expanding(text, home: Console.current.variable("HOME"))
}

extension Console {
  /// The path in a variable that names a file; nil where it is not set, or empty.
  func path(inVariable name: String) throws -> String? { try variable(name).map(expandedPath) }
}
