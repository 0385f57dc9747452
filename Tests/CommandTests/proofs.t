Races, crashes and restarts, as many rounds as asked for: see proofs.py.

  $ . "$TESTDIR/setup.sh"
  $ rounds=${VMFA_ROUNDS:-10} && proof() { python3 "$TESTDIR/proofs.py" "$@" $rounds 2> /dev/null | sed "s/^$rounds /all /"; }
  $ for store in sqlite postgresql pgbouncer; do proof race $store; done
  all rounds: 1 accepted of 64 in each; 1000 guesses of 1000 counted
  all rounds: 1 accepted of 64 in each; 1000 guesses of 1000 counted
  all rounds: 1 accepted of 64 in each; 1000 guesses of 1000 counted
  $ for store in sqlite postgresql; do proof crash $store; done
  all kills: no code that was accepted was accepted again; check and audit verify end 0
  all kills: no code that was accepted was accepted again; check and audit verify end 0
  $ rounds=$((rounds > 20 ? 20 : rounds)) && proof restart postgresql
  all restarts: no code accepted twice, errors told, service back within 5 s
  $ proof fsyncs sqlite
  under 0.2 fsyncs per verification, 64 callers
  $ proof checkpoints sqlite
  no checkpoint on a log that is carried over; check and audit verify end 0
