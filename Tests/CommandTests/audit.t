Audit rows: what is told, what is found again, what cannot be changed unseen.

  $ . "$TESTDIR/setup.sh"
  $ enrol alice && vmfa verify alice $(code) --at $now && vmfa verify alice $(code) --at $now 2> /dev/null
  accepted
  rejected
  [1]
  $ for n in 1 2 3 4; do vmfa verify alice 00000$n --at $now > /dev/null 2>&1; done
  [1]
  $ vmfa audit list | tail -n +2 | sed 's/^\S* *//; s/[0-9]\{12\}/ACCOUNT/; s/local:\S*/WHO/' | tr -s ' '
  CreateUser done alice WHO
  CreateVirtualMFADevice done alice arn:aws:iam::ACCOUNT:mfa/alice WHO
  EnableMFADevice accepted alice arn:aws:iam::ACCOUNT:mfa/alice WHO
  VerifyCode accepted alice arn:aws:iam::ACCOUNT:mfa/alice WHO
  VerifyCode rejected reused alice WHO
  VerifyCode rejected wrong_code alice WHO
  VerifyCode rejected wrong_code alice WHO
  VerifyCode rejected wrong_code alice WHO
  VerifyCode rejected wrong_code alice WHO
  LockUser done for 1 s alice WHO
  $ vmfa audit list --event LockUser --since $now --until $((now + 1)) --json | python3 -c 'import json, sys; [row] = json.load(sys.stdin); print(sorted(row), row["time"])'
  ['actor', 'event', 'id', 'outcome', 'reason', 'time', 'user'] 2025-06-15T15:06:40Z
  $ vmfa audit list --reverse --limit 1 2> more | tail -n 1 | cut -c 23-30; cat more
  LockUser
  vmfa: note: there are more: --after '*' goes on (glob)
  $ vmfa audit list --user bob --json
  []

The chain. Rows are sealed by head and verify:

  $ vmfa audit verify --json | sed 's/"1:[0-9a-f]*"/HEAD/'
  {"batches":0,"findings":[],"head":HEAD,"result":"intact","rows":10,"unsealed":10}
  $ head=$(vmfa audit head) && echo "$head" | grep -cE '^1:[0-9a-f]{64}$'
  1
  $ vmfa verify alice 000005 --at $((now + 60)) > /dev/null 2>&1; vmfa audit verify --head "$head"
  intact: 12 rows, 1 batches
  $ vmfa audit head --json | sed 's/[0-9a-f]\{64\}/TAG/g'
  {"batch":2,"head":"2:TAG","tag":"TAG"}
  $ ends vmfa audit verify --head nonsense
  vmfa: error: a head of the audit chain reads NUMBER:TAG, the tag being 64 hexadecimal digits
  status 65

In the shape of CloudTrail:

  $ vmfa audit export --event VerifyCode | python3 -c '
  > import json, sys
  > rows = [json.loads(line) for line in sys.stdin]
  > print(len(rows), [row.get("errorCode") for row in rows][:3], rows[0]["requestParameters"]["userName"], rows[0]["eventTime"])
  > print(all({"eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "eventID"} <= set(row) for row in rows))'
  7 [None, 'reused', 'wrong_code'] alice 2025-06-15T15:06:40Z
  True

In the order of the chain, from any row on:

  $ vmfa audit export > rows && first=$(head -n 1 rows | grep -o '"eventID":"[^"]*"' | cut -d '"' -f 4)
  $ tail -n +2 rows > rest && vmfa audit export --after "$first" | cmp - rest && vmfa audit export --after '' | cmp - rows
  $ ends vmfa audit export --after nothing
  vmfa: error: there is no audit row nothing
  vmfa: hint: vmfa audit list shows their ids with --json
  status 66

Whoever can write the database, and has not the key:

  $ cp "$data/verifier.db" whole.db
  $ tamper() { cp whole.db "$data/verifier.db"; rm -f "$data"/verifier.db-*; python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])' "$data/verifier.db" "$1"; }
  $ python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)")' "$data/verifier.db" && cp "$data/verifier.db" whole.db
  $ row=$(vmfa audit list --event VerifyCode --limit 1 --json 2> /dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
  $ tamper "UPDATE vmfa_audit_event SET outcome = 'rejected' WHERE id = '$row'" && ends vmfa audit verify | sed "s/$row/ROW/"
  broken: the row ROW of batch 1 was changed
  broken: 12 rows, 2 batches
  status 1
  $ tamper "DELETE FROM vmfa_audit_event WHERE id = '$row'" && ends vmfa audit verify --json | sed "s/$row/ROW/; s/\"2:[0-9a-f]*\"/HEAD/"
  {"batches":2,"findings":["the row ROW of batch 1 is missing"],"head":HEAD,"result":"broken","rows":11,"unsealed":0}
  status 1
  $ tamper "UPDATE vmfa_audit_event SET number = 2 * 1024 + 1000 WHERE id = '$row'" && vmfa audit verify | sed "s/$row/ROW/"
  broken: the row ROW of batch 1 is missing
  broken: the row ROW was added to batch 2 after it was sealed
  broken: 12 rows, 2 batches
  $ tamper "UPDATE vmfa_audit_batch SET key_id = CAST(x'ff' AS TEXT) WHERE number = 1" && vmfa audit verify | head -n 1
  broken: the batch 1 was changed, or is not the one that followed the batch before

An export goes by where rows lie, whatever their ids read as; and what has no place in the chain does not stop it:

  $ tamper "UPDATE vmfa_audit_event SET id = 'A' || char(65533) WHERE id = '$row'; UPDATE vmfa_audit_event SET id = CAST(x'41ff' AS TEXT) WHERE number = (SELECT MAX(number) FROM vmfa_audit_event)"
  $ timeout 20 vmfa audit export | wc -l
  12
  $ tamper "INSERT INTO vmfa_audit_batch SELECT 9223372036854775807, sealed_at, key_id, row_ids, tag FROM vmfa_audit_batch LIMIT 1" && vmfa verify alice 000006 --at $((now + 120)) > /dev/null 2>&1; vmfa audit export 2> said | wc -l; cat said; vmfa audit verify | tail -n 2
  14
  broken: the batch 9223372036854775807 was added: no batch of the chain has such a number
  broken: 14 rows, 3 batches

Where the chain has come to its end, an export does not hide that some could not be sealed:

  $ tamper "INSERT INTO vmfa_audit_batch SELECT 9007199254740990, sealed_at, key_id, row_ids, tag FROM vmfa_audit_batch LIMIT 1" && vmfa verify alice 000007 --at $((now + 150)) > /dev/null 2>&1; vmfa audit export 2> said | wc -l; cat said; vmfa audit export > /dev/null 2>&1
  12
  vmfa: error: the newest audit batch cannot be read back: the record is damaged, or sealed under another key
  [65]

A chain does not begin after what has no place in it:

  $ tamper "UPDATE vmfa_audit_event SET number = -number WHERE number > 0; DELETE FROM vmfa_audit_batch WHERE number > 1; UPDATE vmfa_audit_batch SET number = 0"
  $ vmfa audit head | cut -d: -f1; vmfa audit verify
  1
  broken: the batch 0 was added: no batch of the chain has such a number
  broken: 12 rows, 1 batches
  [1]

Whoever takes all of it away:

  $ tamper "DELETE FROM vmfa_audit_event; DELETE FROM vmfa_audit_batch" && vmfa audit verify && vmfa audit verify --head "$head"
  intact: 0 rows, 0 batches
  broken: the chain no longer holds batch 1 as it was when the head was taken
  broken: 0 rows, 0 batches
  [1]
  $ vmfa audit head
  vmfa: error: nothing has been recorded yet
  [66]
