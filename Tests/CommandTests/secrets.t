A seed is given out once, and is nowhere else.

  $ . "$TESTDIR/setup.sh"
  $ create alice && cp new.json given.json && rm new.json
  $ raw=$(python3 -c 'import base64, sys; print(base64.b32decode(sys.argv[1]).hex())' $secret)
  $ { vmfa device enable $id $(pair) --at $now; vmfa verify alice $(code 1) --at $now; vmfa verify alice $(code 1) --at $now
  >   vmfa device show $id --json; vmfa device list --json; vmfa user show alice --json; vmfa device create bob --name alice
  >   vmfa device resync $id $(pair); vmfa device enable $id $(pair); } > said 2>&1
  [73]
  $ grep -c rejected said
  2
  $ cat said "$data"/verifier.db* | python3 -c '
  > import base64, sys
  > data, secret = sys.stdin.buffer.read(), sys.argv[1]
  > seed = base64.b32decode(secret)
  > needles = [seed, secret.encode(), secret.lower().encode(), seed.hex().encode(), base64.b64encode(seed)]
  > print([data.count(needle) for needle in needles], len(data) > 10000)' $secret
  [0, 0, 0, 0, 0] True

Nor does an error repeat what may be a secret in the wrong place:

  $ { vmfa code $secret; vmfa code - $secret; vmfa pair - --at 59 "$secret" x; vmfa $secret; vmfa verify alice 123456 314159
  >   vmfa device enable $id 123456 123456 314159; printf "otpauth://totp/a?secret=AAAA&$secret&$secret" | vmfa code -; } > errors 2>&1
  [65]
  $ grep -c -e "$secret" -e 314159 errors
  0
  [1]
  $ grep -c error errors
  7

No code is in the database either, nor in what was said:

  $ cat said "$data"/verifier.db | grep -a -c -e "$(code 1)" -e "$(code)"
  0
  [1]
