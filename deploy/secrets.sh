#!/usr/bin/env bash
# Makes what compose.yaml needs and no repository should hold: passwords of database
# and broker, and the key that encrypts credentials, in deploy/secrets/; and
# deploy/.env, which says whose files they are. What is there already stays as it
# is. Keep a copy of secrets/runnel.key where the backups of the database are not.
set -euo pipefail
cd "$(dirname "$0")"
umask 077

random() { head -c "$1" /dev/urandom; }
password() { random 24 | od -An -v -tx1 | tr -d ' \n'; }

# Writes standard input to a file that is not there yet, as a whole or not at all.
new() {
    if [ -e "$1" ]; then
        echo "secrets: $1 is there already"
        cat >/dev/null
    else
        cat >"$1.new" && mv "$1.new" "$1"
        echo "secrets: made $1"
    fi
}

mkdir -p secrets
password | new secrets/postgres.password
new secrets/rabbitmq.env <<EOF
RABBITMQ_DEFAULT_USER=runnel
RABBITMQ_DEFAULT_PASS=$(password)
RABBITMQ_DEFAULT_VHOST=runnel
EOF
new secrets/runnel.toml <<EOF
database = "postgres://runnel:$(cat secrets/postgres.password)@postgres/runnel"
broker = "amqp://runnel:$(sed -n 's/^RABBITMQ_DEFAULT_PASS=//p' secrets/rabbitmq.env)@rabbitmq/runnel"
EOF
# As `runnel key new` does it, which is in the image that may not be built yet.
printf 'key-%s:%s\n' "$(random 4 | od -An -v -tx1 | tr -d ' \n')" "$(random 32 | base64)" | new secrets/runnel.key
# The host is not to run as root, whoever made the files.
uid=$(id -u) gid=$(id -g)
if [ "$uid" = 0 ]; then
    uid=65532 gid=65532
    chown $uid:$gid secrets/runnel.toml secrets/runnel.key
fi
new .env <<EOF
RUNNEL_UID=$uid
RUNNEL_GID=$gid
EOF
