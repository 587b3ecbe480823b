"""client-pipelined.qi for Python's `websockets`: client-pipelined.py URL UNDER-WAY [CA]"""

import asyncio
import itertools
import ssl
import sys

from any_websockets import connect
from websockets import ConnectionClosedOK

TEXTS = [(f"{n:08}" + "0123456789abcdef" * 4)[:64] for n in range(61)]


async def main(url, under_way, ca=None):
    under_way = int(under_way)
    context = ssl.create_default_context(cafile=ca) if ca else None
    async with connect(url, compression=None, ssl=context) as socket:
        for n in range(under_way):
            await socket.send(TEXTS[n % 61])
        for n in itertools.count():
            try:
                text = await socket.recv()
                if text != TEXTS[n % 61]:
                    raise ValueError(f"another text than number {n}: {text}")
                await socket.send(TEXTS[(n + under_way) % 61])
            except ConnectionClosedOK:
                return


asyncio.run(main(*sys.argv[1:]))
