"""load.qi for Python's `websockets`: load.py URL COUNT WINDOW [CA]"""

import asyncio
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from any_websockets import connect

TEXT = "0123456789abcdef" * 4


async def exchange(socket, total, window):
    for _ in range(window):
        await socket.send(TEXT)
    for received in range(total):
        await socket.recv()
        if received + window < total:
            await socket.send(TEXT)


async def main(url, total, window, ca=None):
    total, window = int(total), int(window)
    context = ssl.create_default_context(cafile=ca) if ca else None
    async with connect(url, compression=None, ssl=context) as socket:
        await exchange(socket, max(window, total // 10), window)
        print("start", flush=True)
        await asyncio.sleep(0.020)
        await exchange(socket, total, window)
        print("end", flush=True)


asyncio.run(main(*sys.argv[1:]))
