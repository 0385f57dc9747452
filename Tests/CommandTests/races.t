One code, 64 processes at once, as many rounds as asked for: one acceptance in each.

  $ . "$TESTDIR/setup.sh"
  $ enrol alice && vmfa rules set --throttle off > /dev/null
  $ rounds=${VMFA_ROUNDS:-10}
  $ for round in $(seq $rounds); do
  >   step=$((round * 3)) at=$((now + round * 90)); one=$(code $step)
  >   for _ in $(seq 64); do vmfa verify alice $one --at $at 2> /dev/null & done | sort | uniq -c | tr -s ' ' | tr '\n' ';'; echo
  > done | sort | uniq -c | sed 's/^ *//' | sed "s/^$rounds /every round:/"
  every round: 1 accepted; 63 rejected;
