"""nginx and haproxy as a test starts them: in the foreground, one process each, on a free port, from a configuration of
its own, and gone with the `with` block."""

import contextlib
import pathlib
import tempfile

from harness import SCRATCH, Program, certificates
from peers import connects, eventually, free_port

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port}{listens};
    {certificate}
    location / {{
      proxy_pass http://127.0.0.1:{targets[0]};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout {idle}ms;
      proxy_send_timeout {idle}ms;
    }}
  }}
}}
"""

HAPROXY = """
defaults
  mode http
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout tunnel {idle}ms
  option forwardfor
  option redispatch
  retries 3
frontend in
  bind 127.0.0.1:{port}{certificate}
  http-request set-header X-Forwarded-Proto {scheme}
  default_backend nodes
backend nodes
  balance roundrobin
"""


@contextlib.contextmanager
def nginx(target, tls=False, idle=3_600_000):
    """With `tls` it speaks TLS to its clients, and plain text to the target. `idle` in milliseconds."""
    folder, port, own = tempfile.mkdtemp(prefix="nginx-", dir=SCRATCH.name), free_port(), certificates() if tls else None
    certificate = f"ssl_certificate {own}/server.pem; ssl_certificate_key {own}/server.key;" if tls else ""
    text = NGINX.format(folder=folder, port=port, listens=" ssl" if tls else "", certificate=certificate, targets=[target], idle=idle)
    with _started(folder, port, ["nginx", "-p", folder, "-e", "stderr", "-c"], text) as program:
        yield program


@contextlib.contextmanager
def haproxy(*targets, tls=False, idle=3_600_000, checked=False):
    """As nginx, spreading connections over the targets; with `checked` those that are gone are noticed within 200 ms."""
    folder, port = tempfile.mkdtemp(prefix="haproxy-", dir=SCRATCH.name), free_port()
    both = pathlib.Path(folder) / "both.pem"
    if tls:
        both.write_text("".join((certificates() / f"server.{end}").read_text() for end in ("pem", "key")))
    text = HAPROXY.format(port=port, certificate=f" ssl crt {both} alpn http/1.1" if tls else "", scheme="https" if tls else "http", idle=idle)
    for n, target in enumerate(targets):
        text += f"  server n{n} 127.0.0.1:{target}{' check inter 200ms fall 1 rise 1' if checked else ''}\n"
    with _started(folder, port, ["haproxy", "-db", "-f"], text) as program:
        yield program


@contextlib.contextmanager
def _started(folder, port, command, text):
    file = pathlib.Path(folder) / "configuration"
    file.write_text(text)
    with Program([*command, file]) as program:
        program.port = port
        eventually(lambda: connects(port) or program.process.poll() is not None, f"{command[0]} listens")
        yield program
