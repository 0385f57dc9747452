# Sourced by every transcript: a home of its own, a known locale, and words for what the transcripts do often.
export HOME="$PWD/home" LANG=C.UTF-8 TERM=xterm-256color
unset XDG_DATA_HOME XDG_STATE_HOME VMFA_DATABASE VMFA_KEY_FILE VMFA_KEY_COMMAND CREDENTIALS_DIRECTORY NO_COLOR LC_ALL
mkdir -p "$HOME"
data="$HOME/.local/share/vmfa"
vectors="$TESTDIR/../../TestVectors"
# The middle of a step.
now=1750000000

# One field of a JSON object on standard input.
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# Makes a device and leaves its secret in $secret, its id in $id.
create() {
  vmfa device create "$@" --json > new.json || return
  secret=$(field secret < new.json) id=$(field id < new.json)
}

# The code, or the pair of codes, so many steps from $now.
code() { printf %s "$secret" | vmfa code - --at $((now + 30 * ${1:-0})); }
pair() { printf %s "$secret" | vmfa pair - --at $((now + 30 * ${1:-0})); }

# Makes a device and enables it ten minutes before $now.
enrol() {
  create "$@" && vmfa device enable "$id" $(pair -20) --at $((now - 600)) > /dev/null
}

# Waits until a step of an hour has a minute left: what follows sees one code of an account with that period.
early_in_the_hour() { while [ $(($(date +%s) % 3600)) -ge 3540 ]; do sleep 1; done; }

# Runs a command that must fail and shows how it ends, its standard error included.
ends() { "$@" 2>&1; echo "status $?"; }

# What `database check` says about the system's SQLite differs from one system to another: `vmfa` is without that here.
real_vmfa=$(PATH=${PATH#"$CRAMTMP/bin:"} command -v vmfa)
mkdir -p "$CRAMTMP/bin"
cat > "$CRAMTMP/bin/vmfa" <<END
#!/bin/sh
[ "\${1-} \${2-}" = "database check" ] || exec "$real_vmfa" "\$@"
said=\$(mktemp)
"$real_vmfa" "\$@" 2> "\$said"
status=\$?
grep -v "^vmfa: note: SQLite " "\$said" >&2
rm "\$said"
exit \$status
END
chmod 755 "$CRAMTMP/bin/vmfa"
PATH="$CRAMTMP/bin:$PATH"

# Whether the system's SQLite has the WAL-reset bug.
sqlite_loses_logs() {
  python3 -c '
import sqlite3
version = sqlite3.sqlite_version_info
mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
raise SystemExit(mended)'
}
