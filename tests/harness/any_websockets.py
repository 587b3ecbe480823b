"""Python's `websockets` as it is installed, for the peers that are written with it. Its version 13 brought another
interface, and version 15 dropped the names of the older one; Debian 12 has 10.4 and Debian 13 has 15.

Imported by Debian's own Python, with this folder in its path. Whom it connects to is on this machine, so it asks no proxy.
"""

import inspect

try:
    from websockets.asyncio.client import connect as _connect
    from websockets.asyncio.server import serve
    _older = False
except ImportError:
    from websockets import connect as _connect, serve
    _older = True


def connect(url, headers=None, **options):
    """As websockets.connect(), with headers for the handshake. The caller leaves it, which closes the connection."""
    options["extra_headers" if _older else "additional_headers"] = headers or {}
    if "proxy" in inspect.signature(_connect.__init__).parameters:
        options["proxy"] = None
    return _connect(url, **options)


def requested(socket):
    """What the handshake asked for: the path, and the headers."""
    return (socket.path, socket.request_headers) if _older else (socket.request.path, socket.request.headers)


def answered(socket):
    """The headers of the answer."""
    return socket.response_headers if _older else socket.response.headers


def is_closed(socket):
    return socket.state.name == "CLOSED"


async def close_without_code(socket):
    if _older:
        from websockets.frames import Close
        await socket.write_close_frame(Close(1005, ""), b"")
        await socket.wait_closed()
    else:
        await socket.close(None)
