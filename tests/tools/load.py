#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""load.py --count N ADDR:PORT: N short connections, eight at a time, each with a
header of its own client; the server must name that client. Prints ok= and bad=.

With --plain there is no header, and the server must name the socket's own address.

load.py --hold N ADDR:PORT: N connections over which data runs without end; says
"holding" when all do, and when they have ended how many were reset.
"""
import argparse
import select
import socket
import sys
import threading
import time

import pplib


def connect(to, number, plain=False):
    v6 = ":" in to[0]
    client = (f"2001:db8:c::{1 + number // 50000:x}" if v6 else f"203.0.113.{1 + number // 50000}",
              1024 + number % 50000)
    sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
    sock.settimeout(30)
    sock.connect(to)
    if plain:
        client = sock.getsockname()
    sock.sendall((b"" if plain else pplib.v2(client, to)) + b"who\n")
    answer = b""
    while not answer.endswith(b"\n"):
        part = sock.recv(4096)
        if not part:
            raise EOFError("closed")
        answer += part
    if f"peer={pplib.show(client)} " not in answer.decode():
        raise ValueError(f"{client} got {answer!r}")
    return sock


def short(to, total, plain):
    ok = [0] * 8
    errors = []

    def work(me):
        for number in range(me, total, len(ok)):
            try:
                connect(to, number, plain).close()
                ok[me] += 1
            except (OSError, EOFError, ValueError) as e:
                errors.append(f"{number}: {e}")

    threads = [threading.Thread(target=work, args=(me,)) for me in range(len(ok))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for e in errors[:10]:
        print(f"# {e}")
    print(f"ok={sum(ok)} bad={len(errors)}")


def hold(to, total):
    start = int(time.monotonic() * 1000) % 40000
    socks = [connect(to, start + i) for i in range(total)]
    for s in socks:
        s.setblocking(False)
    print("holding", flush=True)
    reset = closed = 0
    while socks:
        readable, writable, _ = select.select(socks, socks, [], 30)
        if not readable and not writable:
            break
        for s in set(readable) | set(writable):
            try:
                if s in writable:
                    s.send(b"echo x\n")
                if s in readable and not s.recv(65536):
                    closed += 1
                    socks.remove(s)
            except BlockingIOError:
                pass
            except OSError:
                reset += 1
                socks.remove(s)
        time.sleep(0.005)
    print(f"reset={reset} closed={closed} stuck={len(socks)}", flush=True)


def main(argv):
    ap = argparse.ArgumentParser()
    ap.add_argument("--count", type=int)
    ap.add_argument("--hold", type=int)
    ap.add_argument("--plain", action="store_true")
    ap.add_argument("to")
    args = ap.parse_args(argv)
    to = pplib.endpoint(args.to)
    if args.hold:
        hold(to, args.hold)
    else:
        short(to, args.count, args.plain)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
