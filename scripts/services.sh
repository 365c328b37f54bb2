#!/usr/bin/env bash
# PostgreSQL and RabbitMQ for the tests, and the programs that tests start themselves:
# docker-registry and minisign.
#
#   scripts/services.sh start PID   print `export` lines: DATABASE_URL, AMQP_URL
#   scripts/services.sh stop        stop what `start` started, and only that
#
# What DATABASE_URL and AMQP_URL name is used, if they are set. Else a private
# PostgreSQL is started where its programs are installed: tests that run side by side
# need more connections than one that is there usually allows, and a cluster that is
# thrown away need not be safe, which makes it fast. Else what answers on the standard
# ports of this machine is used: a PostgreSQL that lets the user postgres in without a
# password, and a RabbitMQ that lets guest in and that rabbitmqctl reaches (the tests
# make databases and vhosts of their own). Else what is missing is installed with
# apt-get and started. Private ones listen on free ports of 127.0.0.1, and have a folder
# of their own.
#
# PID is the process that the services are for: should it be gone without a `stop`,
# the next `start` stops what it left. RUNNEL_TEST_SERVICES=private passes over the
# standard ports.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD/target/services

say() { echo "services: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }

# Runs a command as a user who is not root, where we are root: as_user USER COMMAND...
as_user() {
    local user=$1
    shift
    if is_root; then runuser -u "$user" -- "$@"; else "$@"; fi
}

# --- What answers ------------------------------------------------------------

# What a port of this machine says first to some bytes, in hexadecimal. Other
# programs are not needed for it, and may not be there: converse PORT BYTES...
converse() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        for bytes in "${@:2}"; do
            printf '%b' "$bytes" >&3
            timeout 5 dd bs=8192 count=1 <&3 | od -An -v -tx1 | tr -d ' \n'
            echo
        done
    ) 2>/dev/null
}

# PostgreSQL's first message asks for a user and a database; an R with a zero says
# that no password is wanted.
postgres_answers() {
    local hello='\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0'
    [[ $(converse "$1" "$hello") == 520000000800000000* ]]
}

# RabbitMQ greets (connection.start); to guest's password it answers with its
# limits (connection.tune, class 10, method 30).
rabbitmq_answers() {
    local hello='AMQP\0\0\x09\x01'
    local login='\x01\0\0\0\0\0\x24\0\x0a\0\x0b\0\0\0\0\x05PLAIN\0\0\0\x0c\0guest\0guest\x05en_US\xce'
    [[ $(converse "$1" "$hello" "$login" | tail -n1) == 010000????????000a001e* ]]
}

# The node that rabbitmqctl reaches is the one on that port.
rabbitmq_obeys() {
    have rabbitmq-diagnostics && timeout 30 rabbitmq-diagnostics -q check_port_listener "$1" >/dev/null 2>&1
}

# A port that nobody listens on, below those that the system gives to clients.
free_port() {
    local port
    for _ in {1..100}; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    die "no port of 127.0.0.1 is free"
}

# Waits up to a minute for a service that is being started: wait_for NAME LOG COMMAND...
wait_for() {
    local name=$1 log=$2
    shift 2
    for _ in {1..600}; do
        "$@" && return
        sleep 0.1
    done
    tail -n 20 "$log" >&2 || true
    die "$name did not start within a minute; what it said is above"
}

# --- What is installed -------------------------------------------------------

# The folder of PostgreSQL's programs, the newest version's.
postgres_programs() {
    local found
    for found in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV) "$(dirname "$(command -v pg_ctl || echo /nowhere/x)")"; do
        if [ -x "$found/initdb" ] && [ -x "$found/pg_ctl" ]; then
            echo "$found"
            return
        fi
    done
    return 1
}

# The folder of RabbitMQ's programs: not Debian's wrappers, which serve the node of
# the package and nobody but root.
rabbitmq_programs() {
    local found
    for found in /usr/lib/rabbitmq/bin "$(dirname "$(readlink -f "$(command -v rabbitmq-server || echo /nowhere/x)")")"; do
        if [ -x "$found/rabbitmq-server" ] && [ -x "$found/rabbitmqctl" ] && have epmd; then
            echo "$found"
            return
        fi
    done
    return 1
}

# install NAME PACKAGE: says in one line what to do where it cannot.
install() {
    local sudo=()
    is_root || sudo=(sudo -n)
    say "installing $1 ($2)"
    if have apt-get && { is_root || have sudo; } &&
        { "${sudo[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$2"; } </dev/null >&2; then
        return
    fi
    return 1
}

# programs NAME PACKAGE VARIABLE FIND: where the programs are, installed if need be.
programs() {
    "$4" && return
    if install "$1" "$2" && "$4"; then return; fi
    die "the tests need $1, which is neither running nor installed nor could be installed:" \
        "run \`apt-get install $2\` as root, or set $3 to one that is running"
}

# A program that tests start themselves, installed if need be: tool PROGRAM, which is
# its package's name too.
tool() {
    have "$1" && return
    if install "$1" "$1" && have "$1"; then return; fi
    die "the tests need $1, which is not installed and could not be: run \`apt-get install $1\` as root"
}

# --- Private ones ------------------------------------------------------------

# A folder for a private service, its user's: PostgreSQL does not run as root.
# Below target/, unless that user cannot get there.
private_folder() {
    local name=$1 user=$2 folder=$run/$1
    mkdir -p "$folder"
    if is_root && ! as_user "$user" test -x "$folder"; then
        rmdir "$folder"
        folder=$(mktemp -d "/tmp/runnel-$name.XXXXXX")
    fi
    echo "$folder" >"$run/$name.folder"
    if is_root; then chown "$user" "$folder"; fi
    chmod 700 "$folder"
    echo "$folder"
}

# The user that a private service runs as, where we are root.
user_of() { if id "$1" >/dev/null 2>&1; then echo "$1"; else echo nobody; fi; }

start_postgres() {
    local bin user folder port
    bin=$(programs PostgreSQL postgresql DATABASE_URL postgres_programs)
    user=$(user_of postgres)
    folder=$(private_folder postgres "$user")
    port=$(free_port)
    (
        cd "$folder"
        as_user "$user" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync
        # A cluster that is thrown away need not survive a power cut.
        as_user "$user" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start -o "-p $port \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off"
    ) </dev/null >"$run/postgres.log" 2>&1 ||
        { cat "$run/postgres.log" "$folder/log" >&2 || true; die "PostgreSQL did not start; what it said is above"; }
    wait_for PostgreSQL "$folder/log" postgres_answers "$port"
    DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres
    say "started a private PostgreSQL on port $port"
}

stop_postgres() {
    local folder bin
    folder=$(cat "$run/postgres.folder" 2>/dev/null) || return 0
    if [ -f "$folder/data/postmaster.pid" ]; then
        bin=$(postgres_programs)
        (cd "$folder" && as_user "$(user_of postgres)" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop) >/dev/null ||
            say "the PostgreSQL of $folder did not stop"
    fi
    rm -rf "$folder"
}

# Everything of its own: name, ports, epmd, cookie, data, log, configuration. What
# the tests call `rabbitmqctl` is the script that is written here.
start_rabbitmq() {
    local bin user folder port
    bin=$(programs RabbitMQ rabbitmq-server AMQP_URL rabbitmq_programs)
    user=$(user_of rabbitmq)
    folder=$(private_folder rabbitmq "$user")
    port=$(free_port)
    write_rabbitmq "$folder" "$bin" "$port" "$user"
    # Each a process group of its own, so that a Ctrl-C of the tests is not theirs.
    setsid "$run/bin/run" epmd </dev/null >"$run/epmd.log" 2>&1 3>&- &
    setsid "$run/bin/run" rabbitmq-server </dev/null >"$run/rabbitmq.log" 2>&1 3>&- &
    wait_for RabbitMQ "$run/rabbitmq.log" rabbitmq_answers "$port"
    AMQP_URL=amqp://guest:guest@127.0.0.1:$port/%2f
    PATH=$run/bin:$PATH
    say "started a private RabbitMQ on port $port"
}

# write_rabbitmq FOLDER BIN PORT USER
write_rabbitmq() {
    local epmd dist switch=
    epmd=$(free_port) dist=$(free_port)
    is_root && switch="runuser -u $4 --"
    cat >"$1/rabbitmq.conf" <<EOF
listeners.tcp.local = 127.0.0.1:$3
loopback_users.guest = true
# A test machine's disk may be nearly full.
disk_free_limit.absolute = 50MB
EOF
    : >"$1/rabbitmq-env.conf"
    echo '[].' >"$1/enabled_plugins"
    mkdir -p "$run/bin"
    # Runs one of RabbitMQ's programs for this node. epmd, which knows the node's
    # port, leaves its pid and becomes itself.
    cat >"$run/bin/run" <<EOF
#!/bin/sh
set -eu
program=\$1
shift
case \$program in
epmd) set -- sh -c 'echo \$\$ >"\$0" && exec epmd -port $epmd -address 127.0.0.1' '$1/epmd.pid' ;;
*) set -- '$2/'"\$program" "\$@" ;;
esac
cd '$1'
exec $switch env HOME='$1' LC_ALL=C.UTF-8 \\
    RABBITMQ_NODENAME=runnel@localhost ERL_EPMD_PORT=$epmd ERL_EPMD_ADDRESS=127.0.0.1 \\
    ERL_FLAGS='-kernel inet_dist_use_interface {127,0,0,1}' RABBITMQ_DIST_PORT=$dist \\
    RABBITMQ_CONF_ENV_FILE='$1/rabbitmq-env.conf' RABBITMQ_CONFIG_FILE='$1/rabbitmq.conf' \\
    RABBITMQ_ADVANCED_CONFIG_FILE='$1/advanced.config' RABBITMQ_ENABLED_PLUGINS_FILE='$1/enabled_plugins' \\
    RABBITMQ_MNESIA_BASE='$1/data' RABBITMQ_LOG_BASE='$1/log' RABBITMQ_PID_FILE='$1/rabbitmq.pid' \\
    "\$@"
EOF
    printf '#!/bin/sh\nexec "%s/bin/run" rabbitmqctl "$@"\n' "$run" >"$run/bin/rabbitmqctl"
    printf '#!/bin/sh\nexec "%s/bin/run" rabbitmq-diagnostics "$@"\n' "$run" >"$run/bin/rabbitmq-diagnostics"
    chmod +x "$run"/bin/*
    if is_root; then chown "$4" "$1"/*; fi
}

stop_rabbitmq() {
    local folder
    folder=$(cat "$run/rabbitmq.folder" 2>/dev/null) || return 0
    end "$folder/rabbitmq.pid" "$folder"
    end "$folder/epmd.pid" epmd
    rm -rf "$folder"
}

# Ends the process whose id a file holds, if its words still have TEXT in them: the
# id may have gone to somebody else. end FILE TEXT
end() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    is_running "$pid" "$2" || return 0
    kill "$pid"
    for _ in {1..300}; do
        is_running "$pid" "$2" || return 0
        sleep 0.1
    done
    say "process $pid did not end when asked to, and is killed"
    kill -KILL "$pid"
}

is_running() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$2"; }

# --- start, stop -------------------------------------------------------------

stop() {
    [ -d "${run:?}" ] || return 0
    stop_rabbitmq
    stop_postgres
    rm -rf "$run"
}

# What runs left that were killed.
stop_leftovers() {
    local run owner
    for run in "$root"/*/; do
        run=${run%/}
        owner=$(cat "$run/owner" 2>/dev/null) || continue
        [ -d "/proc/$owner" ] && continue
        say "stopping what process $owner left"
        stop
    done
}

start() {
    local owner=$1 private=${RUNNEL_TEST_SERVICES:-}
    mkdir -p "$root"
    stop_leftovers
    tool docker-registry
    tool minisign
    run=$(mktemp -d "$root/XXXXXX")
    chmod 755 "$run"
    echo "$owner" >"$run/owner"
    trap 'stop' EXIT
    if [ -z "${DATABASE_URL:-}" ]; then
        if [ "$private" != private ] && ! postgres_programs >/dev/null && postgres_answers 5432; then
            DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres
        else
            start_postgres
        fi
    fi
    if [ -z "${AMQP_URL:-}" ]; then
        if [ "$private" != private ] && rabbitmq_answers 5672 && rabbitmq_obeys 5672; then
            AMQP_URL=amqp://guest:guest@127.0.0.1:5672/%2f
        else
            start_rabbitmq
        fi
    fi
    trap - EXIT
    printf 'export %s=%q\n' DATABASE_URL "$DATABASE_URL" AMQP_URL "$AMQP_URL" PATH "$PATH" RUNNEL_SERVICES "$run"
}

case "${1:-}" in
start) start "${2:?the process that the services are for}" ;;
stop)
    run=${RUNNEL_SERVICES:-$root/none}
    stop
    ;;
*) die "start PID, or stop" ;;
esac
