"""A real nginx with lines of a test's own."""

import os
import signal
import socket
import subprocess
import time


class Nginx:
    """Listens on `port`, and writes into a folder alone. `http` and `server` are lines of the sections of these names."""

    def __init__(self, folder, http="", server=""):
        self.folder = folder
        self.port = 20000 + os.getpid() % 20000
        self.configure(http, server)
        self.process = subprocess.Popen(
            ["nginx", "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
        deadline = time.time() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except OSError:
                if time.time() > deadline:
                    raise AssertionError("nginx did not start")
                time.sleep(0.05)

    def configure(self, http="", server=""):
        folder = self.folder
        with open(f"{folder}/nginx.conf", "w") as configuration:
            configuration.write(f"""
                worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log crit;
                events {{ worker_connections 1024; }}
                http {{
                  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
                  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                  {http}
                  server {{ listen 127.0.0.1:{self.port}; {server} }}
                }}""")

    def reload(self, http="", server=""):
        self.configure(http, server)
        self.process.send_signal(signal.SIGHUP)
        time.sleep(1)

    def stop(self):
        self.process.terminate()
        self.process.wait()
