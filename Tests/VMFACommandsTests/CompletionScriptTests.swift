import Foundation
import TestSupport
import Testing

@testable import VMFACommands

/// The script for bash, run by bash; what a person sees is in the transcript completion.t.
@Suite struct CompletionScriptTests {
  private func script() async -> String { await run(["--generate-completion-script", "bash"]).output }

  @Test func `no name reaches a word list that bash expands`() async {
    let script = await script()
    #expect(script.contains("---completion"))
    for line in script.split(separator: "\n") where line.contains("---completion") {
      #expect(line.contains(#"__vmfa_offer_names "$(__vmfa_custom_complete ---completion "#))
      #expect(!line.contains("compgen") && !line.contains("_add_completions"))
    }
    #expect(script.hasSuffix("complete -o filenames -F __vmfa vmfa\n"))
  }

  @Test(arguments: ["zsh", "fish"]) func `other shells' scripts are the parser's`(shell: String) async {
    #expect(await !run(["--generate-completion-script", shell]).output.contains("__vmfa_offer_names"))
  }

  @Test func `any other text is printed as it is`() {
    #expect(
      CompletionScript.offeringNamesAsText("#!/bin/sh\ncomplete -o filenames -F _vmfa vmfa")
        == "#!/bin/sh\ncomplete -o filenames -F _vmfa vmfa")
  }

  /// A line that is typed up to a Tab, the part that bash replaces, and what it is replaced by.
  struct Typed: Sendable {
    var line: String
    var word: String
    var replies: [String]
  }

  private static let names = [
    "AWS:amazon", "AWS:backup", "$(touch ran)", "`touch ran`", "${HOME}", "it's me", "say \"hi\"", "two words", "a*b?",
    "semi;colon",
    "-weird", "~tilde", "#hash", "[x]{y,z}", "ünï:cödé", "back\\slash", "ba!ng", "end'", "<in>&|^",
  ]

  @Test(arguments: [
    Typed(line: "vmfa code AWS:a", word: "a", replies: ["amazon"]),
    Typed(line: "vmfa code AWS:", word: "", replies: ["amazon", "backup"]),
    Typed(line: "vmfa code A", word: "A", replies: ["AWS:amazon", "AWS:backup"]),
    Typed(line: #"vmfa code AWS\:b"#, word: #"AWS\:b"#, replies: ["AWS:backup"]),
    Typed(line: "vmfa code 'AWS:b", word: "AWS:b", replies: ["AWS:backup"]),
    Typed(line: #"vmfa code \$\("#, word: #"\$\("#, replies: [#"\$\(touch\ ran\)"#]),
    Typed(line: "vmfa code '$(", word: "$(", replies: ["$(touch ran)"]),
    Typed(line: #"vmfa code "\$("#, word: #"\$("#, replies: [#"\$(touch ran)"#]),
    Typed(line: #"vmfa code \`"#, word: #"\`"#, replies: [#"\`touch\ ran\`"#]),
    Typed(line: #"vmfa code \$\{"#, word: #"\$\{"#, replies: [#"\$\{HOME\}"#]),
    Typed(line: "vmfa code it", word: "it", replies: [#"it\'s\ me"#]),
    Typed(line: "vmfa code 'it", word: "it", replies: [#"it'\''s me"#]),
    Typed(line: "vmfa code say", word: "say", replies: [#"say\ \"hi\""#]),
    Typed(line: "vmfa code \"say", word: "say", replies: [#"say \"hi"\""#]),
    Typed(line: "vmfa code two\\ w", word: "two\\ w", replies: [#"two\ words"#]),
    Typed(line: "vmfa code a", word: "a", replies: [#"a\*b\?"#]),
    Typed(line: "vmfa code sem", word: "sem", replies: [#"semi\;colon"#]),
    Typed(line: "vmfa code -- -", word: "-", replies: ["-weird"]),
    Typed(line: #"vmfa code \~"#, word: #"\~"#, replies: [#"\~tilde"#]),
    Typed(line: "vmfa code \\#", word: "\\#", replies: ["\\#hash"]),
    Typed(line: #"vmfa code \["#, word: #"\["#, replies: [#"\[x\]\{y,z\}"#]),
    Typed(line: "vmfa code ünï:c", word: "c", replies: ["cödé"]),
    Typed(line: "vmfa code back", word: "back", replies: [#"back\\slash"#]),
    Typed(line: "vmfa code \"ba!", word: "ba!", replies: [#"ba"'!'"ng"#]),
    Typed(line: "vmfa code ba\\!", word: "ba\\!", replies: [#"ba\!ng"#]),
    Typed(line: "vmfa code 'end", word: "end", replies: [#"end'\'"#]),
    Typed(line: #"vmfa code \<"#, word: #"\<"#, replies: [#"\<in\>\&\|\^"#]),
    Typed(line: "vmfa code nothing", word: "nothing", replies: []),
    Typed(line: "vmfa rename AWS:b", word: "b", replies: ["backup"]),
    Typed(line: "vmfa code --at 59 AWS:b", word: "b", replies: ["backup"]),
  ])
  func `names are offered as they are written on a line`(typed: Typed) async throws {
    let folder = try TemporaryFolder()
    // Stands for the program, whose list of names is asked for.
    try "#!/bin/sh\ncat '\(folder.path("names"))'\n".write(
      toFile: folder.path("vmfa"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("vmfa"))
    try Self.names.map { $0 + "\n" }.joined().write(toFile: folder.path("names"), atomically: true, encoding: .utf8)
    try await script().write(toFile: folder.path("script"), atomically: true, encoding: .utf8)
    let bash = Process(), output = Pipe()
    bash.executableURL = URL(filePath: "/bin/bash")
    bash.currentDirectoryURL = URL(filePath: folder.path)
    bash.environment = ["PATH": "\(folder.path):/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    bash.arguments = [
      "-c",
      #". ./script; COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() COMP_CWORD=0; __vmfa vmfa "$2" ''; printf '%s\n' "${COMPREPLY[@]}""#,
      "bash", typed.line, typed.word,
    ]
    bash.standardOutput = output
    try bash.run()
    let printed = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    bash.waitUntilExit()
    #expect(printed.split(separator: "\n").map(String.init) == typed.replies)
    #expect(!FileManager.default.fileExists(atPath: folder.path("ran")))
  }
}
