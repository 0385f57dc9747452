The service as its operator sees it.

  $ . "$TESTDIR/setup.sh"
  $ start() {
  >   : > serve.log
  >   vmfa serve "$@" 2>> serve.log & server=$!
  >   timeout 20 sh -c "until grep -q listening serve.log || ! kill -0 $server; do sleep 0.05; done" 2> /dev/null
  >   at=$(sed -n 's/.*listening on //p' serve.log)
  > }
  $ stop() { kill $server && wait $server; echo "status $?"; }

What is wrong with the configuration is said before anything is served; others are not to be reached in the clear.

  $ ends vmfa serve --listen 0.0.0.0:8080
  vmfa: error: listening on 0.0.0.0, which others can reach, without TLS would send codes and secrets in the clear: give --tls-certificate and --tls-key, or --behind-proxy with the addresses of a proxy that ends TLS
  status 64
  $ curl -s http://127.0.0.1:8080/healthz; echo $?
  7
  $ for listen in [::]:8080 192.0.2.1:80 example.com:443; do vmfa serve --check --listen $listen 2>&1 | grep -c 'without TLS'; done
  1
  1
  1
  $ ends vmfa serve --check --listen 0.0.0.0:8080 --behind-proxy 10.0.0.0/8,unix
  vmfa: note: there is no database at */verifier.db yet: the first start makes it (glob)
  the configuration is valid
  status 0
  $ ls "$data" 2> /dev/null
  [2]
  $ ends vmfa serve --check --key-file no-such-key | tail -n 1
  status 77
  $ for option in '--listen ::1' "--issuer $(printf %065d 0)" '--listen 8080' '--listen a:b' '--listen unix:' '--tls-key k' '--behind-proxy everybody' '--log-level loud' '--max-connections 0' '--guess-budget -1'; do
  >   vmfa serve --check $option 2>&1 | head -1
  > done
  vmfa: error: listen is HOST:PORT or unix:PATH, not ::1
  vmfa: error: an issuer has at most 64 characters, not 65
  vmfa: error: listen is HOST:PORT or unix:PATH, not 8080
  vmfa: error: listen is HOST:PORT or unix:PATH, not a:b
  vmfa: error: the path of a Unix socket has 1 to 103 bytes
  vmfa: error: TLS takes both --tls-certificate and --tls-key
  vmfa: error: behindProxy is a list of addresses such as 10.0.0.0/8,192.0.2.7, or unix, not everybody
  vmfa: error: log.level is one of trace, debug, info, notice, warning, error, critical, not loud
  vmfa: error: maxConnections is a number from 1 to 1000000, not 0
  vmfa: error: Missing value for '--guess-budget <count>'

Options go before the environment, and that before the file; what is misspelt in the file is an error.

  $ echo '{"listen": "127.0.0.1:1", "log": {"format": "xml"}, "maxConnections": 10}' > serve.json
  $ ends vmfa serve --check --config serve.json
  vmfa: error: log.format is one of text, json, not xml
  status 64
  $ VMFA_LOG_FORMAT=json vmfa serve --check --config serve.json 2> /dev/null
  the configuration is valid
  $ VMFA_LOG_FORMAT=yaml vmfa serve --check --config serve.json --log-format text 2> /dev/null
  the configuration is valid
  $ echo '{"listne": "127.0.0.1:1"}' > wrong.json && vmfa serve --check --config wrong.json 2>&1 | cut -c 1-60
  vmfa: error: wrong.json sets listne, which there is not: lis
  $ for text in '{"tls.key": "k"}' '{"nope": {}}' '{"behindProxy": [7]}' '{"log.format": "json", "log": {"format": "text"}}'; do
  >   echo "$text" > odd.json; vmfa serve --check --config odd.json 2>&1 | head -1 | cut -c 1-60
  > done
  vmfa: error: TLS takes both --tls-certificate and --tls-key
  vmfa: error: odd.json sets nope, which there is not: listen,
  vmfa: error: odd.json has something else than texts in the l
  vmfa: error: odd.json sets log.format twice
  $ echo '{"listen"' > broken.json && ends vmfa serve --check --config broken.json
  vmfa: error: broken.json is not JSON: * (glob)
  status 64
  $ ends vmfa serve --check --config missing.json
  vmfa: error: * (glob)
  status 66

TLS: a certificate that is renewed is shown from a SIGHUP on; one that cannot be used leaves the old one.

  $ certificate() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out chain.pem -days 2 -subj "/CN=$1" -addext subjectAltName=DNS:localhost 2> /dev/null; }
  $ certificate one
  $ start --listen 0.0.0.0:0 --tls-certificate chain.pem --tls-key key.pem
  $ port=${at##*:} && echo "${at%:*}"
  https://0.0.0.0
  $ curl -s --cacert chain.pem "https://localhost:$port/healthz" && echo
  {"status":"ok"}
  $ curl -s --tls-max 1.1 -k "https://localhost:$port/healthz" || echo refused
  refused
  $ subject() { openssl s_client -connect localhost:$port < /dev/null 2> /dev/null | openssl x509 -noout -subject; }
  $ subject
  subject=CN = one
  $ certificate two && kill -HUP $server && timeout 10 sh -c 'until grep -q "read again" serve.log; do sleep 0.05; done' && subject
  subject=CN = two
  $ echo garbage > chain.pem && kill -HUP $server && timeout 10 sh -c 'until grep -q "stays" serve.log; do sleep 0.05; done' && subject
  subject=CN = two
  $ stop
  status 0
  $ ends vmfa serve --check --tls-certificate chain.pem --tls-key key.pem
  vmfa: error: the certificate chain.pem with the key key.pem cannot be used: * (glob)
  status 64

A Unix socket; and whoever speaks for the clients there is believed only if that was asked for.

  $ token=$(vmfa token create cli --scope admin 2> /dev/null)
  $ address() { curl -s --unix-socket sock -H "Authorization: Bearer $token" "$@" http://localhost/v1/users/nobody/recovery-codes -X POST > /dev/null; curl -s --unix-socket sock -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -H 'X-Forwarded-For: 203.0.113.9, 10.1.1.1' -d '{}' http://localhost/v1/users/sam/devices > /dev/null; vmfa audit list --json | python3 -c 'import json, sys; rows = json.load(sys.stdin); print(max(rows, key=lambda r: r["id"]).get("source"))'; }
  $ umask 022 && start --listen unix:sock && echo "$at"
  unix:sock
  $ ends vmfa serve --listen unix:sock 2>&1 | tail -n 3
  vmfa: error: cannot listen there: Address already in use
  vmfa: hint: --listen names another address
  status 69
  $ awk '/^Umask/ { print $2 }' /proc/$server/status
  0022
  $ address; kill -9 $server; wait $server 2> /dev/null; ls sock
  None
  sock
  $ ends vmfa serve --listen unix:serve.json 2>&1 | tail -n 3
  vmfa: error: cannot listen there: what is there is no socket
  vmfa: hint: --listen names another address
  status 69
  $ start --listen unix:sock --behind-proxy unix,10.0.0.0/8 && address; stop
  203.0.113.9
  status 0

systemd is told when it is ready, and when it ends.

  $ cat > notify.py << 'EOF'
  > import os, signal, socket, subprocess, sys
  > os.environ["NOTIFY_SOCKET"] = os.getcwd() + "/notify"
  > listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  > listener.bind("notify")
  > listener.settimeout(20)
  > server = subprocess.Popen(["vmfa", "serve", "--listen", "127.0.0.1:0"], stderr=subprocess.DEVNULL)
  > print(listener.recv(100).decode())
  > server.terminate()
  > print(listener.recv(100).decode())
  > sys.exit(server.wait())
  > EOF
  $ python3 notify.py
  READY=1
  STOPPING=1
  $ systemd-analyze security --offline=true --threshold=20 --no-pager "$TESTDIR/../../systemd/vmfa.service" | grep -o 'level for vmfa.service: [01]\.[0-9]'
  level for vmfa.service: 1.2

Logs for programs; a place that is taken; more connections than there may be.

  $ start --listen 127.0.0.1:0 --log-format json --log-level debug
  $ at=$(python3 -c 'import json; print(next(json.loads(l)["message"].split()[-1] for l in open("serve.log") if "listening" in l))')
  $ curl -s "$at/healthz" > /dev/null; tail -1 serve.log | python3 -c 'import json, sys; l = json.loads(sys.stdin.read()); print(l["level"], l["message"], len(l["request_id"]))'
  debug GET /healthz 200 36
  $ ends vmfa serve --listen ${at#http://} | grep -v "warning SQLite "
  * there is no root access key yet: vmfa account init makes one, for the aws CLI (glob)
  vmfa: error: cannot listen there: Address already in use
  vmfa: hint: --listen names another address
  status 69
  $ stop
  status 0
  $ start --listen 127.0.0.1:0 --max-connections 50
  $ cat > crowd.py << 'EOF'
  > import socket, sys, urllib.request
  > port, crowd = int(sys.argv[1]), []
  > for _ in range(int(sys.argv[2])):
  >     crowd.append(socket.create_connection(("127.0.0.1", port)))
  > for connection in crowd[:40]: connection.close()
  > print(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=40).read().decode())
  > EOF
  $ python3 crowd.py ${at##*:} 80
  {"status":"ok"}
  $ stop
  status 0

Tokens.

  $ vmfa token create cli --scope verify
  vmfa: error: there is a token cli already
  [73]
  $ vmfa token create 'a b' --scope verify
  vmfa: error: the name of a token is 1 to 64 letters, digits and _.@-
  vmfa: hint: vmfa token create --help shows how it is used
  [64]
  $ vmfa token create gate --scope verify --scope enroll --json | sed 's/vmfa_[A-Za-z0-9_-]\{43\}/SECRET/'
  {"name":"gate","scopes":["enroll","verify"],"token":"SECRET"}
  $ vmfa token list | cut -c 1-20
  TOKEN  SCOPES       
  cli    admin        
  gate   enroll verify
  $ vmfa token revoke gate && ends vmfa token revoke gate
  revoked gate
  vmfa: error: there is no token gate
  vmfa: hint: vmfa token list shows them all
  status 66
  $ grep -rl "$token" "$data"
  [1]
