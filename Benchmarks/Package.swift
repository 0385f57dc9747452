// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what measures has dependencies (liboath) that those who use vmfa never meet.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "vmfa", path: "..")],
  targets: [
    .systemLibrary(name: "CLibOATH", pkgConfig: "liboath", providers: [.apt(["liboath-dev"])]),
    .target(name: "CFloors", dependencies: ["CLibOATH"], linkerSettings: [.linkedLibrary("crypto")]),
    .executableTarget(
      name: "oath-bench",
      dependencies: [
        "CFloors", .product(name: "OATH", package: "vmfa"), .product(name: "Verifier", package: "vmfa"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
