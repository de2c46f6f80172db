#!/usr/bin/env bash
# Prepares what the tests need, runs a command in that world, and clears up.
#
#   bash test/bootstrap.sh COMMAND…      for example: bash test/bootstrap.sh go test ./internal/store/...
#
# The command finds
#   KONTOR_TEST_POSTGRES   URL of a PostgreSQL server of its own: fresh, on a free loopback port, fsync on
#   KONTOR_TEST_CHROMIUM   a Chromium for the browser test
#   KONTOR_TEST_ALL=1      a test that lacks one of them fails instead of being skipped
# Set the first two yourself to use your own; nothing is installed or started for what is set.
#
# As root on Debian or Ubuntu, missing programs are installed by apt-get.
# Elsewhere it says what to install, and stops.
#
# It ends with the command's exit code. The server is stopped, its files are
# removed and whatever the command left running is ended, also after Ctrl-C.
set -euo pipefail

cd "$(dirname "$0")/.."
say() { printf 'bootstrap: %s\n' "$*" >&2; }

if [ $# -eq 0 ]; then
	sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"
	exit 2
fi

# --- what is there -----------------------------------------------------------

# Debian keeps initdb out of the PATH, one folder a version.
postgres_bin() {
	local found
	found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -1)
	if [ -n "$found" ] && [ -x "$found/initdb" ]; then
		echo "$found"
	elif command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
		dirname "$(command -v initdb)"
	elif command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ]; then
		pg_config --bindir
	fi
}

chromium_bin() {
	local name
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return
	done
	true
}

# --- what is missing ---------------------------------------------------------

missing=()
[ -n "${KONTOR_TEST_POSTGRES:-}" ] || [ -n "$(postgres_bin)" ] || missing+=(postgresql)
[ -n "${KONTOR_TEST_CHROMIUM:-}" ] || [ -n "$(chromium_bin)" ] || missing+=(chromium)
command -v npm >/dev/null || missing+=(nodejs npm)

# install does not let the packages start services: Debian's postgresql would
# start a server for everybody, which the tests do not use.
install() {
	local policy=/usr/sbin/policy-rc.d made=no try ok=no
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		made=yes
	fi
	export DEBIAN_FRONTEND=noninteractive
	for try in 1 2; do
		if apt-get -qq update && apt-get -qq -y --no-install-recommends install "$@" >&2; then
			ok=yes
			break
		fi
		say "apt-get failed (try $try of 2)"
	done
	[ "$made" = no ] || rm -f "$policy"
	[ "$ok" = yes ]
}

if [ ${#missing[@]} -gt 0 ]; then
	if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
		say "installing ${missing[*]}"
		install "${missing[@]}" || {
			say "could not install ${missing[*]}; install them by hand and run this again"
			exit 1
		}
	else
		say "the tests need: ${missing[*]}"
		say "  Debian, Ubuntu: sudo apt-get install --no-install-recommends ${missing[*]}"
		say "  elsewhere:      install PostgreSQL 15 or newer (initdb, pg_ctl), Chromium and Node 20 or newer with npm"
		say "or set KONTOR_TEST_POSTGRES=postgres://user:password@host/database to use a server of yours,"
		say "and KONTOR_TEST_CHROMIUM=/path/to/chromium to use a browser of yours"
		exit 1
	fi
fi
export KONTOR_TEST_CHROMIUM="${KONTOR_TEST_CHROMIUM:-$(chromium_bin)}"
export KONTOR_TEST_ALL=1

# The browser test, the web app's own tests and the SDKs need what the lock files name.
for folder in web test/sdk test/onprem; do
	if [ ! -e "$folder/node_modules/.package-lock.json" ] || [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
		say "npm ci in $folder"
		npm --prefix "$folder" ci --no-progress --loglevel=error >&2
		touch "$folder/node_modules/.package-lock.json"
	fi
done

# --- the world, and its end --------------------------------------------------

world=""   # folder of the server
server=""  # process id of the server
command="" # process group of the command

# PostgreSQL refuses to run as root.
as_server() {
	if [ "$(id -u)" = 0 ]; then
		cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
	fi
	exec "$@"
}

# ended waits up to $2 tenths of a second for process or group $1 to be gone.
ended() {
	local _
	for _ in $(seq "$2"); do
		kill -0 -- "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

finish() {
	local code=$?
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$command" ] && kill -TERM -- "-$command" 2>/dev/null; then
		ended "-$command" 50 || kill -KILL -- "-$command" 2>/dev/null || true
		wait "$command" 2>/dev/null || true
	fi
	if [ -n "$server" ]; then
		kill -INT "$server" 2>/dev/null || true # fast shutdown
		ended "$server" 300 || kill -QUIT "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	[ -z "$world" ] || rm -rf "$world"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if [ -z "${KONTOR_TEST_POSTGRES:-}" ]; then
	bin=$(postgres_bin)
	world=$(mktemp -d "${TMPDIR:-/tmp}/kontor-test-XXXXXX")
	[ "$(id -u)" != 0 ] || chown postgres "$world"
	if ! (as_server test -w "$world"); then
		rmdir "$world"
		world=$(mktemp -d /tmp/kontor-test-XXXXXX)
		chown postgres "$world"
	fi
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	(as_server sh -c 'umask 077; printf "%s\n" "$1" >"$2"' - "$password" "$world/password")
	(as_server "$bin/initdb" -D "$world/data" -U kontor --pwfile="$world/password" --auth=scram-sha-256 \
		--encoding=UTF8 --locale=C --no-instructions) >"$world/initdb.log" 2>&1 || {
		cat "$world/initdb.log" >&2
		exit 1
	}
	cat >>"$world/data/postgresql.conf" <<-CONF
		listen_addresses = '127.0.0.1'
		unix_socket_directories = '' # a socket's path may be too long, and the tests use TCP
		max_connections = 300
	CONF
	# Nobody hands out free ports, so it tries some; a taken one makes the server end at once.
	# It is our own child, in a group of its own: Ctrl-C must not reach it before the tests.
	for _ in 1 2 3 4 5 6 7 8; do
		port=$((20000 + RANDOM % 12000))
		set -m
		(as_server "$bin/postgres" -D "$world/data" -p "$port") >>"$world/server.log" 2>&1 &
		server=$!
		set +m
		for _ in $(seq 600); do
			kill -0 "$server" 2>/dev/null || {
				wait "$server" || true
				server=""
				break
			}
			# The eighth line of this file is the server's own word that it takes connections.
			[ "$(sed -n '8s/ *$//p' "$world/data/postmaster.pid" 2>/dev/null)" = ready ] && break 2
			sleep 0.1
		done
		[ -z "$server" ] || break # it runs, but is not ready after a minute
	done
	[ "$(sed -n '8s/ *$//p' "$world/data/postmaster.pid" 2>/dev/null)" = ready ] || {
		say "PostgreSQL did not start; its log ends:"
		tail -20 "$world/server.log" >&2 || true
		exit 1
	}
	export KONTOR_TEST_POSTGRES="postgres://kontor:$password@127.0.0.1:$port/postgres?sslmode=disable"
fi

# In a process group of its own, so that whatever it leaves running can be
# ended; in the background, because bash runs no trap while it waits in front.
set -m
"$@" &
command=$!
set +m
code=0
wait "$command" || code=$?
exit "$code"
