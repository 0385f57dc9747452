The aws CLI as it comes from PyPI, and codes that are truly verified.

  $ . "$TESTDIR/setup.sh"
  $ PATH="$TESTDIR/../../.build/tools/venv/bin:$PATH"
  $ vmfa account init --account-id 123456789012 --json > root.json
  $ vmfa account init
  vmfa: error: the account has a root access key already
  vmfa: hint: vmfa account show shows it
  [73]
  $ vmfa account show --json | field account_id
  123456789012
  $ vmfa serve --check --listen 127.0.0.1:0
  the configuration is valid
  $ vmfa serve --listen 127.0.0.1:0 2> serve.log &
  $ server=$! && timeout 20 sh -c 'until grep -q listening serve.log; do sleep 0.05; done'
  $ export AWS_ENDPOINT_URL=$(sed -n 's/.*listening on //p' serve.log) AWS_DEFAULT_REGION=us-east-1
  $ export AWS_ACCESS_KEY_ID=$(field access_key_id < root.json) AWS_SECRET_ACCESS_KEY=$(field secret_access_key < root.json)

Twice in a row: nothing is left of the first time.

  $ "$TESTDIR/aws.sh" alice > first && cat first
  -- create-user
  -- create-virtual-mfa-device, as a QR code and as a seed
  -- enable-mfa-device
  -- list, get, tag
  -- get-session-token
  -- the same code again
  -- IAM with and without MFA
  -- resync-mfa-device
  -- deactivate, delete
  $ "$TESTDIR/aws.sh" alice | cmp - first

The CLI's own handling of roles and profiles meets the same answers.

  $ aws iam generate-credential-report --output text
  No report exists. Starting a new report generation task	STARTED
  $ aws iam get-credential-report --query Content --output text | base64 -d | cut -d, -f 1,8
  user,mfa_active
  <root_account>,false
  $ AWS_SECRET_ACCESS_KEY=wrong aws sts get-caller-identity 2>&1 | grep -o '(SignatureDoesNotMatch)'
  (SignatureDoesNotMatch)
  $ AWS_ACCESS_KEY_ID=AKIAAAAAAAAAAAAAAAAA aws sts get-caller-identity 2>&1 | grep -o '(InvalidClientTokenId)'
  (InvalidClientTokenId)

It ends when it is asked to, its audit trail sealed.

  $ kill $server && wait $server; echo $?
  0
  $ vmfa audit verify | sed 's/[0-9][0-9]* /N /g'
  intact: N rows, N batches
  $ vmfa audit export | grep -c '"eventSource":"sts.amazonaws.com"' | awk '{ print ($1 > 5) }'
  1
