#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who uses a balancer, and who edits it, while memory fails: whatever an allocation's failure
does to them, they go on, and need no process that is not there when it begins.

starve.py send STOP VIP4 VIP6 ME4 ME6   first packets without end: datagrams and SYNs of clients
                                        that are not there, and datagrams with headers of ME
starve.py talk STOP VIP4 VIP6           connections, with and without headers, twenty at a time
starve.py edit STOP                     eight that edit what 89-no-memory.sh set up, at random

All end when there is a file STOP; then they say "done" and how often they succeeded, and how
often not, by what errno.
"""
import collections
import errno
import ipaddress
import os
import random
import select
import socket
import struct
import sys
import time

import firsts
import pplib
from slnl import Refused, Sluice, Spec

TCP_PORTS, TCP_HEADER, UDP_PORT, UDP_HEADER = (90, 91), 92, 90, 91
POOLS = [name + f for name in ("nat", "full", "head", "udp", "told") for f in "46"]
WRITERS = 8
SPEC = Spec()


def until(stop, one, nap=0.001):
    """Does something again and again. How often it succeeded, and which errors there were"""
    print("ready", flush=True)
    done, errors = 0, collections.Counter()
    while not os.path.exists(stop):
        try:
            done += one()
        except (OSError, Refused) as e:
            errors[errno.errorcode.get(e.errno, "timeout")] += 1
        # Or a clock that runs only in idle times stands still.
        time.sleep(nap)
    return done, errors


# --- packets ------------------------------------------------------------------------------

def stranger(v6):
    n = random.randrange(1 << 16)
    return ipaddress.ip_address(f"2001:db8:f::{n:x}" if v6 else f"198.18.{n >> 8}.{n & 255}")


def datagram(sock, vip, me):
    """One with a header, by a port of its own"""
    client = (str(stranger(vip.version == 6)), random.randrange(1024, 65536))
    data = pplib.v2(client, (str(vip), UDP_HEADER), datagram=True) + b"keep"
    size = 8 + len(data)
    ports = struct.pack("!HHH", random.randrange(1024, 65536), UDP_HEADER, size)
    head, total = firsts.network("udp", me, vip, size)
    total += firsts.words(ports + data + b"\0" * (len(data) & 1))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    sock.sendto(head + ports + struct.pack("!H", ~total & 0xFFFF or 0xFFFF) + data, (str(vip), 0))


def send(stop, *names):
    addrs = [ipaddress.ip_address(name) for name in names]
    ends = []
    for vip, me in zip(addrs[:2], addrs[2:]):
        family = socket.AF_INET6 if vip.version == 6 else socket.AF_INET
        ends.append((socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW), vip, me))

    def some():
        sock, vip, me = random.choice(ends)
        ports = random.sample(range(1024, 65536), 10)
        client = stranger(vip.version == 6)
        firsts.send(sock, "udp", client, vip, UDP_PORT, ports)
        firsts.send(sock, "tcp", client, vip, random.choice(TCP_PORTS), ports)
        firsts.send(sock, "tcp", me, vip, TCP_HEADER, ports[:3])
        for _ in range(10):
            datagram(sock, vip, me)
        return 33
    return until(stop, some)


# --- connections -----------------------------------------------------------------------------

def talk(stop, *names):
    def begin(vip, port):
        sock = socket.socket(socket.AF_INET6 if ":" in vip else socket.AF_INET)
        sock.setblocking(False)
        sock.connect_ex((vip, port))
        client = (str(stranger(":" in vip)), random.randrange(1024, 65536))
        return sock, (pplib.v2(client, (vip, port)) if port == TCP_HEADER else b"") + b"who\n"

    def some():
        vip = random.choice(names)
        port = random.choice([*TCP_PORTS, TCP_HEADER])
        socks = dict(begin(vip, port) for _ in range(20))
        good, deadline = 0, time.monotonic() + 1
        while socks and time.monotonic() < deadline:
            ready = select.select([s for s in socks if not socks[s]],
                                  [s for s in socks if socks[s]], [], 0.1)
            for s in ready[0] + ready[1]:
                try:
                    if socks[s]:
                        s.send(socks[s])
                        socks[s] = b""
                        continue
                    good += bool(s.recv(4096))
                except OSError:
                    pass
                del socks[s]
                s.close()
        for s in socks:
            s.close()
        return good
    return until(stop, some)


# --- requests ---------------------------------------------------------------------------------

def backend(pool):
    v6 = pool.endswith("6")
    host = random.choice((1, 2, 3))
    return {"pool": pool, "addr": f"fd00:1::{host:x}" if v6 else f"10.0.1.{host}",
            "port": random.choice((5300, 5399) if pool[:-1] in ("udp", "told") else (8080, 8099))}


def weights(pool):
    return "set-backend", {**backend(pool), "weight": random.randrange(5),
                           "max-flows": random.randrange(50),
                           "state": random.choice(("up", "up", "down", "drain"))}


def schedule(pool):
    return "set-pool", {"name": pool, "retries": random.randrange(4),
                        "on-down": random.choice(("keep", "reset")),
                        "persist": random.choice((0, 300)),
                        "scheduler": random.choice(("rr", "wrr", "lc", "p2c", "sh", "maglev", "random")),
                        "forward": random.choice(("nat", "fullnat"))}


def come(pool):
    return "new-backend", backend(pool)


def go(pool):
    return "del-backend", {**backend(pool), "force": True}


def make(pool):
    return "new-pool", {"name": f"x{random.randrange(9)}", "scheduler": "rr", "forward": "nat", "sorry": pool}


def take(_):
    return "del-pool", {"name": f"x{random.randrange(9)}", "force": True}


def serve(_):
    i = random.randrange(9)
    return "new-service", {"name": f"x{i}", "proto": 6, "addr": "10.0.0.80", "port": 200 + i,
                           "accept-proxy": "none", "pool": random.choice(("nat4", "full4"))}


def close(_):
    return "del-service", {"name": f"x{random.randrange(9)}", "force": True}


def flush(pool):
    return "flush-flows", {"pool": pool}


CHANGES = (weights, weights, schedule, come, come, go, make, take, serve, close)


def change():
    return random.choice(CHANGES)(random.choice(POOLS))


def edit(stop):
    """One of the eight"""
    s = Sluice(SPEC)
    s.sock.settimeout(2)

    def some():
        what = random.randrange(20)
        if what == 0:
            s.dump(random.choice(("get-flow", "get-pool", "get-backend", "get-service")))
        elif what == 1:
            s.do(*flush(random.choice(POOLS)))
        elif what < 5:
            s.do("batch", [change() for _ in range(random.randrange(1, 6))])
        else:
            s.do(*change())
        return 1
    return until(stop, some, 0.02)


def main(role, stop, *names):
    for _ in range(WRITERS - 1 if role == "edit" else 0):
        if not os.fork():
            break
    random.seed()
    done, errors = {"send": send, "talk": talk, "edit": edit}[role](stop, *names)
    print("done", done, *(f"{name}={n}" for name, n in sorted(errors.items())), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
