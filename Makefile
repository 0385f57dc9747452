# Two commands are all a newcomer needs: `make demo` and `make test`.

SWIFT ?= swift
JOBS ?= 2
PREFIX ?= /usr/local
DESTDIR ?=
SOURCES = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
# One debug build serves the demo and the tests.
DEBUG = .build/debug
# What is installed looks for libraries where the system has them, and not beside itself.
RELEASE_FLAGS = -c release --static-swift-stdlib --disable-local-rpath -j $(JOBS) $(shell Scripts/link-flags "$(SWIFT)")

.PHONY: demo test build install uninstall lint format check command-tests instructions fuzz proof bench bench-record bench-build oath-bench docs clean

demo: ## The main job, once, on this machine.
	@Scripts/bootstrap build
	$(SWIFT) build --product vmfa -j $(JOBS)
	@Scripts/demo $(DEBUG)/vmfa

test: ## Everything that is checked.
	@Scripts/bootstrap test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory command-tests
	@$(MAKE) --no-print-directory instructions
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=5

build: ## The program, for development.
	@Scripts/bootstrap build
	$(SWIFT) build --product vmfa -j $(JOBS)

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	Scripts/lint-c
	mandoc -T lint -W warning man/*.[1-8]

format: ## Format the sources.
	$(SWIFT) format format --in-place --recursive $(SOURCES)

check:
	$(SWIFT) build --build-tests -j $(JOBS)
	$(SWIFT) test --skip-build

command-tests:
	@Scripts/test-commands $(DEBUG)

instructions: ## Instructions of a code, a scan, a verification, against the bounds in Benchmarks.
	@Scripts/compare --check

FUZZ_SECONDS ?= 600
fuzz: ## The parsers of what strangers send, for a while.
	@Scripts/fuzz $(FUZZ_SECONDS)

proof: ## Races, crashes and histories in full: an hour instead of seconds.
	@Scripts/bootstrap test
	$(SWIFT) build --build-tests -j $(JOBS)
	VMFA_ROUNDS=2000 $(SWIFT) test --skip-build --filter HistoryTests
	VMFA_ROUNDS=200 Scripts/test-commands $(DEBUG) races vault-crash
	VMFA_MINUTES=20 VMFA_ROUNDS=500 Scripts/test-commands $(DEBUG) proofs
	VMFA_CUTS=10000 Scripts/test-commands $(DEBUG) power-loss
	VMFA_ROUNDS=200 Scripts/test-commands $(DEBUG) service
	@$(MAKE) --no-print-directory fuzz

bench: ## All figures, beside other programs': half an hour on a machine that does nothing else.
	@Scripts/compare

bench-build: ## What `make bench` runs.
	@Scripts/bootstrap bench
	@$(MAKE) --no-print-directory oath-bench
	for product in vmfa verifier-load service-load; do $(SWIFT) build $(RELEASE_FLAGS) --product $$product || exit 1; done

oath-bench:
	$(SWIFT) build $(RELEASE_FLAGS) --package-path Benchmarks

bench-record: ## New bounds for `make instructions`.
	@Scripts/compare --record

docs: ## The libraries' documentation, in .build/docs.
	@Scripts/docs

install: ## PREFIX=/usr/local, DESTDIR for packagers.
	@Scripts/bootstrap build
	$(SWIFT) build $(RELEASE_FLAGS) --product vmfa
	Scripts/install-files "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/vmfa" "$(DESTDIR)$(PREFIX)"

uninstall:
	Scripts/install-files --remove "$(DESTDIR)$(PREFIX)"

clean:
	$(SWIFT) package clean
