The same on PostgreSQL, with a server of its own.

  $ . "$TESTDIR/setup.sh"
  $ chmod 755 "$CRAMTMP" . && mkdir pg && mkfifo hold started
  $ "$TESTDIR/../../Scripts/postgresql" run "$PWD/pg" < hold > started 2> errors &
  $ exec 9> hold && timeout 60 head -n 1 started
  ready
  $ export VMFA_DATABASE="postgresql:///postgres?host=$PWD/pg/socket&user=vmfa"
  $ ends vmfa user list
  vmfa: error: there is no vmfa database at postgres on */pg/socket (glob)
  vmfa: hint: vmfa enroll USER or vmfa database migrate makes it; --database names another one
  status 66
  $ vmfa database migrate
  the tables are up to date
  $ enrol alice && stat -c %a "$data/master.key"
  600
  $ vmfa verify alice $(code) --at $now && vmfa verify alice $(code) --at $now 2> /dev/null
  accepted
  rejected
  [1]
  $ vmfa recovery create alice | head -1 | vmfa verify alice - 2> /dev/null
  accepted
  $ vmfa key rotate && vmfa database check && vmfa audit verify
  rotated: 1 seeds are sealed under the new key
  sound: 1 users, 1 devices
  intact: 9 rows, 0 batches
  $ ends vmfa database backup copy.db
  vmfa: error: this is for SQLite
  vmfa: hint: pg_dump or pg_basebackup copies a PostgreSQL database while it is in use
  status 64
  $ vmfa device list | tail -n 1 | sed 's/[0-9]\{12\}/ACCOUNT/' | tr -s ' '
  arn:aws:iam::ACCOUNT:mfa/alice alice active 2025-06-15T15:06:40Z
  $ vmfa user delete alice --force
  deleted alice

64 processes, one code:

  $ enrol bob && vmfa rules set --throttle off > /dev/null
  $ for _ in $(seq 64); do vmfa verify bob $(code) --at $now 2> /dev/null & done | sort | uniq -c | tr -s ' '
   1 accepted
   63 rejected

A standby server is read, and nothing else; what is not sealed is sealed by others:

  $ vmfa audit export > sealed && vmfa user create carol
  created carol
  $ mkdir sb && "$TESTDIR/../../Scripts/postgresql" standby "$PWD/sb" "$PWD/pg" 9>&-
  $ standby() { VMFA_DATABASE="postgresql:///postgres?host=$PWD/sb/socket&user=vmfa" vmfa "$@"; }
  $ standby audit list --reverse --limit 1 2> /dev/null | grep -o carol; standby audit export | cmp - sealed
  carol
  vmfa: note: rows that are not sealed yet are left out: the database can only be read
  $ standby verify bob $(code 1) --at $((now + 30))
  vmfa: error: the database postgres on */sb/socket cannot be written to; nothing was changed (glob)
  [74]
  $ "$TESTDIR/../../Scripts/postgresql" ctl "$PWD/sb" stop -m immediate 9>&-

The server is gone, and back:

  $ "$TESTDIR/../../Scripts/postgresql" ctl "$PWD/pg" stop -m immediate 9>&-
  $ ends vmfa verify bob $(code 1) --at $((now + 30)) | sed 's/reached: .*/reached: REASON/'
  vmfa: error: the database cannot be reached: REASON
  vmfa: hint: see that its address is right (--database, VMFA_DATABASE) and nothing keeps it locked, then try again
  status 69
  $ "$TESTDIR/../../Scripts/postgresql" ctl "$PWD/pg" start 9>&-
  $ vmfa verify bob $(code 1) --at $((now + 30)) && vmfa verify bob $(code) --at $now 2> /dev/null
  accepted
  rejected
  [1]

The key that is lost is not made anew:

  $ rm "$data/master.key" && ends vmfa user list
  vmfa: error: the master key */master.key is missing (glob)
  vmfa: hint: seeds cannot be read without it: restore it from a backup, or name it with --key-file
  status 77
  $ exec 9>&-; wait

Without libpq there is no database, and nothing else is missing.

  $ mkdir lib && echo > lib/libpq.so.5
  $ LD_LIBRARY_PATH="$PWD/lib" ends vmfa user list
  vmfa: error: the database cannot be reached: libpq cannot be loaded: */lib/libpq.so.5: file too short (install libpq5, or libpq) (glob)
  vmfa: hint: see that its address is right (--database, VMFA_DATABASE) and nothing keeps it locked, then try again
  status 69
  $ printf %s "$secret" | LD_LIBRARY_PATH="$PWD/lib" vmfa code - > /dev/null
