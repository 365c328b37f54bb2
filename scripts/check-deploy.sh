#!/usr/bin/env bash
# What can be said of deploy/ without a container engine and without systemd as
# init. Each check says so where its tool is not here.
set -euo pipefail
cd "$(dirname "$0")/.."

compose() {
    if ! python3 -c 'import yaml' 2>/dev/null; then
        echo "compose: not checked (python3-yaml is not here)"
        return
    fi
    python3 - <<'EOF'
import re, yaml
text = open("deploy/compose.yaml").read()
file = yaml.safe_load(text)
services = file["services"]
def check(good, wrong):
    if not good: raise SystemExit(f"compose: {wrong}")
check(set(services) == {"postgres", "rabbitmq", "migrate", "host", "worker"}, f"other services than expected: {list(services)}")
check(services["worker"]["deploy"]["replicas"] == 2, "two workers are promised")
made = set(re.findall(r"new (secrets/\S+|\.env)", open("deploy/secrets.sh").read()))
for name, service in services.items():
    for secret in service.get("secrets", []):
        check(file["secrets"].get(secret, {}).get("file") in made, f"{name}: deploy/secrets.sh does not make {secret}")
    for env in service.get("env_file", []):
        check(env in made, f"{name}: deploy/secrets.sh does not make {env}")
    for other, how in service.get("depends_on", {}).items():
        healthy = how["condition"] != "service_healthy" or "healthcheck" in services[other]
        check(other in services and healthy, f"{name} waits for {other}, which says nothing of its health")
    for network in service["networks"]:
        check(network in file["networks"], f"{name}: there is no network {network}")
    for variable, value in service.get("environment", {}).items():
        plain = "PASS" in variable and not variable.endswith("_FILE")
        check(not plain, f"{name}: {variable} has no place here")
    check("ports" not in service, f"{name}: a port is open to everybody")
check("://" not in re.sub(r"(?m)^\s*#.*", "", text), "a URL, which may hold a password, has no place here")
print("compose: parsed, and every secret has its file")
import json
rules = [rule for group in yaml.safe_load(open("deploy/alerts.yaml"))["groups"] for rule in group["rules"]]
check(all({"alert", "expr", "labels", "annotations"} <= set(rule) for rule in rules), "alerts.yaml: a rule lacks a part")
check(any("absent(" in rule["expr"] for rule in rules), "alerts.yaml: nothing fires when there is no series")
panels = json.load(open("deploy/grafana.json"))["panels"]
check(len({panel["id"] for panel in panels}) == len(panels), "grafana.json: two panels with one id")
print(f"monitoring: {len(rules)} rules and {len(panels)} panels parsed")
EOF
}

unit() {
    if ! command -v systemd-analyze >/dev/null; then
        echo "unit: not checked (systemd-analyze is not here)"
        return
    fi
    local folder
    folder=$(mktemp -d)
    # The program need not be installed for its unit to be right.
    sed "s|^\(Exec[A-Za-z]*=\)/usr/local/bin/runnel|\1$(command -v true)|" deploy/runnel.service >"$folder/runnel.service"
    local said
    said=$(systemd-analyze verify --man=no "$folder/runnel.service" 2>&1) || true
    rm -rf "$folder"
    if [ -n "$said" ]; then
        printf 'unit: %s\n' "$said" >&2
        return 1
    fi
    echo "unit: verified"
}

scripts() {
    if ! command -v shellcheck >/dev/null; then
        echo "scripts: not checked (shellcheck is not here)"
        return
    fi
    shellcheck --severity=warning scripts/*.sh deploy/*.sh .ci/run && echo "scripts: shellcheck finds nothing"
}

rules() {
    local promtool said
    if ! promtool=$(scripts/promtool.sh); then
        echo "rules: not checked (promtool is not here)"
        return
    fi
    if ! said=$("$promtool" check rules deploy/alerts.yaml && "$promtool" test rules deploy/alerts.test.yaml); then
        printf 'rules: %s\n' "$said" >&2
        return 1
    fi
    echo "rules: checked, and they fire when they are to"
}

compose
rules
unit
scripts
