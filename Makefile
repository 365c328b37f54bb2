# `make` alone says what there is. Each target does all that it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build plugins dashboard dashboard-tests screenshots demo test check bench clean

DEV := target/debug/runnel
RELEASE := target/release/runnel
PLUGINS := $(sort $(dir $(wildcard plugins/github/*/Cargo.toml plugins/jira/*/Cargo.toml)))
# One call, so that what they share is built once and with the same features.
BUILD_RELEASE := cargo build --release -p runnel -p fake-github -p fake-jira -p runnel-bench

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: a WebAssembly target, a C compiler
	@scripts/setup.sh

build: setup dashboard ## Build the release binary (target/release/runnel), the dashboard and the plugins
	$(BUILD_RELEASE)
	$(RELEASE) plugin build $(PLUGINS)

plugins: setup ## Build the plugins alone (target/plugins/components)
	cargo build --workspace --bins --features runnel/failpoints
	$(DEV) plugin build $(PLUGINS)

dashboard: ## Build the pages of the dashboard, which the next build of the host takes in (needs node)
	@scripts/dashboard.sh build

dashboard-tests: ## Test the dashboard alone in a browser, against the dev build of the host
	@scripts/dashboard.sh test

screenshots: ## Make the pictures of docs/dashboard.md
	@scripts/dashboard.sh screenshots

demo: build ## Sync stand-ins for GitHub and Jira into .demo/runnel.db
	@scripts/demo.sh

test: setup ## Run every test (those of the dashboard need node)
	@scripts/test.sh $(PLUGINS)

check: setup ## Check format, lints, licences, who imports whom, lengths, deploy/, the dashboard
	cargo fmt --all --check
	@scripts/lint.sh
	@scripts/check-dependencies.sh
	@scripts/check-lengths.sh
	@scripts/check-deploy.sh
	@scripts/dashboard.sh check

bench: build ## Measure; the figures are in docs/performance.md
	target/release/runnel-bench

clean: ## Remove everything that was built, and the demo's database
	cargo clean
	rm -rf .demo
