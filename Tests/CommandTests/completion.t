Names of accounts may come from anybody's QR code: shells complete them as text, and run nothing.

  $ . "$TESTDIR/setup.sh"
  $ . "$TESTDIR/terminal.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ vmfa vault init > /dev/null; vmfa import "$vectors/bugs/name_runs_in_bash.txt" > /dev/null
  $ python3 > more.txt <<'EOF'
  > import base64, urllib.parse
  > for name in ["AWS:amazon", "AWS:backup", "`touch ran`", "it's me", 'say "hi"', "st*r", "semi;colon", "-weird", "~tilde", "ba!ng", "back\\slash", "ünï:cödé", "two words"]:
  >     secret = base64.b32encode(name.encode().ljust(20, b"."))
  >     print(f"otpauth://totp/{urllib.parse.quote(name)}?secret={secret.decode()}&period=3600")
  > EOF
  $ vmfa import more.txt | tail -n 1; vmfa vault completion on
  13 added, 0 duplicate, 0 skipped, 0 refused
  completion of account names is on
  $ for name in '$(touch vmfa-ran-a-name)' '${HOME}'; do vmfa edit "$name" --period 3600 > /dev/null; done
  $ for shell in bash zsh fish; do vmfa --generate-completion-script $shell > vmfa.$shell; done
  $ mkdir empty

Types each line up to a Tab, runs it as it then stands, and tells whether the account's code came:

  $ cat > lines <<'EOF'
  > vmfa code AWS:a|AWS:amazon
  > vmfa code 'AWS:b|AWS:backup
  > vmfa code \$\(|$(touch vmfa-ran-a-name)
  > vmfa code '$(|$(touch vmfa-ran-a-name)
  > vmfa code \$\{|${HOME}
  > vmfa code \`|`touch ran`
  > vmfa code it|it's me
  > vmfa code say|say "hi"
  > vmfa code st|st*r
  > vmfa code sem|semi;colon
  > vmfa code -- -|-weird
  > vmfa code \~|~tilde
  > vmfa code back|back\slash
  > vmfa code ba\!|ba!ng
  > vmfa code ün|ünï:cödé
  > vmfa code two|two words
  > EOF
  $ complete_all() {
  >   while IFS='|' read -r line name; do
  >     expected=$(vmfa code -- "$name")
  >     tmux_ send-keys C-l; tmux_ send-keys -l "$line"; tmux_ send-keys Tab
  >     for _ in $(seq 100); do if screen | grep -qF -e "${name##*[!A-Za-z]}"; then break; fi; sleep 0.05; done
  >     sleep 0.2; tmux_ send-keys Enter
  >     wait_for "^$expected\$" > /dev/null || { echo "failed: $line"; screen; tmux_ send-keys C-c; }
  >   done < lines
  > }
  $ early_in_the_hour
  $ open_terminal 100 40; type_line "export VMFA_PASSPHRASE_FILE=$PWD/pass; cd $PWD/empty; . $PWD/vmfa.bash; clear"
  $ complete_all; close_terminal

What fits several is shown, and completed as far as it goes; a folder of the same name is none of it:

  $ mkdir empty/AWS:backup; open_terminal 100 40; type_line "cd $PWD/empty; . $PWD/vmfa.bash; clear"
  $ tmux_ send-keys -l 'vmfa code A'; press Tab; wait_for 'vmfa code AWS:$'; press Tab; press Tab; wait_for '^amazon  *backup'
  $ tmux_ send-keys -l 'b'; press Tab; wait_for 'vmfa code AWS:backup$'; close_terminal; rmdir empty/AWS:backup

The other shells:

  $ if command -v zsh > /dev/null; then
  >   open_terminal 100 40; type_line "export VMFA_PASSPHRASE_FILE=$PWD/pass; cd $PWD/empty; exec env PS1='$ ' zsh -f"
  >   type_line "autoload -U compinit; compinit -u -D; . $PWD/vmfa.zsh; clear" && sleep 0.5
  >   sed -i '/ba.!/d' lines; complete_all; close_terminal  # zsh's history takes an exclamation mark that it has completed itself
  > fi
  $ if command -v fish > /dev/null; then
  >   open_terminal 100 40; type_line "export VMFA_PASSPHRASE_FILE=$PWD/pass; cd $PWD/empty; exec fish --no-config"
  >   type_line "function fish_prompt; echo -n '$ '; end; set fish_autosuggestion_enabled 0; . $PWD/vmfa.fish; clear" && sleep 0.5
  >   complete_all; close_terminal
  > fi

Nothing of it was run, by any of them:

  $ ls -A empty
