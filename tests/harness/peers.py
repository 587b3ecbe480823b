"""What the tests of the server share: servers written in Qi, and peers with no library in them."""

import contextlib
import http.client
import json
import pathlib
import random
import re
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from harness import PATIENCE, QI, SCRATCH, Failure, Program, frame, read_head, write_script

ECHO = "(fn [c] (loop [] (let [m (ws/receive c)] (match (get m :type) \"close\" -> nil \"error\" -> (recur) _ -> (do (ws/send c m) (recur))))))"


@contextlib.contextmanager
def server(options="{:port 0}", handler=ECHO, before="", environment=None, flags=(), limits=()):
    """A server whose handler runs for each connection. It has .port, and prints what its handler prints. `limits` is the
    command that starts it, if it needs one."""
    script = write_script(f"""
{before}
(def handler {handler})
(def listener (ws/listen {options}))
(if (error? listener) (error listener) nil)
(println f"port {{(ws/port listener)}}")
(loop []
  (let [c (ws/accept listener)]
    (when c
      (go (let [r (try (do (handler c) nil))]
            (when (error? r) (println f"handler: {{(get r :error)}}"))
            (try (ws/close c))))
      (recur))))
""")
    with Program([*limits, QI, *flags, script], environment) as program:
        program.port = int(program.line(r"^port \d+$", 30).split()[1])
        yield program


_given = set()


def free_port():
    """A port that nobody listens on, and that no connection of another suite is given meanwhile: it is below those that
    the system hands out by itself."""
    while True:
        port = random.randrange(10000, 32000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def connects(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def upgrade_head(path="/", **headers):
    lines = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return (f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n").encode()


class Peer:
    """A client's end of a WebSocket, frame by frame."""

    def __init__(self, port, path="/", timeout=10, address="127.0.0.1", source=None, wrap=None, receive_buffer=None, **headers):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.socket.settimeout(timeout * PATIENCE)
        if receive_buffer:  # before it connects: the window follows from it
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((address, port))
        if wrap:
            self.socket = wrap(self.socket)
        self.socket.sendall(upgrade_head(path, **headers))
        self.head = read_head(self.socket)
        self.status = int(self.head.split()[1])
        self.buffer = bytearray()

    def send(self, data, opcode=1):
        self.socket.sendall(frame(data.encode() if isinstance(data, str) else data, opcode, masked=True))

    def _take(self, count):
        while len(self.buffer) < count:
            data = self.socket.recv(65536)
            if not data:
                raise Failure("the server closed TCP")
            self.buffer += data
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def frame(self):
        """(opcode, payload) of the next frame."""
        first, size = self._take(2)
        if size == 126:
            size = int.from_bytes(self._take(2), "big")
        elif size == 127:
            size = int.from_bytes(self._take(8), "big")
        self.compressed = bool(first & 0x40)
        return first & 15, self._take(size)

    def text(self):
        while True:
            opcode, payload = self.frame()
            if opcode == 9:
                self.send(payload, 10)
            elif opcode == 1:
                return payload.decode()
            else:
                raise Failure(f"wanted text, got opcode {opcode} {payload[:100]!r}")

    def close_code(self):
        """Of the server's close frame, whatever comes before it; 1006 if there is none. It is answered."""
        with contextlib.suppress(Failure, ConnectionError):
            while True:
                opcode, payload = self.frame()
                if opcode == 9:
                    self.send(payload, 10)
                if opcode == 8:
                    with contextlib.suppress(OSError):
                        self.send(payload, 8)
                    return int.from_bytes(payload[:2], "big") if payload else 1005
        return 1006

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def request(port, method="GET", path="/", body=None, headers=None, **options):
    """(status, headers in lower case, body)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * PATIENCE)
    connection.request(method, path, body, headers or {}, **options)
    answer = connection.getresponse()
    result = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return result


def raw(port, data, timeout=10):
    """All that the server says to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout * PATIENCE) as s:
        s.sendall(data)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := s.recv(65536):
                answer += piece
        return answer


def eventually(check, what, timeout=10):
    deadline = time.monotonic() + timeout * PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {timeout} s")
        time.sleep(0.02)


def descriptors(program):
    return len(list(pathlib.Path(f"/proc/{program.process.pid}/fd").iterdir()))


def resting_descriptors(program):
    """Those it has when the last connections have gone, too: the fewest within half a second."""
    counts = []
    for _ in range(25):
        counts.append(descriptors(program))
        time.sleep(0.02)
    return min(counts)


def ask(peer, text):
    peer.send(text)
    return json.loads(peer.text())


def field(head, name):
    found = re.search(rf"(?im)^{re.escape(name)}:\s*(.*?)\r?$", head)
    return found and found[1]


class Redis:
    """A Redis of its own, without a file."""

    def __init__(self, port=None, password=""):
        self.port, self.password = port or free_port(), password
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.program = Program(["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", SCRATCH.name, "--requirepass", self.password])
        self.program.line("[Rr]eady to accept", 20)

    def stop(self):
        self.program.stop()

    def heard_by(self, nodes, topic):
        """Waits until Redis counts so many nodes as subscribers of the topic."""
        question = (f"AUTH {self.password}\r\n" if self.password else "") + f"PUBSUB NUMSUB qi:{topic}\r\nQUIT\r\n"

        def count():
            with socket.create_connection(("127.0.0.1", self.port), 10 * PATIENCE) as line:
                line.sendall(question.encode())
                return int(re.search(r"^:(\d+)", line.makefile().read(), re.MULTILINE)[1])
        eventually(lambda: count() == nodes, f"{nodes} nodes subscribed to {topic}")

    def publish(self, channel, payload):
        with socket.create_connection(("127.0.0.1", self.port), 10 * PATIENCE) as line:
            words = (b"PUBLISH", channel, payload)
            line.sendall(b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            line.recv(64)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
