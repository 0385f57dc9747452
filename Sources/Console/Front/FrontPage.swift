internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import Verifier
package import ServiceHTTP

extension PageService {
  /// `/`, for a browser.
  package func front(_ request: Incoming) async -> Answer {
    await answer(request, [], .signedIn(.getUser, on: .own), reading: .query) { try await $0.frontPage() }
  }
}

extension PageCall {
  /// An entry of the checklist; `action` leads to where it is mended.
  private struct Check {
    var isGood: Bool
    var title, text: String
    var link, action: String?

    var view: View {
      var view: View = ["isGood": isGood, "title": title, "text": text]
      view["link"] = link
      view["action"] = action
      return view
    }
  }

  fileprivate func frontPage() async throws -> Answer {
    let checks = try await allows(.getAccountSummary, on: .account) ? accountChecks() : ownChecks()
    var view: View = ["checks": checks.map(\.view)]
    if allows(.generateCredentialReport, on: .account) {
      view["report"] = self.view(of: PageForm(action: "/credential-report", submit: "Download credential report"))
    }
    return page("front", "Welcome", view)
  }

  /// Of the whole account, as AWS's console has them.
  private func accountChecks() async throws -> [Check] {
    let store = directory.store, counts = try await store.counts(at: now), settings = try await store.settings()
    let root = try await store.iamUser(named: .root), isRoot = try owner().isRoot,
      rootHasMFADevice = root?.hasMFADevice ?? false
    let rootKeys = root?.record.accessKeys.count(where: \.isActive) ?? 0
    var checks = [
      Check(
        isGood: rootHasMFADevice, title: "MFA for the root user",
        text: rootHasMFADevice ? "The root user has MFA." : "The root user has no MFA, and may do everything."),
      Check(
        isGood: counts.usersWithMFA == counts.users, title: "MFA for every user",
        text: "\(counts.usersWithMFA) of \(counts.users) users have MFA."),
      Check(
        isGood: settings.passwordPolicy != nil, title: "Password policy",
        text: settings.passwordPolicy.map(\.summary)
          ?? "None is set: 8 characters are enough."),
      Check(
        isGood: counts.oldAccessKeys == 0, title: "Access keys",
        text: "\(counts.oldAccessKeys) of \(counts.accessKeys) active access keys are older than 90 days."),
      Check(
        isGood: rootKeys == 0, title: "No access key of the root user",
        text: rootKeys == 0
          ? "The root user has no active access key."
          : "Administrators' keys do for everything; the root user's should be deleted."),
    ]
    if rootKeys > 0, isRoot { (checks[4].link, checks[4].action) = ("/security-credentials", "Delete it") }
    if !rootHasMFADevice, isRoot {
      (checks[0].link, checks[0].action) = ("/security-credentials/devices/new", "Assign one")
    }
    if !rootHasMFADevice, !isRoot {
      (checks[0].link, checks[0].action) = ("/signin?as=root", "Sign in as root to assign one")
    }
    if !checks[1].isGood { (checks[1].link, checks[1].action) = ("/users?mfa=none", "Show users without MFA") }
    if !checks[2].isGood { (checks[2].link, checks[2].action) = ("/password-policy", "Set one") }
    if !checks[3].isGood { (checks[3].link, checks[3].action) = ("/users?keys=old", "Show their users") }
    return checks
  }

  /// Of a user, for themselves.
  private func ownChecks() throws -> [Check] {
    let owner = try owner(), hasCodes = owner.user.recovery.map { $0.remaining > 0 } ?? false
    let old = owner.record.accessKeys.count { $0.isActive && $0.isOld(at: now) }
    return [
      Check(
        isGood: owner.hasMFADevice, title: "MFA",
        text: owner.hasMFADevice ? "You have an MFA device." : "You have no MFA device.",
        link: owner.hasMFADevice ? nil : "/security-credentials/devices/new", action: "Assign one"),
      Check(
        isGood: hasCodes, title: "Recovery codes",
        text: hasCodes ? "You have recovery codes." : "Without them, a lost device locks you out.",
        link: hasCodes ? nil : "/security-credentials", action: "Security credentials"),
      Check(
        isGood: old == 0, title: "Access keys",
        text: "\(old) of your active access keys are older than 90 days.",
        link: old == 0 ? nil : "/security-credentials", action: "Replace them"),
    ]
  }
}

extension PasswordPolicy {
  /// One line.
  fileprivate var summary: String {
    var words = ["At least \(minimumLength) characters"]
    if requiresUppercase { words.append("an uppercase letter") }
    if requiresLowercase { words.append("a lowercase letter") }
    if requiresNumbers { words.append("a number") }
    if requiresSymbols { words.append("a symbol") }
    if let maximumAge { words.append("changed every \(maximumAge) days") }
    if let reusePrevention { words.append("none of the last \(reusePrevention)") }
    return words.joined(separator: ", ") + "."
  }
}
