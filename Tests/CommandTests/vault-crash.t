Killed at any moment of `vmfa add`, the vault opens, and holds the old state or the new one.

  $ . "$TESTDIR/setup.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ vmfa vault init > /dev/null
  $ python3 - ${VMFA_ROUNDS:-10} <<'EOF'
  > import json, os, random, signal, subprocess, sys, time
  > count = lambda: json.loads(subprocess.run(["vmfa", "vault", "info", "--json"], capture_output=True, check=True).stdout)["accounts"]
  > start = time.monotonic()
  > subprocess.run(["vmfa", "add", "first"], input=b"GEZDGNBVGY3TQOJQ", stdout=subprocess.DEVNULL, check=True)
  > length, before, new = time.monotonic() - start, count(), 0
  > for round in range(int(sys.argv[1])):
  >     add = subprocess.Popen(["vmfa", "add", f"account {round}"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
  >     add.stdin.write(b"GEZDGNBVGY3TQOJQ"); add.stdin.close()
  >     time.sleep(random.uniform(0.5, 1.1) * length)
  >     add.send_signal(signal.SIGKILL); add.wait()
  >     after = count()
  >     assert after in (before, before + 1), (before, after)
  >     new += after - before
  >     before = after
  > print("opened every time")
  > EOF
  opened every time

What a killed save left behind is cleared by the next one:

  $ touch "$data/vault.json.vmfa-0123456789abcdef.tmp" "$data/vault.json.2024.tmp"; printf GEZDGNBVGY3TQOJQ | vmfa add last
  added last
  $ ls "$data"
  vault.json
  vault.json.2024.tmp
  vault.json.bak
  vault.json.lock
