Databases and keys that are missing, damaged, foreign, locked, or open to others.

  $ . "$TESTDIR/setup.sh"

No database yet:

  $ ends vmfa verify alice 123456
  vmfa: error: there is no vmfa database at */home/.local/share/vmfa/verifier.db (glob)
  vmfa: hint: vmfa enroll USER or vmfa database migrate makes it; --database names another one
  status 66
  $ ls -A "$HOME"
  $ ends vmfa device list --database plain/path.db
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://* (glob)
  vmfa: hint: sqlite: goes before the path of a file; a server is postgresql://USER@HOST/NAME
  status 64
  $ ends vmfa device list --database sqlite::memory:
  vmfa: error: the database is a file, and sqlite: is followed by its path
  vmfa: hint: ./ before its name makes that a path
  status 64
  $ ends vmfa device list --database 'postgresql://user:hunter2@[half/vmfa'
  vmfa: error: the database cannot be reached: libpq cannot read the database's URL (see its Connection Strings)
  vmfa: hint: see that its address is right (--database, VMFA_DATABASE) and nothing keeps it locked, then try again
  status 69

Whatever is wrong with a URL, no password in it is repeated:

  $ for url in 'host=db password=s3cret' 's3cret' 'Postgresql://me:s3cret@db/x' 'postgresql:me:s3cret@db' 'sqlite:postgresql://me:s3cret@db/x' \
  >   'sqlite:file:v.db?key=s3cret' 'mysql://me:s3cret@db/x' 'postgresql://me:pw@localhost/x?s3cret=1' 'postgresql://me:s3cret/@localhost/x' \
  >   'postgresql://me:pa@s3cret@db.invalid/x' 'postgresql://me:s3cret?x@localhost/x' 'postgresql://me:s3cret@localhost:1/x?sslmode=s3cret' \
  >   'postgresql:///x?host=/nowhere&password=s3cret' 'postgresql://me:s3cret%@localhost/x' 'postgresql://localhost:1/x?password=s3cret'; do
  >   VMFA_DATABASE=$url vmfa user list 2>&1 | tee -a said | head -1; vmfa user list --database "$url" >> said 2>&1
  > done
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://…
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://…
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://…
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://…
  vmfa: error: sqlite: is followed by a path, and not by a URL
  vmfa: error: the database is a file, and sqlite: is followed by its path
  vmfa: error: the database is named neither as sqlite:PATH nor as postgresql://…
  vmfa: error: the database cannot be reached: the database's URL has a parameter that libpq does not know
  vmfa: error: the database cannot be reached: a number in the URL is none
  vmfa: error: the database cannot be reached: there is no host of this name
  vmfa: error: the database cannot be reached: nothing listens at the server's address and port
  vmfa: error: the database cannot be reached: a parameter in the URL has a value that it cannot have
  vmfa: error: the database cannot be reached: no server has its socket there
  vmfa: error: the database cannot be reached: the database's URL has a % that is not followed by two hexadecimal digits (%25 stands for %)
  vmfa: error: the database cannot be reached: nothing listens at the server's address and port
  [69]
  $ grep -c s3cret said
  0
  [1]

An empty file is an empty database:

  $ mkdir empty && touch empty/v.db && ends vmfa user list --database sqlite:empty/v.db
  vmfa: error: there is no vmfa database at empty/v.db
  vmfa: hint: vmfa enroll USER or vmfa database migrate makes it; --database names another one
  status 66
  $ ends vmfa device create a --database sqlite:empty/v.db --key-file none.key; stat -c %s empty/v.db
  vmfa: error: the master key none.key is missing
  vmfa: hint: nothing is sealed under it yet: (umask 077 && openssl rand -hex 32 > 'none.key') makes it
  status 77
  0
  $ vmfa device create a --database sqlite:empty/v.db --json > /dev/null
  $ vmfa user list --database sqlite:empty/v.db | tail -n +2 | cut -d' ' -f1
  a

Made by a version that could read nothing more, once the account's id began with a zero:

  $ cp "$vectors/databases/account-zero.db" zero.db && install -m 600 "$vectors/databases/account-zero.key" zero.key
  $ vmfa account init --database sqlite:zero.db --key-file zero.key 2> /dev/null | head -1
  account id         012345678901
  $ vmfa device create alice --database sqlite:zero.db --key-file zero.key --json | field serial
  arn:aws:iam::012345678901:mfa/alice
  $ vmfa account init --account-id 000000000012 --database sqlite:zeros.db --key-file zero.key 2> /dev/null | grep -o 0000.*12
  000000000012

Elsewhere, by option and by variable; XDG_DATA_HOME too:

  $ vmfa device create alice --database sqlite:there/v.db --json > /dev/null && ls there
  master.key
  v.db
  $ VMFA_DATABASE=sqlite:there/v.db vmfa user list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["user"])'
  alice
  $ XDG_DATA_HOME=$PWD/xdg vmfa device create alice --json > /dev/null && ls xdg/vmfa
  master.key
  verifier.db

The master key. It is never made anew once something is sealed under it:

  $ enrol alice && cp "$data/master.key" saved.key && rm "$data/master.key"
  $ ends vmfa verify alice 123456
  vmfa: error: the master key */master.key is missing (glob)
  vmfa: hint: seeds cannot be read without it: restore it from a backup, or name it with --key-file
  status 77
  $ ls "$data" | grep key
  [1]
  $ ends vmfa verify alice $(code) --at $now --key-file saved.key
  accepted
  status 0
  $ VMFA_KEY_FILE=$PWD/none vmfa user list 2>&1 | head -1
  vmfa: error: the master key */none is missing (glob)
  $ printf 'short\n' > "$data/master.key" && chmod 600 "$data/master.key" && ends vmfa user list
  vmfa: error: the master key from */master.key has the wrong length (glob)
  vmfa: hint: it holds 32 bytes, as 64 hexadecimal digits or as they are
  status 77
  $ printf '%064d\n' 0 > "$data/master.key" && ends vmfa user list
  vmfa: error: the master key does not belong to this database
  vmfa: hint: name the right one with --key-file
  status 77
  $ cp saved.key "$data/master.key" && chmod 644 "$data/master.key" && ends vmfa user list
  vmfa: error: the master key */master.key: others may use it: it must have mode 0600 (glob)
  vmfa: hint: chmod 600 */master.key, and see to who read it meanwhile (glob)
  status 77
  $ chmod 600 "$data/master.key"

A named key must be there from the start, and no database is made without it:

  $ ends vmfa device create alice --database sqlite:new/v.db --key-file none.key; ls new
  vmfa: error: the master key none.key is missing
  vmfa: hint: nothing is sealed under it yet: (umask 077 && openssl rand -hex 32 > 'none.key') makes it
  status 77
  ls: cannot access 'new': No such file or directory
  [2]
  $ (umask 077 && openssl rand -hex 32 > 'none.key') && vmfa device create alice --database sqlite:new/v.db --key-file none.key --json > /dev/null
  $ mv none.key gone.key; ends vmfa device list --database sqlite:new/v.db --key-file none.key
  vmfa: error: the master key none.key is missing
  vmfa: hint: seeds cannot be read without it: restore it from a backup, or name it with --key-file
  status 77

Damaged files are left as they are:

  $ cp "$data/verifier.db" whole.db
  $ for size in 0 100 5000; do
  >   head -c $size whole.db > "$data/verifier.db"; vmfa user list 2>&1 | sed "s|$HOME||"; stat -c %s "$data/verifier.db"
  > done
  vmfa: error: there is no vmfa database at /.local/share/vmfa/verifier.db
  vmfa: hint: vmfa enroll USER or vmfa database migrate makes it; --database names another one
  0
  vmfa: error: /.local/share/vmfa/verifier.db is not a sound vmfa database: database disk image is malformed
  vmfa: hint: restore it from a backup
  100
  vmfa: error: /.local/share/vmfa/verifier.db is not a sound vmfa database: database disk image is malformed
  vmfa: hint: restore it from a backup
  5000
  $ cp whole.db "$data/verifier.db"
  $ head -c 4096 /dev/urandom > "$data/verifier.db"; vmfa user list > /dev/null 2>&1
  [65]
  $ cp whole.db "$data/verifier.db"

A database from the future, and one that another program keeps locked:

  $ python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("INSERT INTO grdb_migrations VALUES (\"later\")"); c.commit()' "$data/verifier.db"
  $ ends vmfa user list
  vmfa: error: the database */verifier.db was made by a newer vmfa; this one leaves it alone (glob)
  vmfa: hint: use the vmfa that made it, or a newer one
  status 65
  $ cp whole.db "$data/verifier.db"; rm -f "$data"/verifier.db-*

Contention is waited for: here a lock of two seconds.

  $ python3 - "$data/verifier.db" <<'EOF' &
  > import sqlite3, sys, time
  > c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute("BEGIN EXCLUSIVE"); open("held", "w"); time.sleep(2); c.execute("COMMIT")
  > EOF
  $ while [ ! -e held ]; do sleep 0.05; done; vmfa verify alice 123456 --at $now 2> /dev/null
  rejected
  [1]

A database that may only be read (as another user, since root passes every mode):

  $ chmod 711 "$CRAMTMP" . && chmod 755 "$HOME" "$HOME/.local" "$HOME/.local/share" "$data" && cp saved.key key && chown 65534 key && chmod 444 "$data/verifier.db"
  $ other() { if [ "$(id -u)" = 0 ]; then setpriv --reuid 65534 --clear-groups "$@"; else "$@"; fi; }
  $ cp "$data/verifier.db" before.db
  $ other vmfa verify alice 123456 --key-file key 2>&1 | sed "s|$HOME||"; echo "${PIPESTATUS[0]}"
  vmfa: error: the database /.local/share/vmfa/verifier.db cannot be written to; nothing was changed
  74
  $ cmp before.db "$data/verifier.db" && chmod 600 "$data/verifier.db"
  $ other vmfa verify alice 123456 --key-file key 2>&1 | head -1
  vmfa: error: the database cannot be reached: */verifier.db: unable to open database file (glob)
  $ chmod 700 "$data" && other vmfa verify alice 123456 --key-file key 2>&1 | head -1
  vmfa: error: the database cannot be reached: */verifier.db: Permission denied (glob)

A link to nothing is not filled with a database:

  $ ln -s nowhere/v.db "$data/link.db" && vmfa device create alice --database "sqlite:$data/link.db" 2>&1 | head -1
  vmfa: error: the database cannot be reached: */link.db is a link to nothing (glob)

A row that was given to another user opens nothing for its former owner's codes:

  $ create mallory && vmfa device enable $id $(pair) --at $now > /dev/null
  $ python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); [c.execute(f"UPDATE {t} SET user_name = \"alice\" WHERE user_name = \"mallory\"") for t in ("vmfa_device", "vmfa_device_use")]; c.commit()' "$data/verifier.db"
  $ ends vmfa verify alice $(code 1) --at $now
  vmfa: error: the seed of arn:aws:iam::*:mfa/mallory cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
