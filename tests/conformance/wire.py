"""WebSocket frames as octets, from either side, with nothing checked and everything possible (RFC 6455, 5; RFC 7692)."""

import os
import socket
import time
import zlib
from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0


@dataclass
class Frame:
    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0  # RSV1 is 4
    masked: bool | None = None  # None: as its sender's role demands
    chop: int = 0  # octets for each write; 0: all at once
    cut: int | None = None  # only so much of the payload is sent

    def octets(self, masked):
        masked = masked if self.masked is None else self.masked
        size, bit = len(self.payload), 0x80 if masked else 0
        head = bytes([(0x80 if self.fin else 0) | self.rsv << 4 | self.opcode])
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + size.to_bytes(2, "big")
        else:
            head += bytes([bit | 127]) + size.to_bytes(8, "big")
        octets = mask(self.payload) if masked else self.payload
        return head + (octets if self.cut is None else octets[: self.cut + (4 if masked else 0)])


def mask(payload):
    key = os.urandom(4)
    size = len(payload)
    pad = int.from_bytes((key * (size // 4 + 1))[:size], "little")
    return key + (int.from_bytes(payload, "little") ^ pad).to_bytes(size, "little")


@dataclass
class Wait:
    """The next frame is sent when this many messages and pongs have come back."""

    answers: int


@dataclass
class Pause:
    seconds: float


def close_payload(code, reason=b""):
    return code.to_bytes(2, "big") + reason


class Deflater:
    """One direction's compression (RFC 7692, 7.2.1)."""

    def __init__(self, bits, takeover):
        self.bits, self.takeover, self.stream = bits, takeover, None

    def __call__(self, data):
        if self.stream is None or not self.takeover:
            self.stream = zlib.compressobj(6, zlib.DEFLATED, -self.bits)
        return (self.stream.compress(data) + self.stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


class Inflater:
    def __init__(self, bits, takeover):
        self.bits, self.takeover, self.stream = bits, takeover, None

    def __call__(self, data):
        if self.stream is None or not self.takeover:
            self.stream = zlib.decompressobj(-self.bits)
        return self.stream.decompress(data + b"\0\0\xff\xff")


class Broken(Exception):
    """The endpoint under test sent what RFC 6455 forbids."""


class Wire:
    """The peer's end of a connection whose handshake is done. Events are ("text", bytes), ("binary", …), ("pong", …),
    ("ping", …), ("close", bytes) and ("end", b""); a message's fragments are put together."""

    def __init__(self, connection, is_client, inflater=None):
        self.connection, self.is_client, self.inflater = connection, is_client, inflater
        self.buffer, self.events, self.message = bytearray(), [], None
        self.over = False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, frames):
        """Adjacent frames that aren't chopped leave in one write."""
        pending = b""
        for each in frames:
            octets = each.octets(self.is_client) if isinstance(each, Frame) else each
            chop = each.chop if isinstance(each, Frame) else 0
            if not chop:
                pending += octets
                continue
            self._write(pending)
            pending = b""
            for start in range(0, len(octets), chop):
                self._write(octets[start : start + chop])
        self._write(pending)

    def _write(self, octets):
        """Reads while it can't write, or two that both write would wait for each other."""
        view = memoryview(octets)
        while view and not self.over:
            self.connection.settimeout(0.05)
            try:
                view = view[self.connection.send(view) :]
            except TimeoutError:
                self.read(0)
            except OSError:
                while self.read(0.2):
                    pass
                return

    def read(self, seconds):
        """Takes in what comes within the time; False when nothing did, or nothing will."""
        if self.over:
            return False
        self.connection.settimeout(max(seconds, 0.001))
        try:
            data = self.connection.recv(1 << 20)
        except TimeoutError:
            return False
        except OSError:
            data = b""
        if not data:
            self.over = True
            self.events.append(("end", b""))
            return False
        self.buffer += data
        while self._parse():
            pass
        return True

    def wait_for(self, done, seconds):
        deadline = time.monotonic() + seconds
        while not done(self.events) and not self.over and (left := deadline - time.monotonic()) > 0:
            self.read(left)
        return done(self.events)

    def _parse(self):
        b = self.buffer
        if len(b) < 2:
            return False
        size, at = b[1] & 127, 2
        if size > 125:
            width = 2 if size == 126 else 8
            if len(b) < 2 + width:
                return False
            size, at = int.from_bytes(b[2 : 2 + width], "big"), 2 + width
        masked = bool(b[1] & 128)
        if masked == self.is_client:
            raise Broken("a masked frame from a server" if masked else "an unmasked frame from a client")
        key = 4 if masked else 0
        if len(b) < at + key + size:
            return False
        payload = bytes(b[at + key : at + key + size])
        if masked and any(b[at : at + 4]):
            pad = int.from_bytes((bytes(b[at : at + 4]) * (size // 4 + 1))[:size], "little")
            payload = (int.from_bytes(payload, "little") ^ pad).to_bytes(size, "little")
        self._frame(b[0] & 15, bool(b[0] & 128), b[0] >> 4 & 7, payload)
        del b[: at + key + size]
        return True

    def _frame(self, opcode, fin, rsv, payload):
        if opcode in (CLOSE, PING, PONG):
            if not fin or rsv or len(payload) > 125:
                raise Broken("a control frame in pieces, with a reserved bit, or too long")
            self.events.append(({CLOSE: "close", PING: "ping", PONG: "pong"}[opcode], payload))
            return
        if rsv & 3 or (rsv and (self.inflater is None or opcode == CONTINUATION)):
            raise Broken(f"reserved bits {rsv}")
        if (opcode == CONTINUATION) != (self.message is not None):
            raise Broken("fragments out of order")
        if opcode != CONTINUATION:
            self.message = [opcode, rsv, []]
        self.message[2].append(payload)
        if fin:
            kind, compressed, pieces = self.message
            self.message = None
            data = b"".join(pieces)
            self.events.append(("text" if kind == TEXT else "binary", self.inflater(data) if compressed else data))
