// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A target of ours: every one is compiled under the same rules.
func library(
  _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
/// SQLite's own calls.
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "vmfa",
  products: [
    .executable(name: "vmfa", targets: ["vmfa"]),
    .library(name: "OATH", targets: ["OATH", "OpenSSLCrypto"]),
    .library(name: "QRCode", targets: ["QRCode"]),
    .library(name: "Vault", targets: ["Vault"]),
    .library(name: "Verifier", targets: ["Verifier"]),
    .library(name: "StoreSQLite", targets: ["StoreSQLite"]),
    .library(name: "StorePostgreSQL", targets: ["StorePostgreSQL"]),
    .library(name: "DeviceTransfer", targets: ["DeviceTransfer"]),
    .library(name: "Directory", targets: ["Directory"]),
    .library(name: "Authentication", targets: ["Authentication"]),
    .library(name: "LoginService", targets: ["LoginService"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    // Comes with libpng.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Not linked: loaded where it is used. Its headers are in libpq-dev.
    .target(name: "CLibPQ"),
    .target(name: "CSQLite", dependencies: [grdbSQLite]),

    library("OpenSSLCrypto", ["COpenSSL"]),
    library("DurableFiles", ["OpenSSLCrypto"]),
    library("OATH", ["OpenSSLCrypto"]),
    library("JSONText", ["OpenSSLCrypto"]),
    library("Interchange", ["CZlib", "JSONText", "OATH", "OpenSSLCrypto"]),
    library("Vault", ["Interchange", "JSONText", "OATH", "DurableFiles", "OpenSSLCrypto"]),
    library("QRCode", ["CQREncode", "CPNG"]),
    library("Verifier", ["OATH", "DurableFiles", "OpenSSLCrypto"]),
    library("StoreSQL", ["Directory", "Verifier", "OATH", "OpenSSLCrypto"]),
    library(
      "StoreSQLite",
      ["StoreSQL", "Directory", "Verifier", "OATH", "DurableFiles", "CSQLite", grdb, grdbSQLite]),
    library("StorePostgreSQL", ["CLibPQ", "StoreSQL", "Directory", "Verifier"]),
    library(
      "DeviceTransfer", ["Verifier", "Interchange", "JSONText", "OATH", "DurableFiles", "OpenSSLCrypto"]),
    library("Directory", ["Verifier", "OATH", "OpenSSLCrypto"]),
    library("Authentication", ["Directory", "Verifier", "JSONText", "OATH", "OpenSSLCrypto", logging]),
    library("AWSQuery", ["OATH", "OpenSSLCrypto"]),
    library(
      "ServiceHTTP",
      [
        "Verifier", "OATH", hummingbird, hummingbirdCore, httpTypes, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
        logging, coreMetrics,
      ]),
    library(
      "RESTAPI",
      [
        "ServiceHTTP", "Authentication", "Directory", "Enrollment", "Verifier", "QRCode", "AWSQuery", "JSONText",
        "OATH",
        "OpenSSLCrypto", httpTypes,
      ], resources: [.embedInCode("openapi.yaml")]),
    library(
      "QueryAPI",
      [
        "ServiceHTTP", "Authentication", "Directory", "Enrollment", "Verifier", "QRCode", "AWSQuery", "JSONText",
        "OATH",
        "OpenSSLCrypto", httpTypes,
      ]),
    library(
      "Console",
      [
        "ServiceHTTP", "Authentication", "Directory", "Enrollment", "Verifier", "QRCode", "AWSQuery", "OATH",
        "OpenSSLCrypto", httpTypes, mustache,
      ], resources: [.embedInCode("Templates"), .embedInCode("Assets")]),
    library(
      "LoginService",
      [
        "ServiceHTTP", "RESTAPI", "QueryAPI", "Console", "Authentication", "Directory", "Verifier", "OATH",
        "OpenSSLCrypto", hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, nioCore, nioSSL, logging, coreMetrics,
        lifecycle, unixSignals, configuration,
      ]),
    library("Enrollment", ["Verifier", "QRCode", "OATH", "OpenSSLCrypto"]),
    library(
      "VMFACommands",
      [
        "LoginService", "Directory", "Enrollment", "Verifier", "StoreSQLite", "StorePostgreSQL", "DeviceTransfer",
        "Vault", "Interchange", "QRCode", "OATH", "DurableFiles", "OpenSSLCrypto", argumentParser, subprocess,
        logging, configuration, nioCore, nioPosix,
      ]),
    .executableTarget(name: "vmfa", dependencies: ["OpenSSLCrypto", "VMFACommands"], swiftSettings: strict),

    library("TestSupport", ["OATH", "OpenSSLCrypto"], path: "Tests/TestSupport"),
    library(
      "StoreContract", ["Authentication", "Directory", "Verifier", "OATH", "OpenSSLCrypto", "TestSupport"],
      path: "Tests/StoreContract"),
    library(
      "ServiceHarness",
      [
        "LoginService", "ServiceHTTP", "Directory", "StoreContract", "Verifier", "OATH", "OpenSSLCrypto", "TestSupport",
        httpTypes, logging, configuration,
      ], path: "Tests/ServiceHarness"),
    .executableTarget(
      name: "verifier-load",
      dependencies: [
        "StoreSQLite", "StorePostgreSQL", "Verifier", "OATH", "OpenSSLCrypto",
      ],
      path: "Tests/VerifierLoad", swiftSettings: strict),
    .executableTarget(
      name: "service-load",
      dependencies: ["LoginService", "Directory", "StoreSQLite", "Verifier", "OATH", configuration, logging],
      path: "Tests/ServiceLoad", exclude: ["verify.lua"], swiftSettings: strict),
    tests("OpenSSLCryptoTests", ["OpenSSLCrypto", "COpenSSL"]),
    tests("DurableFilesTests", ["DurableFiles", "OpenSSLCrypto"]),
    tests("OATHTests", ["OATH", "OpenSSLCrypto"]),
    tests("JSONTextTests", ["JSONText", "OpenSSLCrypto"]),
    tests("InterchangeTests", ["Interchange", "JSONText", "Vault", "OATH", "OpenSSLCrypto"]),
    tests(
      "DeviceTransferTests",
      ["DeviceTransfer", "StoreContract", "Interchange", "JSONText", "Verifier", "OATH", "OpenSSLCrypto"]),
    tests("VaultTests", ["Vault", "Interchange", "JSONText", "OATH", "OpenSSLCrypto"]),
    tests("QRCodeTests", ["QRCode", subprocess]),
    tests("VerifierTests", ["Verifier", "StoreContract", "OATH", "OpenSSLCrypto"]),
    .target(name: "CheckpointRecorder", dependencies: [grdbSQLite], path: "Tests/CheckpointRecorder"),
    tests(
      "StoreSQLiteTests",
      [
        "StoreSQLite", "Directory", "Verifier", "StoreContract", "ServiceHarness", "CheckpointRecorder", "DurableFiles",
        "OATH",
        "OpenSSLCrypto", grdb,
      ]),
    tests(
      "StorePostgreSQLTests",
      ["StorePostgreSQL", "Directory", "Verifier", "StoreContract", "ServiceHarness", "OATH", "OpenSSLCrypto"]),
    tests("DirectoryTests", ["Directory", "StoreContract"]),
    tests(
      "AuthenticationTests",
      ["Authentication", "Directory", "StoreContract", "Verifier", "OATH", "OpenSSLCrypto", logging]),
    tests("AWSQueryTests", ["AWSQuery", "OATH", "OpenSSLCrypto"]),
    tests(
      "ServiceHTTPTests",
      ["ServiceHTTP", "OATH", httpTypes, coreMetrics, logging, nioCore, nioEmbedded]),
    tests("ConsoleTests", ["Console", "ServiceHTTP", "OATH", httpTypes]),
    tests(
      "LoginServiceTests",
      ["LoginService", "ServiceHarness", "Directory", "StoreContract", "Verifier", "OATH", httpTypes, configuration]),
    tests("EnrollmentTests", ["Enrollment", "Verifier", "StoreContract", "QRCode", "OATH", "OpenSSLCrypto"]),
    tests(
      "VMFACommandsTests",
      [
        "VMFACommands", "Directory", "Vault", "Interchange", "Verifier", "QRCode", "OATH", "OpenSSLCrypto",
        argumentParser,
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// Tests/Fuzzing: for Scripts/fuzz, which builds it with libFuzzer in it; nothing else can.
if Context.environment["VMFA_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["AWSQuery", "Interchange", "JSONText", "OATH", "OpenSSLCrypto"],
      path: "Tests/Fuzzing",
      exclude: ["seeds"], swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
