# SPDX-License-Identifier: GPL-2.0
"""Good connections, a hundred a second, while something else goes on: of a real
TCP, from a network of their own, in a process of their own.
"""
import asyncio
import json
import signal
import socket
import subprocess
import sys

from wire import SLOW, V6, check, here, netns, run, true
import pplib

RATE = 100
SERVICE = here("10.0.0.2"), 8080
SOURCES = [here(f"10.0.7.{n}") for n in range(101, 111)]
CLIENT = "2001:db8:c::8" if V6 else "203.0.113.8"


async def serve(reader, writer):
    """The application: who calls? Then it waits for the end."""
    await reader.readexactly(4)
    writer.write(pplib.show(writer.get_extra_info("peername")).encode() + b"\n")
    await reader.read()
    writer.close()


async def call(n):
    """One connection, from SYN to answer: how long it took"""
    loop = asyncio.get_running_loop()
    start = loop.time()
    me = CLIENT, 10000 + n % 50000
    reader, writer = await asyncio.open_connection(
        *SERVICE, local_addr=(SOURCES[n % len(SOURCES)], 0))
    writer.write(pplib.v2(me, SERVICE) + b"who?")
    said = await reader.readline()
    took = loop.time() - start
    writer.close()
    check(said.decode().strip(), pplib.show(me), "the application's peer")
    return took


async def calls(listener):
    """So many a second until SIGTERM; says when it begins, and how it was"""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    await asyncio.start_server(serve, sock=listener, backlog=128)
    print(flush=True)
    start = loop.time()
    tasks = []
    while not over.is_set():
        while len(tasks) < (loop.time() - start) * RATE:
            tasks.append(asyncio.create_task(asyncio.wait_for(call(len(tasks)), 10)))
        await asyncio.sleep(1 / RATE)
    seconds = loop.time() - start
    took = await asyncio.gather(*tasks, return_exceptions=True)
    good = [t for t in took if isinstance(t, float)]
    print(json.dumps({
        "seconds": seconds, "calls": len(took), "good": len(good), "slowest": max(good),
        "bad": [repr(t) for t in took if not isinstance(t, float)][:5]}))


class Good:
    """with Good(app): a hundred a second meanwhile, and none is the worse for it"""

    calls = 0  # that the last one made

    def __init__(self, app):
        self.app = app

    def __enter__(self):
        run("lb", "ip", "-batch", "-", stdin="".join(
            f"addr replace {a}/{128 if V6 else 32} dev eth0 {'nodad' if V6 else ''}\n"
            for a in SOURCES))
        fd = self.app.sock.fileno()
        with netns("lb"):
            self.child = subprocess.Popen([sys.executable, __file__, str(fd)], text=True,
                                          pass_fds=[fd], stdout=subprocess.PIPE)
        true(self.child.stdout.readline(), "the good connections do not begin")

    def __exit__(self, kind, *_):
        self.child.send_signal(signal.SIGTERM)
        said, _ = self.child.communicate()
        if kind:
            return
        got = json.loads(said)
        Good.calls = got["calls"]
        check((got["good"], got["bad"]), (got["calls"], []), f"good connections: {got}")
        true(got["calls"] >= 2 * RATE, f"only {got['calls']} good connections: {got}")
        true(got["calls"] >= 0.9 * RATE * got["seconds"], f"fewer a second: {got}")
        true(got["slowest"] < 1.0 * SLOW, f"the slowest took {got['slowest']:.2f} s")


if __name__ == "__main__":
    asyncio.run(calls(socket.socket(fileno=int(sys.argv[1]))))
