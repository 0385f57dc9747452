extension String {
  /// As a word that a shell takes for this text and nothing else, in quotes: for hints, which people paste.
  var quotedForShell: String { "'" + replacing("'", with: #"'\''"#) + "'" }

  /// The same without quotes where it needs none.
  var shellWord: String { wholeMatch(of: /[A-Za-z0-9_\/.:,+@%=-]+/) == nil ? quotedForShell : self }

  /// An option with this value, which may begin like an option itself.
  func asValue(of option: String) -> String { option + (hasPrefix("-") ? "=" : " ") + quotedForShell }
}
