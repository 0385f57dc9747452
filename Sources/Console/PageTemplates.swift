internal import Mustache
internal import OATH
internal import Verifier

/// What a template is filled with.
typealias View = [String: Any]

/// The templates of the pages, put together once. Mustache escapes what it is given; `{{{…}}}` stands in two places only,
/// for a page inside its frame and for an image of ours.
struct PageTemplates: Sendable {
  private let library: MustacheLibrary

  /// - Throws: what Mustache finds wrong with a template.
  init() throws {
    var library = MustacheLibrary()
    for (name, bytes) in Self.all {
      try library.register(String(decoding: bytes, as: UTF8.self), named: name)
    }
    self.library = library
  }

  private static var all: [(String, [UInt8])] {
    [
      ("layout", PackageResources.layout_mustache), ("field", PackageResources.field_mustache),
      ("form", PackageResources.form_mustache), ("signin", PackageResources.signin_mustache),
      ("step", PackageResources.step_mustache), ("assign", PackageResources.assign_mustache),
      ("once", PackageResources.once_mustache), ("credentials", PackageResources.credentials_mustache),
      ("users", PackageResources.users_mustache), ("user", PackageResources.user_mustache),
      ("audit", PackageResources.audit_mustache), ("front", PackageResources.front_mustache),
    ]
  }

  /// The page as a whole.
  func page(_ name: String, _ view: View) -> [UInt8] {
    var framed = view
    framed["content"] = library.render(view, withTemplate: name)
    return Array((library.render(framed, withTemplate: "layout") ?? "").utf8)
  }
}

/// An input of a form, with its label, its hint, and what was wrong with what it held.
struct Field {
  var name, label: String
  var type = "text"
  var value: String?
  var hint: String?
  var error: String?
  var autocomplete = "off"
  var isCode = false
  /// How many digits a code has, where that is known.
  var digits: Int?

  /// - Parameter isFirst: whether it is where typing begins.
  func view(isFirst: Bool) -> View {
    var view: View = [
      "name": name, "label": label, "type": type, "autocomplete": autocomplete, "isCode": isCode,
      "isFirst": isFirst,
    ]
    view["digits"] = digits
    view["value"] = value
    view["hint"] = hint
    view["error"] = error
    let described = [hint.map { _ in "\(name)-hint" }, error.map { _ in "\(name)-error" }].compactMap(\.self)
    if !described.isEmpty { view["describedBy"] = described.joined(separator: " ") }
    return view
  }

  static func code(
    _ name: String = "code", _ label: String, hint: String? = nil, error: String? = nil, of devices: [Device]
  ) -> Field {
    let lengths = Set(
      devices.filter { $0.isAssigned || devices.count == 1 }.map(\.parameters.digits.rawValue))
    return Field(
      name: name, label: label, hint: hint, error: error, autocomplete: "one-time-code", isCode: true,
      digits: lengths.count == 1 ? lengths.first : nil)
  }
}

/// A form that is sent to `action`.
struct PageForm {
  var action: String
  var submit: String
  var fields: [Field] = []
  var hidden: [String: String] = [:]
  /// Of a button that takes something away.
  var isDangerous = false
  /// What the button does, where the button's own words would not tell it from the next one.
  var label: String?

  func view(token: String) -> View {
    let first = fields.firstIndex { $0.error != nil } ?? 0
    let hidden = hidden.merging(["token": token]) { own, _ in own }.sorted { $0.key < $1.key }
    var view: View = [
      "action": action, "submit": submit, "isDangerous": isDangerous,
      "fields": fields.enumerated().map { $1.view(isFirst: $0 == first) },
      "hidden": hidden.map { ["name": $0.key, "value": $0.value] },
    ]
    view["label"] = label
    return view
  }
}
