import asyncio
import sys


async def answer(ping, pong):
    while True:
        pong.put_nowait(await ping.get() + 1)


async def main(n):
    ping, pong = asyncio.Queue(), asyncio.Queue()
    answering = asyncio.create_task(answer(ping, pong))
    x = 0
    for _ in range(n):
        ping.put_nowait(x + 1)
        x = await pong.get()
    print(x)
    answering.cancel()


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000000))
