The service from without: boto3, a login service's calls, hostile clients, schemathesis, people with and without a browser,
nginx, two replicas. See ../ServiceTests.

  $ . "$TESTDIR/setup.sh"
  $ chmod 755 "$CRAMTMP" .
  $ try() { (cd "$TESTDIR/../ServiceTests" && PYTHONDONTWRITEBYTECODE=1 ../../.build/tools/venv/bin/python -W ignore -m unittest -q test_$1 2>&1) > $1.log; tail -1 $1.log; grep -E '^(FAIL|ERROR|[A-Za-z]*Error)' $1.log; }
  $ try iam
  OK
  [1]
  $ try rest
  OK
  [1]
  $ try hostile
  OK
  [1]
  $ try openapi
  OK
  [1]
  $ try pages
  OK
  [1]
  $ try browser
  OK
  [1]
  $ try forward_auth
  OK
  [1]
  $ try replicas
  OK
  [1]
  $ try store_faults
  OK
  [1]

The same on PostgreSQL.

  $ mkdir pg && mkfifo hold started
  $ "$TESTDIR/../../Scripts/postgresql" run "$PWD/pg" < hold > started 2> errors &
  $ exec 9> hold && timeout 60 head -n 1 started
  ready
  $ export VMFA_TEST_POSTGRESQL="$PWD/pg/socket"
  $ try iam
  OK
  [1]
  $ exec 9>&- && wait
