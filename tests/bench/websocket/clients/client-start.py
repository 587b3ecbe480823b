"""client-start.qi for Python's `websockets`: client-start.py URL UNDER-WAY [CA]"""

import asyncio
import ssl
import sys

from any_websockets import connect


async def main(url, under_way, ca=None):
    context = ssl.create_default_context(cafile=ca) if ca else None
    async with connect(url, compression=None, ssl=context) as socket:
        await socket.send("hello")
        if await socket.recv() != "hello":
            raise ValueError("another answer")


asyncio.run(main(*sys.argv[1:]))
