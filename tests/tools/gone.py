#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gone.py N ADDR:PORT...: to each address N connections that carry data without end,
and N that have sent half a header. Says "holding" when all do; and when all have
ended, or nothing happens any more, how: reset=N closed=N stuck=N.
"""
import select
import socket
import sys
import time

import pplib
from load import connect


def half(to):
    sock = socket.socket(socket.AF_INET6 if ":" in to[0] else socket.AF_INET)
    sock.settimeout(30)
    sock.connect(to)
    sock.sendall(pplib.SIGNATURE + b"\x21")
    return sock


def main():
    count = int(sys.argv[1])
    start = int(time.monotonic() * 1000) % 40000
    busy, halves = set(), set()
    for to in map(pplib.endpoint, sys.argv[2:]):
        busy |= {connect(to, start + i) for i in range(count)}
        halves |= {half(to) for _ in range(count)}
    for s in busy | halves:
        s.setblocking(False)
    print("holding", flush=True)
    ends = {"reset": 0, "closed": 0}
    quiet = time.monotonic()
    while (busy or halves) and time.monotonic() - quiet < 20:
        readable, _, _ = select.select(busy | halves, [], [], 0.02)
        for s in readable:
            how = None
            try:
                if not s.recv(65536):
                    how = "closed"
            except BlockingIOError:
                continue
            except OSError:
                how = "reset"
            if how:
                # An end that is not a reset may be one's before it: the sender
                # goes on speaking, and that is answered by one.
                if how == "closed" and s in busy:
                    try:
                        s.send(b"more\n")
                        continue
                    except OSError:
                        how = "reset"
                quiet = time.monotonic()
                ends[how] += 1
                busy.discard(s)
                halves.discard(s)
        for s in busy:
            try:
                s.send(b"echo x\n")
            except OSError:
                pass
        # Or a clock that runs only in idle times stands still.
        time.sleep(0.005)
    print(f"reset={ends['reset']} closed={ends['closed']} stuck={len(busy | halves)}", flush=True)


if __name__ == "__main__":
    main()
