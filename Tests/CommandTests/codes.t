Codes from standard input: `vmfa code -` and `vmfa pair -`.

  $ . "$TESTDIR/setup.sh"

The eighteen values of RFC 6238, appendix B:

  $ python3 - "$vectors/rfc6238/totp.json" <<'EOF'
  > import base64, json, subprocess, sys
  > for v in json.load(open(sys.argv[1]))["vectors"]:
  >     secret = base64.b32encode(bytes.fromhex(v["keyHex"]))
  >     got = subprocess.run(["vmfa", "code", "-", "--at", str(v["time"]), "--digits", str(v["digits"]), "--algorithm", v["alg"]],
  >                          input=secret, capture_output=True).stdout.decode()
  >     print("ok" if got == v["code"] + "\n" else (v, got))
  > EOF
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok
  ok

The code and a newline, nothing else:

  $ S=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
  $ printf $S | vmfa code - --at 59 --digits 8 | od -c
  0000000   9   4   2   8   7   0   8   2  \n
  0000011
  $ printf $S | vmfa code - --at 59 --remaining
  287082\t1 (esc)
  $ printf $S | vmfa code - --at 1970-01-01T00:00:59Z --json
  {"code":"287082","remaining":1}
  $ printf $S | vmfa code - --at 1970-01-01T02:00:59.5+02:00
  287082
  $ printf $S | vmfa code - --counter 1
  287082
  $ printf $S | vmfa code - --hotp --issuer Example
  755224
  $ printf $S | vmfa code - --counter 1 --json
  {"code":"287082","counter":1}

Secrets as people paste them, and of 80 bits as services hand them out:

  $ printf ' gezd-gnbv gy3t qojq gezd gnbv gy3tqojq==== \r\n' | vmfa code - --at 59
  287082
  $ for file in secret_bom.txt secret_nbsp.txt; do vmfa code - --at 59 < "$vectors/bugs/$file"; done
  977199
  977199
  $ printf GEZDGNBVGY3TQOJQ | vmfa code - --at 59
  263420
  $ printf GEZDGNBVGY3TQOJQ | oathtool --totp -b -N '1970-01-01 00:00:59 UTC' -
  263420

A URI brings its own parameters:

  $ printf "otpauth://totp/a:b?secret=$S&digits=8&algorithm=sha1" | vmfa code - --at 59
  94287082
  $ printf "otpauth://hotp/a:b?secret=$S&counter=9" | vmfa code -
  520489
  $ printf "otpauth://totp/a:b?secret=$S" | ends vmfa code - --digits 8
  vmfa: error: --algorithm, --digits and the like describe a bare secret; the URI has its own
  status 64

What import reads, code reads: markup and quotes around a URI, Steam, UTF-16:

  $ printf '"otpauth://totp/a:b?Secret='$S'&amp;Digits=8",\n' | vmfa code - --at 59
  94287082
  $ printf "steam://$S" | vmfa code - --at 59; printf "otpauth://totp/a?secret=$S&encoder=steam" | vmfa code - --at 59
  PV9M4
  PV9M4
  $ printf "otpauth://totp/a?secret=$S" | iconv -t UTF-16 | vmfa code - --at 59; printf $S | iconv -t UTF-16 | vmfa pair - --at 59
  287082
  755224
  287082

Two lines are never joined into one secret, nor is a word to a secret:

  $ for file in two_secrets.txt secret_then_note.txt; do ends vmfa code - < "$vectors/bugs/$file"; ends vmfa pair - < "$vectors/bugs/$file"; done
  vmfa: error: there are 2 lines where one secret is meant: they are not joined
  status 65
  vmfa: error: there are 2 lines where one secret is meant: they are not joined
  status 65
  vmfa: error: there are 2 lines where one secret is meant: they are not joined
  status 65
  vmfa: error: there are 2 lines where one secret is meant: they are not joined
  status 65
  $ printf "$S github" | ends vmfa code -
  vmfa: error: there is a word beside the secret: it is not joined to it
  status 65
  $ printf "otpauth://totp/a?secret=$S\notpauth://totp/b?secret=$S\n" | ends vmfa code -
  vmfa: error: there are 2 accounts where one is meant
  status 65

A URI is no name, and is not repeated:

  $ for command in code pair add; do for uri in "otpauth://totp/a?secret=$S" "OTPAUTH-MIGRATION://offline?data=$S" "steam://$S"; do printf $S | vmfa $command "$uri" 2>&1; echo "status $?"; done; done | sort | uniq -c
        9 status 64
        9 vmfa: error: a URI is not the name of an account: it holds a secret, which others could read as an argument
        9 vmfa: hint: give the URI on standard input

Pairs: previous and current, or current and next:

  $ printf $S | vmfa pair - --at 59
  755224
  287082
  $ printf $S | vmfa pair - --at 59 --next
  287082
  359152
  $ printf $S | vmfa pair - --at 59 --json
  {"code1":"755224","code2":"287082"}
  $ printf $S | vmfa pair - --counter 8
  399871
  520489

What is no secret is refused, and never printed:

  $ for bad in '' '1' 'GEZDGNB1' 'ABC' 'GEZ=DGNB' 'ＧＥＺＤ'; do printf "$bad" | ends vmfa code -; done
  vmfa: error: there is no secret
  vmfa: hint: a base32 secret or an otpauth:// URI is taken
  status 65
  vmfa: error: character 1 is not base32: the letters A to Z and the digits 2 to 7 are
  status 65
  vmfa: error: character 8 is not base32: the letters A to Z and the digits 2 to 7 are
  status 65
  vmfa: error: 3 base32 characters make no whole number of bytes: is the end missing?
  status 65
  vmfa: error: base32 padding (=) stands before the end
  status 65
  vmfa: error: character 1 is not base32: the letters A to Z and the digits 2 to 7 are
  status 65
  $ head -c 1640 /dev/zero | tr '\0' A | ends vmfa code -
  vmfa: error: a secret of more than 1024 bytes is not taken
  status 65
  $ head -c 100000 /dev/zero | tr '\0' A | ends vmfa code -
  vmfa: error: standard input holds more than 16384 bytes
  status 65
  $ for bad in "http://totp/a?secret=$S" "otpauth://motp/a?secret=$S" "otpauth://totp/a?secret=$S&digits=9" \
  >   "otpauth://totp/a?secret=$S&period=0" "otpauth://totp/a?secret=$S&secret=GEZDGNBV" "otpauth://totp/a?secret=$S&algorithm=MD5"; do
  >   printf %s "$bad" | ends vmfa code -
  > done
  vmfa: error: the scheme of the URI must be otpauth: it begins with otpauth://
  status 65
  vmfa: error: the type of the URI must be totp, hotp or steam
  status 65
  vmfa: error: digits must be 6, 7 or 8, not 9
  status 65
  vmfa: error: a period is 1 to 3600 seconds, not 0
  status 65
  vmfa: error: the URI has the parameter secret two times, with different values
  status 65
  vmfa: error: the algorithm must be SHA1, SHA256 or SHA512
  status 65

A command line that is wrong:

  $ for bad in '--digits 9' '--algorithm md5' '--period 0' '--period 3601' '--at yesterday' '--at -1' '--counter -1' '--counter 1 --period 30'; do
  >   printf $S | vmfa code - $bad 2> /dev/null; echo "status $?"
  > done
  status 64
  status 64
  status 64
  status 64
  status 64
  status 64
  status 64
  status 64
  $ ends vmfa code alice
  vmfa: error: there is no vault at */vault.json (glob)
  vmfa: hint: vmfa vault init makes one, vmfa vault restore FILE brings one back
  status 66
  $ printf $S | vmfa code - --at 59 2>&1 > /dev/full; echo "status $?"
  vmfa: error: standard output: No space left on device
  status 74
