# Sourced by transcripts that need a real terminal: a tmux server of the transcript's own.
socket="vmfa-$$"
tmux_() { tmux -f /dev/null -L "$socket" "$@"; }
open_terminal() {
  tmux_ new-session -d -x "$1" -y "$2" "env HOME='$HOME' PATH='$PATH' LANG=C.UTF-8 PS1='$ ' bash --norc"
  trap close_terminal EXIT
  wait_for '^\$'
}
close_terminal() { tmux_ kill-server 2> /dev/null; rm -f "/tmp/tmux-$(id -u)/$socket"; trap - EXIT; }
type_line() { tmux_ send-keys -l "$1" && tmux_ send-keys Enter; }
press() { tmux_ send-keys "$1"; }
# Resizes the window, and waits until its programs can see it.
resize() {
  tmux_ resize-window -x "$1" -y "$2"
  until [ "$(stty size < "$(tmux_ display-message -p '#{pane_tty}')")" = "$2 $1" ]; do sleep 0.05; done
}
# What is on the screen, without the empty lines below.
screen() { tmux_ capture-pane -p | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }
# Waits until a line of the screen matches, ten seconds at most.
wait_for() {
  for _ in $(seq 200); do
    if screen | grep -q -e "$1"; then return 0; fi
    sleep 0.05
  done
  echo "the screen never showed: $1"; screen; return 1
}
