"""What every driver under tests/ shares: finding qi, starting programs and reading what they print, test
certificates, TCP doors, and counting.

A driver is an executable named run-SOMETHING that ends by printing `N passed, N failed` (see tests/run):

    suite = Suite()
    with suite.case("says hello"):
        expect(run([QI, "-e", "1"]).stdout, "1\\n")
    suite.finish()
"""

import base64
import concurrent.futures
import contextlib
import hashlib
import os
import pathlib
import queue
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
QI = os.environ.get("QI_BINARY", str(ROOT / "build" / "qi"))
PYTHON = "/usr/bin/python3"  # Debian's own, which has Debian's websockets
PYTHON_PEER = {"PYTHONPATH": str(ROOT / "tests" / "harness")}
"""The environment in which Python finds any_websockets.py."""
NODE = {"NODE_PATH": "/usr/share/nodejs"}
"""The environment in which Node finds Debian's ws."""

SCALE = float(os.environ.get("QI_TEST_SCALE", "1"))
"""How large the tests of size are, where 1 is what is promised."""
PATIENCE = float(os.environ.get("QI_TEST_PATIENCE", "1"))
"""By how much every time limit is stretched (sanitizers and GC stress are slow)."""
SANITIZED = os.environ.get("QI_TEST_SANITIZED", "")
"""The sanitizer in use, or "": memory and threads are not measured under one, since it has its own."""
FRUGAL = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=16"} if SANITIZED == "address" else {}
"""The environment for a program whose memory is measured: AddressSanitizer keeps what was freed, up to 256 MB of it,
unless it is told not to. Of ThreadSanitizer's own memory there is more for every address ever used: nothing can be said."""
AS_ROOT = [] if os.geteuid() == 0 else ["--map-root-user"]
OWN_NETWORK = ["unshare", "--net", *AS_ROOT]
"""Runs the command behind it in a network namespace of its own. Root needs no namespace of users for that, which a
chroot wouldn't let it make."""
GC_STRESS = "QI_GC_STRESS" in os.environ

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # for the programs that are started, also where nohup started the tests

SCRATCH = tempfile.TemporaryDirectory(prefix="qi-test-")
"""Removed when the driver ends."""


class Failure(Exception):
    """An expectation that did not hold; its text is the whole report."""


def expect(actual, wanted, what="output"):
    if actual != wanted:
        raise Failure(f"{what}:\n  wanted {short(wanted)}\n  got    {short(actual)}")


def expect_match(actual, pattern, what="output"):
    if not re.search(pattern, actual, re.S):
        raise Failure(f"{what}:\n  wanted a match of {pattern!r}\n  got    {short(actual)}")


def short(value, limit=1500):
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


class Suite:
    """Counts cases and reports each failure where it happens. Command-line arguments filter the cases by name; --times
    says how long each one takes."""

    def __init__(self):
        self.passed = self.failed = 0
        self.filters = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        self.times = "--times" in sys.argv
        self.mutex = threading.Lock()
        self.beside, self.waiting = concurrent.futures.ThreadPoolExecutor(8), []

    def wants(self, name):
        return not self.filters or any(each in name for each in self.filters)

    @contextlib.contextmanager
    def case(self, name):
        started = time.monotonic()
        try:
            yield
            with self.mutex:
                self.passed += 1
        except Failure as failure:
            self.fail(name, str(failure))
        except Exception:
            self.fail(name, traceback.format_exc())
        if self.times:
            print(f"{time.monotonic() - started:7.2f} s  {name}\n", end="", flush=True)

    def waiting_case(self, name):
        """Decorates a case that mostly waits: it runs beside all others, until wait() or finish()."""
        def start(act):
            def run():
                with self.case(name):
                    act()

            if self.wants(name):
                self.waiting.append(self.beside.submit(run))
            return act
        return start

    def wait(self):
        concurrent.futures.wait(self.waiting)

    def fail(self, name, report):
        with self.mutex:
            self.failed += 1
            print(f"FAILED {name}")
            print("    " + report.rstrip().replace("\n", "\n    "), flush=True)

    def finish(self):
        self.wait()
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


class Program:
    """A running program whose lines can be waited for. Ends with the `with` block, by its own process id only."""

    def __init__(self, arguments, environment=None, text=None, folder=None, listens=False):
        self.arguments = [str(argument) for argument in arguments]
        self.process = subprocess.Popen(
            self.arguments,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE if text is not None or listens else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
        )
        self.lines, self.seen, self.errors = queue.Queue(), [], []
        self.readers = [threading.Thread(target=each, daemon=True) for each in (self._read_lines, self._read_errors)]
        for reader in self.readers:
            reader.start()
        if text is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(text.encode("utf-8", "surrogateescape"))
                self.process.stdin.close()

    def say(self, line=""):
        """A line for the standard input of a program that listens."""
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def _read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self.lines.put(None)

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode("utf-8", "replace"))

    @property
    def stderr(self):
        return "".join(self.errors)

    def line(self, pattern="", timeout=10):
        """The next line that matches pattern."""
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(f"{self.name}: no line like {pattern!r} in {timeout} s\n{self.report()}") from None
            if line is None:
                self.lines.put(None)
                raise Failure(f"{self.name}: ended before a line like {pattern!r}\n{self.report()}")
            self.seen.append(line)
            if re.search(pattern, line):
                return line

    def rest(self):
        """All lines so far, of a program that has ended."""
        while (line := self.lines.get()) is not None:
            self.seen.append(line)
        self.lines.put(None)
        return self.seen

    def wait(self, timeout=20):
        """The exit status (negative: a signal)."""
        try:
            status = self.process.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Failure(f"{self.name}: still running after {timeout} s\n{self.report()}") from None
        for reader in self.readers:
            reader.join(5)
        return status

    def stop(self, gently=False):
        if self.process.poll() is None:
            self.process.terminate() if gently else self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def name(self):
        return " ".join(pathlib.Path(argument).name[:60] for argument in self.arguments[:3])

    def report(self):
        return f"stdout: {short(self.seen)}\nstderr: {short(self.stderr, 3000)}"

    def status(self, field):
        """A number of /proc/PID/status (memory in bytes), or 0 once the process is gone."""
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * (1024 if line.endswith("kB") else 1)
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Finished:
    def __init__(self, program, status):
        self.status, self.stderr = status, program.stderr
        self.lines = program.rest()
        self.stdout = "".join(line + "\n" for line in self.lines)


def run(arguments, timeout=20, environment=None, text=None, folder=None):
    """Runs a program to its end."""
    with Program(arguments, environment, text, folder) as program:
        return Finished(program, program.wait(timeout))


def run_qi(source, *arguments, timeout=20, environment=None, flags=()):
    """Runs a program given as text, from a file, as a user would."""
    return run([QI, *flags, write_script(source), *arguments], timeout, environment)


def write_script(source):
    handle, path = tempfile.mkstemp(suffix=".qi", dir=SCRATCH.name)
    with os.fdopen(handle, "w") as file:
        file.write(source)
    return path


class Peak:
    """Samples a running program: its greatest resident memory and number of threads, and the time it all took."""

    def __init__(self, program, every=0.02):
        self.program, self.memory, self.threads = program, 0, 0
        self.started, self.ended = time.monotonic(), threading.Event()
        self.sampler = threading.Thread(target=self._sample, args=(every,), daemon=True)
        self.sampler.start()

    def _sample(self, every):
        while not self.ended.wait(every):
            self.memory = max(self.memory, self.program.status("VmHWM"))
            self.threads = max(self.threads, self.program.status("Threads"))

    def stop(self):
        self.ended.set()
        self.sampler.join()
        return self

    def expect(self, megabytes=None, threads=None):
        if SANITIZED:
            return
        if megabytes and self.memory > megabytes * 1_000_000:
            raise Failure(f"peak memory: wanted below {megabytes} MB, got {self.memory / 1e6:.1f} MB")
        if threads and self.threads > threads:
            raise Failure(f"threads: wanted at most {threads}, got {self.threads}")


class Door:
    """A TCP port in front of another one. It can stay shut (connections are refused until it is opened) and can speak TLS
    for a server that doesn't."""

    def __init__(self, target=None, context=None, shut=False):
        self.target, self.context = target, context
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        if target and not shut:
            self.open()

    def open(self):
        self.socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError, ssl.SSLError):
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            with client, socket.create_connection(("127.0.0.1", self.target)) as server:
                while True:
                    pending = self.context and client.pending()
                    ready = [client] if pending else select.select([client, server], [], [])[0]
                    for source in ready:
                        data = source.recv(65536)
                        if not data:
                            return
                        (server if source is client else client).sendall(data)

    def stop(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Listener:
    """A bare TCP server: each connection is handed to serve(connection) in a thread of its own."""

    def __init__(self, serve):
        self.serve, self.connections = serve, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            self.serve(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in (self.socket, *self.connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def read_head(connection):
    """The head that the other side sends, up to its empty line, as text."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        data = connection.recv(1)
        if not data:
            raise OSError("the other side went away")
        head += data
    return head.decode("latin-1")


def upgrade(connection):
    """Answers a client's opening handshake (RFC 6455, 4.2.2). From here on the bytes are frames."""
    key = re.search(r"(?im)^sec-websocket-key:\s*(\S+)", read_head(connection))[1]
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    connection.sendall(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )


def dial(port, path="/"):
    """A socket on which a client's opening handshake has been made."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60 * PATIENCE)
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    read_head(connection)
    return connection


def frame(payload, opcode=1, masked=False):
    """A whole frame. A mask, where there has to be one, is all zeros and leaves the payload as it is."""
    size, bit = len(payload), 0x80 if masked else 0
    if size < 126:
        head = bytes([0x80 | opcode, bit | size])
    elif size < 65536:
        head = bytes([0x80 | opcode, bit | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, bit | 127]) + size.to_bytes(8, "big")
    return head + bytes(4 if masked else 0) + payload


def _openssl(folder, *arguments, text=None):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, input=text, text=True, capture_output=True)


_certificates = threading.Lock()


def certificates():
    """A folder with ca.pem and, each signed by it, NAME.pem and NAME.key for the NAMEs below. Made once a driver."""
    folder = pathlib.Path(SCRATCH.name) / "tls"
    with _certificates:
        if not folder.exists():
            _make_certificates(folder)
    return folder


def _make_certificates(folder):
    folder.mkdir()
    names = "DNS:localhost,IP:127.0.0.1,DNS:echo.websocket.org,DNS:api.example.com,DNS:feed.example.com"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl(folder, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Qi test CA",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for name, alternatives, start, end in [
        ("server", names, None, None),
        ("wrong-host", "DNS:elsewhere.test", None, None),
        ("expired", names, "20200101000000Z", "20200201000000Z"),
    ]:
        # Python checks from 3.13 on that certificates have what RFC 5280 (4.2.1) wants of them.
        (folder / f"{name}.ext").write_text(f"subjectAltName={alternatives}\nauthorityKeyIdentifier=keyid\n")
        _openssl(folder, "req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        if start:
            (folder / "index.txt").write_text("")
            (folder / "ca.conf").write_text(
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\n"
                "policy=p\n[p]\ncommonName=supplied\n"
            )
            _openssl(folder, "ca", "-batch", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in",
                     f"{name}.csr", "-out", f"{name}.pem", "-startdate", start, "-enddate", end, "-extfile", f"{name}.ext",
                     "-notext")
        else:
            _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-days", "30", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def server_context(name="server"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates() / f"{name}.pem", certificates() / f"{name}.key")
    return context
