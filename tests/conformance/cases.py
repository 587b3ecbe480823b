"""What a peer may do, good and bad, and what RFC 6455 and RFC 7692 say the other side does then. The endpoint under
test echoes every message. The categories are those of the well-known public suite; the cases are our own."""

import random
import sys
from dataclasses import dataclass, field

from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, Pause, Wait, close_payload

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/harness")
from harness import SCALE  # noqa: E402


@dataclass
class Case:
    name: str
    section: str  # of RFC 6455, unless it says otherwise
    steps: list
    echoes: list = field(default_factory=list)  # (kind, payload) that come back, in order
    pongs: list = field(default_factory=list)
    code: int | tuple | None = 1000  # the endpoint's close frame carries this, or one of these; None: no code
    faulty: bool = False  # the peer's fault: the endpoint fails the connection with `code`
    # With permessage-deflate: the offer's or the answer's parameters, and how the peer compresses.
    deflate: str | None = None
    roles: tuple = ("client", "server")
    compress: bool = False  # the payloads of `steps` are compressed before they are sent


CASES = []


def case(name, section, steps, echoes=(), **more):
    CASES.append(Case(name, section, list(steps), list(echoes), **more))


def fault(name, section, steps, code=1002, echoes=(), **more):
    case(name, section, steps, echoes, code=code, faulty=True, **more)


def scaled(number, least=1):
    return max(least, int(number * SCALE))


def fragments(kind, payload, size, **more):
    """One message in pieces."""
    pieces = [payload[i : i + size] for i in range(0, len(payload), size)] or [b""]
    return [Frame(CONTINUATION if i else kind, piece, fin=i == len(pieces) - 1, **more) for i, piece in enumerate(pieces)]


KINDS = {TEXT: "text", BINARY: "binary"}


# 1. Framing: every length around the edges of its three forms (5.2).
for opcode, kind in KINDS.items():
    for size in (0, 1, 125, 126, 127, 128, 65534, 65535, 65536, 65537):
        payload = b"*" * size if opcode == TEXT else bytes(i % 251 for i in range(size))
        for chop in (0, 1 if size < 1000 else 997):
            case(f"1 framing: {kind}, {size} octets{', in pieces of ' + str(chop) if chop else ''}", "5.2",
                 [Frame(opcode, payload, chop=chop)], [(kind, payload)])

# 2. Pings and pongs (5.5.2, 5.5.3).
for name, payload in {"empty": b"", "text": b"Hello, world!", "binary": bytes(range(0, 256, 3)), "125 octets": b"\xfe" * 125}.items():
    case(f"2 ping: {name}", "5.5.3", [Frame(PING, payload)], pongs=[payload])
    case(f"2 ping: {name}, octet by octet", "5.5.3", [Frame(PING, payload, chop=1)], pongs=[payload])
fault("2 ping: 126 octets", "5.5", [Frame(PING, b"x" * 126)])
for payload in (b"", b"unasked"):
    case(f"2 pong that nobody asked for: {payload}", "5.5.3", [Frame(PONG, payload), Frame(PING, b"p")], pongs=[b"p"])
case("2 ping between two messages", "5.5.2", [Frame(TEXT, b"a"), Frame(PING, b"p"), Frame(TEXT, b"b")], [("text", b"a"), ("text", b"b")], pongs=[b"p"])
case("2 ten pings, one after the other's pong", "5.5.3",
     [step for i in range(10) for step in (Frame(PING, b"%d" % i), Wait(i + 1))], pongs=[b"%d" % i for i in range(10)])
case("2 ten pings at once", "5.5.3", [Frame(PING, b"payload-%d" % i) for i in range(10)], pongs=[b"payload-%d" % i for i in range(10)])
case("2 ten pings at once, octet by octet", "5.5.3", [Frame(PING, b"payload-%d" % i, chop=1) for i in range(10)],
     pongs=[b"payload-%d" % i for i in range(10)])

# 3. Reserved bits (5.2): without an extension that gives them a meaning, they fail the connection.
for rsv in range(1, 8):
    for opcode, name in {TEXT: "text", BINARY: "binary", PING: "ping", CLOSE: "close"}.items():
        payload = close_payload(1000) if opcode == CLOSE else b"x"
        fault(f"3 reserved bits {rsv:03b}: {name}", "5.2", [Frame(opcode, payload, rsv=rsv)])
    fault(f"3 reserved bits {rsv:03b} after a good message", "5.2", [Frame(TEXT, b"good"), Frame(TEXT, b"x", rsv=rsv), Frame(PING)], echoes=[("text", b"good")])

# 4. Opcodes that are nobody's (5.2).
for opcode in (*range(3, 8), *range(11, 16)):
    fault(f"4 opcode {opcode}, empty", "5.2", [Frame(opcode)])
    fault(f"4 opcode {opcode} after a good message", "5.2", [Frame(TEXT, b"good"), Frame(opcode, b"x"), Frame(PING)], echoes=[("text", b"good")])

# 5. Fragments (5.4).
fault("5 a ping in pieces", "5.4", [Frame(PING, b"a", fin=False), Frame(CONTINUATION, b"b")])
fault("5 a pong in pieces", "5.4", [Frame(PONG, b"a", fin=False), Frame(CONTINUATION, b"b")])
for opcode, kind in KINDS.items():
    for chop in (0, 1):
        more = f"{kind}{', octet by octet' if chop else ''}"
        case(f"5 two fragments: {more}", "5.4", [Frame(opcode, b"fragment1", fin=False, chop=chop), Frame(CONTINUATION, b"fragment2", chop=chop)], [(kind, b"fragment1fragment2")])
        case(f"5 a ping between fragments: {more}", "5.4", [Frame(opcode, b"one", fin=False, chop=chop), Frame(PING, b"p", chop=chop), Frame(CONTINUATION, b"two", chop=chop)],
             [(kind, b"onetwo")], pongs=[b"p"])
        case(f"5 five fragments, pings between: {more}", "5.4",
             [Frame(opcode, b"f1", fin=False, chop=chop), Frame(CONTINUATION, b"f2", fin=False, chop=chop), Frame(PING, b"p1", chop=chop), Wait(1),
              Frame(CONTINUATION, b"f3", fin=False, chop=chop), Frame(CONTINUATION, b"f4", fin=False, chop=chop), Frame(PING, b"p2", chop=chop), Wait(2), Frame(CONTINUATION, b"f5", chop=chop)],
             [(kind, b"f1f2f3f4f5")], pongs=[b"p1", b"p2"])
    case(f"5 empty fragments: {kind}", "5.4", [Frame(opcode, fin=False), Frame(CONTINUATION, fin=False), Frame(CONTINUATION)], [(kind, b"")])
    case(f"5 empty around the middle: {kind}", "5.4", [Frame(opcode, fin=False), Frame(CONTINUATION, b"middle", fin=False), Frame(CONTINUATION)], [(kind, b"middle")])
    fault(f"5 a message within a message: {kind}", "5.4", [Frame(opcode, b"one", fin=False), Frame(opcode, b"two")])
    for fin in (True, False):
        fault(f"5 a continuation of nothing, fin {fin}: {kind} behind", "5.4", [Frame(CONTINUATION, b"x", fin=fin), Frame(opcode, b"y")])
        fault(f"5 a continuation of what is over, fin {fin}: {kind}", "5.4", [*fragments(opcode, b"done", 2), Frame(CONTINUATION, b"x", fin=fin), Frame(PING)], echoes=[(kind, b"done")])
    for size in (1, 7, 64):
        case(f"5 a message in fragments of {size}: {kind}", "5.4", fragments(opcode, b"0123456789" * 20, size), [(kind, b"0123456789" * 20)])

# 6. UTF-8 (8.1): RFC 3629's table, at every position, whole and in fragments.
GREEK = "κόσμε — 日本語 — 😀".encode()
SOUND = {
    "first of one octet": "\0", "last of one octet": "\x7f", "first of two": "\x80", "last of two": "\u07ff", "first of three": "\u0800",
    "last before the surrogates": "\ud7ff", "first after the surrogates": "\ue000", "replacement character": "\ufffd", "last of three": "\uffff",
    "noncharacter fffe": "\ufffe", "noncharacter fdd0": "\ufdd0", "first of four": "\U00010000", "noncharacter 1fffe": "\U0001fffe",
    "last of all": "\U0010ffff", "byte order mark": "\ufeff", "mixed": GREEK.decode(), "combining": "e\u0301",
}
UNSOUND = {
    "lone continuation 80": b"\x80", "lone continuation bf": b"\xbf", "two continuations": b"\x80\xbf", "all continuations": bytes(range(0x80, 0xC0)),
    "a lead of two, then a space": b"\xc3 ", "a lead of three, then a space": b"\xe2 ", "a lead of four, then a space": b"\xf0 ",
    "all leads of two": b" ".join(bytes([b]) for b in range(0xC0, 0xE0)), "all leads of three": b" ".join(bytes([b]) for b in range(0xE0, 0xF0)),
    "overlong of two c0 80": b"\xc0\x80", "overlong of two c1 bf": b"\xc1\xbf", "overlong of three e0 80 af": b"\xe0\x80\xaf", "overlong of three e0 9f bf": b"\xe0\x9f\xbf",
    "overlong of four f0 80 80 af": b"\xf0\x80\x80\xaf", "overlong of four f0 8f bf bf": b"\xf0\x8f\xbf\xbf",
    "five octets": b"\xf8\x88\x80\x80\x80", "six octets": b"\xfc\x84\x80\x80\x80\x80", "fe": b"\xfe", "ff": b"\xff", "fe fe ff ff": b"\xfe\xfe\xff\xff",
    "above the last": b"\xf4\x90\x80\x80", "lead f5": b"\xf5\x80\x80\x80", "lead f7": b"\xf7\xbf\xbf\xbf",
    **{f"surrogate {code:x}": bytes([0xED, 0x80 | code >> 6 & 63, 0x80 | code & 63]) for code in (0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF)},
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80", "the last pair": b"\xed\xaf\xbf\xed\xbf\xbf",
    **{f"cut off: {sound.hex()}": sound for sound in ("é".encode()[:1], "日".encode()[:1], "日".encode()[:2], "😀".encode()[:1], "😀".encode()[:2], "😀".encode()[:3])},
}
for name, text in SOUND.items():
    data = text.encode()
    case(f"6 UTF-8: {name}", "8.1", [Frame(TEXT, data)], [("text", data)])
    case(f"6 UTF-8: {name}, in fragments of one octet", "8.1", fragments(TEXT, data, 1), [("text", data)])
    if len(data) > 1:
        for at in range(1, min(len(data), 12)):
            case(f"6 UTF-8: {name}, a fragment ends at {at}", "8.1", [Frame(TEXT, data[:at], fin=False), Frame(CONTINUATION, data[at:])], [("text", data)])
for name, data in UNSOUND.items():
    fault(f"6 not UTF-8: {name}", "8.1", [Frame(TEXT, data)], 1007)
    fault(f"6 not UTF-8: {name}, in fragments of one octet", "8.1", fragments(TEXT, data, 1), 1007)
    fault(f"6 not UTF-8: {name}, between good text", "8.1", [Frame(TEXT, GREEK + data + b"edited")], 1007)
    fault(f"6 not UTF-8: {name}, octet by octet", "8.1", [Frame(TEXT, GREEK + data + b"edited", chop=1)], 1007)
    case(f"6 not UTF-8, but binary: {name}", "5.6", [Frame(BINARY, data)], [("binary", data)])
for at in range(len(GREEK) + 1):
    fault(f"6 not UTF-8: ff at {at}", "8.1", [Frame(TEXT, GREEK[:at] + b"\xff" + GREEK[at:])], 1007)
fault("6 not UTF-8: cut off, an empty last fragment", "8.1", [Frame(TEXT, GREEK[:-1], fin=False), Frame(CONTINUATION)], 1007)
fault("6 not UTF-8: the first of three fragments", "8.1", [Frame(TEXT, b"\xce\xba\xff", fin=False), Frame(CONTINUATION, b"b", fin=False), Frame(CONTINUATION, b"c")], 1007)
case("6 a good message after a good one that ends in three fragments", "8.1", [*fragments(TEXT, GREEK, 5), Frame(TEXT, GREEK)], [("text", GREEK)] * 2)
# Refused when it is seen: the rest of the message never comes.
fault("6 not UTF-8, in the first fragment of a message that goes on", "8.1", [Frame(TEXT, b"\xce\xba\xff", fin=False)], 1007)
fault("6 not UTF-8, in a fragment that goes on what the one before has begun", "8.1", [Frame(TEXT, b"ab\xe2\x82", fin=False), Frame(CONTINUATION, b"a", fin=False)], 1007)
fault("6 not UTF-8, in the middle of a frame", "8.1", [Frame(TEXT, b"a" * 1000 + b"\xff" + b"b" * 1000, cut=1500)], 1007)

# 7. Closing (5.5.1, 7.1, 7.4).
case("7 close after a message", "5.5.1", [Frame(TEXT, b"Hello"), Wait(1), Frame(CLOSE, close_payload(1000))], [("text", b"Hello")])
case("7 two closes", "5.5.1", [Frame(CLOSE, close_payload(1000)), Frame(CLOSE, close_payload(1000))])
case("7 a ping after the close", "5.5.1", [Frame(CLOSE, close_payload(1000)), Frame(PING, b"late")])
case("7 text after the close", "5.5.1", [Frame(CLOSE, close_payload(1000)), Frame(TEXT, b"late")])
case("7 close within a message", "5.5.1", [Frame(TEXT, b"half", fin=False), Frame(CLOSE, close_payload(1000)), Frame(CONTINUATION, b"rest")])
case("7 a large message, then a ping, then close", "5.5.1", [Frame(TEXT, b"BAsd7&jh23" * 26214), Wait(1), Frame(PING, b"p"), Wait(2), Frame(CLOSE, close_payload(1000))],
     [("text", b"BAsd7&jh23" * 26214)], pongs=[b"p"])
case("7 close without a payload", "5.5.1", [Frame(CLOSE)], code=None)
fault("7 close with one octet", "5.5.1", [Frame(CLOSE, b"a")])
case("7 close with a code", "5.5.1", [Frame(CLOSE, close_payload(1000))])
case("7 close with a reason", "5.5.1", [Frame(CLOSE, close_payload(1000, "Hello, 世界".encode()))])
case("7 close with 123 octets of reason", "5.5.1", [Frame(CLOSE, close_payload(1000, b"*" * 123))])
fault("7 close with 124 octets of reason", "5.5", [Frame(CLOSE, close_payload(1000, b"*" * 124))])
fault("7 a reason that is not UTF-8", "8.1", [Frame(CLOSE, close_payload(1000, GREEK + b"\xce\xba\xff"))], (1002, 1007))
fault("7 a reason that is cut off", "8.1", [Frame(CLOSE, close_payload(1000, GREEK[:-1]))], (1002, 1007))
for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999):
    case(f"7 code {code}", "7.4", [Frame(CLOSE, close_payload(code))], code=code)
for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
    fault(f"7 code {code} may not be sent", "7.4", [Frame(CLOSE, close_payload(code))])
    fault(f"7 code {code} may not be sent, with a reason", "7.4", [Frame(CLOSE, close_payload(code, b"why"))])

# 8. What only one side may do (5.1).
fault("8 an unmasked frame from a client", "5.1", [Frame(TEXT, b"x", masked=False)], roles=("server",))
fault("8 a masked frame from a server", "5.1", [Frame(TEXT, b"x", masked=True)], roles=("client",))
fault("8 a length with its highest bit set", "5.2", [b"\x82\x7f" + b"\xff" * 8], roles=("client",))
fault("8 a length with its highest bit set, masked", "5.2", [b"\x82\xff" + b"\xff" * 8 + bytes(4)], roles=("server",))
for size, wide in ((0, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
    length = bytes([126 if wide == 2 else 127]) + size.to_bytes(wide, "big")
    fault(f"8 a length of {size} in {wide} octets", "5.2", [b"\x82" + length + b"x" * size], roles=("client",))
    fault(f"8 a length of {size} in {wide} octets, masked", "5.2", [b"\x82" + bytes([length[0] | 0x80]) + length[1:] + bytes(4) + b"x" * size], roles=("server",))
fault("8 a ping of 126 octets, announced and not sent", "5.5", [b"\x89\x7e"], roles=("client",))
fault("8 a ping of 126 octets, announced and not sent, masked", "5.5", [b"\x89\xfe"], roles=("server",))

# 9. Limits and performance (5.4, 10.4).
noise = random.Random(9)
LARGE = {size: noise.randbytes(size) for size in (65536, 262144, 1048576, *([4194304, 16777216] if SCALE >= 0.5 else []))}
for opcode, kind in KINDS.items():
    for size, data in LARGE.items():
        data = data if opcode == BINARY else b"*" * size
        case(f"9 one {kind} message of {size} octets", "5.2", [Frame(opcode, data)], [(kind, data)])
        case(f"9 {size} octets of {kind} in fragments of {size // 64}", "5.4", fragments(opcode, data, size // 64), [(kind, data)])
    for size in (64, 256, 1024, 4096, 16384):
        data = LARGE[1048576] if opcode == BINARY else b"*" * 1048576
        case(f"9 1 MiB of {kind} in fragments of {size}", "5.4", fragments(opcode, data, size), [(kind, data)])
        case(f"9 1 MiB of {kind} in writes of {size}", "5.4", [Frame(opcode, data, chop=size)], [(kind, data)])
    for size in (0, 16, 64, 256, 1024, 4096, 16384):
        data, count = b"*" * size, scaled(1000, 20)
        case(f"9 {count} {kind} messages of {size} octets", "5.6", [Frame(opcode, data)] * count, [(kind, data)] * count)

# 12, 13. Compression (RFC 7692): every parameter, sizes, fragments, and what is wrong.
words = "A map of the shape that feeds send: {\"channel\": \"trades\", \"price\": 42.5, \"時刻\": 1234567} "
PROSE = (words * 1500).encode()
GOOD = ["", "client_no_context_takeover", "server_no_context_takeover", "client_no_context_takeover; server_no_context_takeover",
        "server_max_window_bits=9", "server_max_window_bits=12", "server_max_window_bits=15"]
FROM_CLIENTS = ["client_max_window_bits", "client_max_window_bits=9", "client_max_window_bits=15", "client_max_window_bits; server_max_window_bits=10; server_no_context_takeover"]
for deflate in GOOD + FROM_CLIENTS:
    roles = ("client", "server") if deflate in GOOD else ("server",)
    name = deflate or "no parameters"
    for size in (0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072):
        text, count = PROSE[:size].decode("utf-8", "ignore").encode(), scaled(100 if size < 8192 else 20, 3)
        case(f"12 compressed: {name}: {count} × {size} octets", "RFC 7692, 7.2", [Frame(TEXT, text)] * count, [("text", text)] * count, deflate=deflate, compress=True, roles=roles)
    for size in (1, 100, 4096):
        text = PROSE[: 40 * size].decode("utf-8", "ignore").encode()
        case(f"13 compressed, in fragments of {size}: {name}", "RFC 7692, 7.2.1", [Frame(TEXT, text, chop=-size)] * 3, [("text", text)] * 3, deflate=deflate, compress=True, roles=roles)
    data = noise.randbytes(70000)
    case(f"13 compressed noise: {name}", "RFC 7692, 7.2.1", [Frame(BINARY, data)] * 3, [("binary", data)] * 3, deflate=deflate, compress=True, roles=roles)
    case(f"13 not compressed, though it could be: {name}", "RFC 7692, 6", [Frame(TEXT, b"plain"), Frame(BINARY, data), Frame(PING, b"p")],
         [("text", b"plain"), ("binary", data)], pongs=[b"p"], deflate=deflate, roles=roles)
    case(f"13 a ping between compressed fragments: {name}", "RFC 7692, 6.1", [Frame(TEXT, PROSE, chop=-5000), Frame(PING, b"p")], [("text", PROSE)], pongs=[b"p"], deflate=deflate, compress=True, roles=roles)
for rsv in (1, 2, 3, 5, 6, 7):
    fault(f"13 reserved bits {rsv:03b} with permessage-deflate", "5.2", [Frame(TEXT, b"x", rsv=rsv)], deflate="")
for opcode, name in {PING: "ping", PONG: "pong", CLOSE: "close"}.items():
    fault(f"13 a compressed {name}", "RFC 7692, 6.1", [Frame(opcode, close_payload(1000) if opcode == CLOSE else b"x", rsv=4)], deflate="")
fault("13 a continuation that says it is compressed", "RFC 7692, 6.1", [Frame(TEXT, b"ab", fin=False), Frame(CONTINUATION, b"cd", rsv=4)], deflate="")
fault("13 compressed data that is no such thing", "RFC 7692, 7.2.2", [Frame(TEXT, b"\xff\xff\xff\xff not deflate", rsv=4)], 1007, deflate="")
fault("13 compressed text that is not UTF-8", "8.1", [Frame(TEXT, GREEK + b"\xff")], 1007, deflate="", compress=True)
fault("13 a bomb: 64 MiB in 64 KiB", "10.4", [Frame(BINARY, b"\0" * (64 << 20))], 1009, deflate="", compress=True)
