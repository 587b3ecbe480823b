"""The same as deflate-peer.cjs, with Python's `websockets`. OPTIONS are arguments of its permessage-deflate factories."""

import asyncio
import json
import pathlib
import sys

from websockets import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from any_websockets import answered, connect as connection_to, serve as serving

ROLE, OPTIONS, THIRD = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
TEXTS = ["x", "abc" * 10, "漢字かな" * 3000, "".join(map(str, range(30000)))]


async def echo(socket):
    await socket.pong(b"a pong with a payload")
    try:
        async for message in socket:
            if THIRD == "fragments":
                middle = len(message) // 2
                await socket.send(iter([message[:middle], message[middle:]]))
            else:
                await socket.send(message)
    except ConnectionClosed:
        pass
    print("close", socket.close_code, flush=True)


async def serve():
    extensions = [ServerPerMessageDeflateFactory(**OPTIONS)] if OPTIONS is not None else []
    async with serving(echo, "127.0.0.1", 0, compression=None, extensions=extensions, max_size=64 << 20) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


async def connect():
    extensions = [ClientPerMessageDeflateFactory(**OPTIONS)]
    async with connection_to(THIRD, compression=None, extensions=extensions, max_size=64 << 20) as socket:
        print(answered(socket).get("Sec-WebSocket-Extensions", "none"), flush=True)
        for text in TEXTS * 3:
            await socket.send(text)
        for i, text in enumerate(TEXTS * 3):
            if await socket.recv() != text:
                print("wrong message", i, flush=True)
    print("good" if socket.close_code == 1000 else f"close {socket.close_code}", flush=True)


asyncio.run(serve() if ROLE == "serve" else connect())
