"""For suites of qi serve: a server that runs, its workers, who is reached, and what a service manager does and is told."""

import collections
import contextlib
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

from harness import PATIENCE, PYTHON, QI, SCRATCH, Failure, Program, expect, write_script
from peers import Peer, eventually, free_port

# Says who it is: the number of its place, and a word that no other process has. Then it echoes.
WHO = """
(def me f"{(env/get "QI_WORKER")} {(env/get "QI_WORKERS")} {(math/rand-int 1000000000)}")
(defn handle [c]
  (ws/send c me)
  (loop []
    (let [m (ws/receive c)]
      (match (get m :type) "close" -> nil "error" -> (recur) _ -> (do (ws/send c m) (recur))))))
"""
SERVE = WHO + '(ws/serve {:port PORT OPTIONS} handle)\n'


def workers_of(program):
    """Number of the place -> process."""
    found = {}
    with contextlib.suppress(OSError):
        pids = pathlib.Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children").read_text().split()
        for pid in pids:
            with contextlib.suppress(OSError):
                environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                for each in environment:
                    if each.startswith(b"QI_WORKER="):
                        found[int(each[10:])] = int(pid)
    return found


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def serving(text=SERVE, workers=2, options="", port=None, flags=(), environment=None, path=None, ready=True):
    port = port or free_port()
    script = path or write_script("")
    pathlib.Path(script).write_text(text.replace("PORT", str(port)).replace("OPTIONS", options))
    count = [] if workers is None else ["--workers", workers]
    with Program([QI, "serve", *count, *flags, script], environment) as program:
        program.port, program.script = port, script
        if ready:
            eventually(lambda: re.search(r"workers? serve|ワーカーが稼働|\"event\":\"ready\"", program.stderr) or program.process.poll() is not None, "workers are up", 30)
            expect(program.process.poll(), None, f"qi serve; {program.stderr}")
        yield program
        program.stop(gently=True)


def who(port, **options):
    with Peer(port, **options) as peer:
        return peer.text()


class Attempts:
    """Connects again and again, in several threads, until the block ends: what came of each."""

    def __init__(self, port, threads=4):
        self.port, self.over, self.seen, self.failures = port, threading.Event(), collections.Counter(), []
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def _run(self):
        while not self.over.is_set():
            try:
                with Peer(self.port, timeout=20) as peer:
                    if peer.status != 101:
                        raise Failure(f"status {peer.status}")
                    opcode, payload = peer.frame()
                    self.seen[payload.decode() if opcode == 1 else f"close {int.from_bytes(payload[:2], 'big')}"] += 1
            except Exception as problem:
                self.failures.append(repr(problem))

    @property
    def count(self):
        return sum(self.seen.values())

    def more(self, count):
        goal = self.count + count
        eventually(lambda: self.count >= goal or self.failures, f"{count} more connections", 60)

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for each in self.threads:
            each.join()


class Manager:
    """A service manager's socket: what it is told."""

    def __init__(self, abstract=False):
        self.path = f"{SCRATCH.name}/notify-{time.monotonic_ns()}"
        if abstract:
            self.path = f"@qi-test-{os.getpid()}-{time.monotonic_ns()}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path.replace("@", "\0"))
        self.socket.settimeout(20 * PATIENCE)
        self.environment = {"NOTIFY_SOCKET": self.path}

    def told(self):
        return self.socket.recv(4096).decode()

    def nothing_more(self):
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            raise Failure(f"was told {self.socket.recv(4096)!r}")
        self.socket.settimeout(20 * PATIENCE)


@contextlib.contextmanager
def handed_down(command, sockets, names="", environment=None, pid=None):
    """Starts it as a service manager does: the sockets are descriptors 3 and up, and LISTEN_PID is its own."""
    numbers = " ".join(str(s.fileno()) for s in sockets)
    starter = """import os, sys
numbers = [int(n) for n in sys.argv[1].split()]
kept = [os.dup(n) for n in numbers]
high = [os.dup2(n, 200 + i) for i, n in enumerate(kept)]
for i, n in enumerate(high): os.dup2(n, 3 + i)
os.environ.update(LISTEN_FDS=str(len(numbers)), LISTEN_PID=sys.argv[2] or str(os.getpid()), LISTEN_FDNAMES=sys.argv[3])
os.closerange(3 + len(numbers), 300)
os.execv(sys.argv[4], sys.argv[4:])
"""
    with contextlib.ExitStack() as stack:
        for s in sockets:
            os.set_inheritable(s.fileno(), True)
        original = subprocess.Popen
        try:
            subprocess.Popen = lambda *a, **k: original(*a, **k, close_fds=False)
            program = stack.enter_context(Program([PYTHON, "-c", starter, numbers, pid or "", names, *command], environment))
        finally:
            subprocess.Popen = original
        yield program
        program.stop(gently=True)
