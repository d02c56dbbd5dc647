#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Requests that the tool would never make. In a namespace with the module:

nlattack.py edges          each attribute at, and one beyond, each of its limits
nlattack.py odd N [SEED]   N requests of odd attributes, lengths and nestings
nlattack.py fail-nth       each allocation of each request fails once (needs a
                           kernel with fault injection)

Prints what is not as it should be; its last line is "done" and how many.
"""
import errno
import random
import socket
import struct
import sys

from slnl import FailNth

GET, NEW, SET, DEL = 1, 2, 3, 4
COMMANDS = range(0, 32)
(NAME, ID, PROTO, ADDR, ANY, PORT, PORT_END, ACCEPT, TRUST, UNTRUSTED, TIMEOUT, MAX, MARK,
 MASK, TO_ADDR, TO_PORT, FORWARD, BIND, FLOWS, FORCE) = range(1, 21)
NESTED = 0x8000


def attr(kind, value):
    return struct.pack("HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def u8(n):
    return struct.pack("B", n)


def u16(n):
    return struct.pack("H", n)


def u32(n):
    return struct.pack("I", n)


def v4(text):
    return b"\0" * 10 + b"\xff\xff" + socket.inet_aton(text)


def prefix(addr, plen):
    return attr(1, addr) + attr(2, u8(plen))


class Family:
    """The generic netlink family"""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        self.sock.settimeout(10)
        self.seq = 0
        self.family = 16
        reply = self.ask(3, attr(2, b"sluice\0"))[1][0]
        self.family = struct.unpack("H", self.attrs(reply)[1])[0]

    @staticmethod
    def attrs(reply):
        found, at = {}, 20
        while at + 4 <= len(reply):
            size, kind = struct.unpack_from("HH", reply, at)
            found[kind & 0x3FFF] = reply[at + 4:at + size]
            at += size + 3 & ~3
        return found

    def send(self, cmd, attrs, flags=5):
        self.seq += 1
        body = struct.pack("BBH", cmd, 1, 0) + attrs
        self.sock.send(struct.pack("IHHII", 16 + len(body), self.family, flags, self.seq, 0) +
                       body)

    def hear(self):
        """The error, and the messages before it"""
        got = []
        while True:
            data = self.sock.recv(1 << 20)
            at = 0
            while at < len(data):
                size, kind, _, seq = struct.unpack_from("IHHI", data, at)
                if seq == self.seq:
                    if kind in (2, 3):
                        return struct.unpack_from("i", data, at + 16)[0], got
                    got.append(data[at:at + size])
                at += size + 3 & ~3

    def ask(self, cmd, attrs, flags=5):
        self.send(cmd, attrs, flags)
        return self.hear()

    def services(self):
        """As they are listed: names, and all there is to know of them"""
        err, got = self.ask(GET, b"", 0x305)
        if err:
            raise OSError(-err, "services are not listed")
        return sorted((self.attrs(m)[NAME], m[20:]) for m in got)


def service(**change):
    """The attributes of a good service, some changed; None leaves one out"""
    base = {NAME: b"edge\0", PROTO: u8(6), ADDR: v4("10.0.1.9"), PORT: u16(81),
            ACCEPT: u32(1), TRUST | NESTED: prefix(v4("10.0.0.0"), 104)}
    for name, value in change.items():
        kind = globals()[name]
        base.pop(kind, None)
        base.pop(kind | NESTED, None)
        if value is not None:
            base[kind | (NESTED if kind == TRUST else 0)] = value
    return b"".join(attr(k, v) for k, v in base.items())


EDGES = [
    # what changes, is it good
    ({}, True),
    ({"NAME": None}, False), ({"NAME": b""}, False), ({"NAME": b"\0"}, False),
    ({"NAME": b"edge"}, False), ({"NAME": b"x" * 63 + b"\0"}, True),
    ({"NAME": b"x" * 64 + b"\0"}, False),
    ({"PROTO": None}, False), ({"PROTO": u8(0)}, False), ({"PROTO": u8(17)}, False),
    ({"PROTO": u8(255)}, False),
    ({"ADDR": None}, False), ({"ADDR": v4("10.0.1.9")[:15]}, False),
    ({"ADDR": v4("10.0.1.9") + b"\0"}, False), ({"ADDR": b""}, False),
    ({"ADDR": v4("224.0.0.1")}, False), ({"ADDR": v4("255.255.255.255")}, False),
    ({"ADDR": v4("0.0.0.0")}, False), ({"ADDR": b"\xff\2" + bytes(14)}, False),
    ({"PORT": None}, False), ({"PORT": u16(0)}, False), ({"PORT": u16(1)}, True),
    ({"PORT": u16(65535)}, True), ({"PORT": b"\1"}, False),
    ({"PORT_END": u16(80)}, False), ({"PORT_END": u16(81)}, True),
    ({"PORT_END": u16(65535)}, True), ({"PORT_END": u16(0)}, False),
    ({"ACCEPT": None}, False), ({"ACCEPT": u32(2)}, False),
    ({"ACCEPT": u32(0xFFFFFFFF)}, False), ({"ACCEPT": u16(1)}, False),
    ({"TRUST": None}, False), ({"TRUST": b""}, False),
    ({"TRUST": attr(1, v4("10.0.0.0"))}, False), ({"TRUST": attr(2, u8(104))}, False),
    ({"TRUST": prefix(v4("10.0.0.0"), 128)}, True),
    ({"TRUST": prefix(v4("10.0.0.0"), 129)}, False),
    ({"TRUST": prefix(v4("10.0.0.1"), 127)}, False),
    ({"TRUST": prefix(bytes(16), 0)}, True),
    ({"TRUST": prefix(bytes(15), 0)}, False), ({"TRUST": prefix(bytes(17), 0)}, False),
    ({"UNTRUSTED": u32(2)}, True), ({"UNTRUSTED": u32(3)}, False),
    ({"TIMEOUT": u32(2999)}, False), ({"TIMEOUT": u32(3000)}, True),
    ({"TIMEOUT": u32(30000)}, True), ({"TIMEOUT": u32(30001)}, False),
    ({"TIMEOUT": u32(0)}, False), ({"TIMEOUT": u32(0xFFFFFFFF)}, False),
    ({"MAX": u32(535)}, False), ({"MAX": u32(536)}, True), ({"MAX": u32(4096)}, True),
    ({"MAX": u32(4097)}, False), ({"MAX": u32(0xFFFFFFFF)}, False),
    ({"TO_PORT": u16(0)}, False), ({"TO_PORT": u16(65535)}, False),
    ({"TO_ADDR": v4("127.0.0.1"), "TO_PORT": u16(65535)}, True),
    ({"TO_ADDR": v4("127.0.0.1"), "TO_PORT": u16(0)}, False),
    ({"TO_ADDR": bytes(15)}, False), ({"TO_ADDR": v4("127.0.0.1")}, True),
    ({"FORWARD": b"local\0"}, True), ({"FORWARD": b"nowhere\0"}, False),
    ({"FORWARD": b"x" * 16 + b"\0"}, False),
    ({"BIND": u32(3)}, False), ({"BIND": u32(0xFFFFFFFF)}, False),
]


def edges(f):
    n = 0
    before = f.services()
    for change, good in EDGES:
        err, _ = f.ask(NEW, service(**change))
        n += 1
        if (err == 0) != good:
            print(f"{change}: error {err}")
        if err == 0:
            name = change.get("NAME", b"edge\0")
            err, _ = f.ask(DEL, attr(NAME, name))
            if err:
                print(f"{change}: cannot be deleted: {err}")
        if f.services() != before:
            print(f"{change}: the services have changed")
            before = f.services()
    return n


def odd_value(rnd, depth=0):
    what = rnd.randrange(7)
    if what == 0:
        return b""
    if what == 1:
        return b"\xff" * rnd.randrange(1, 40)
    if what == 2:
        return bytes(rnd.randrange(1, 40))
    if what == 3 and depth < 8:
        return b"".join(attr(rnd.randrange(0x10000), odd_value(rnd, depth + 1))
                        for _ in range(rnd.randrange(4)))
    if what == 4:
        return rnd.randbytes(rnd.choice((1, 2, 4, 8, 16)))
    if what == 5:
        return prefix(rnd.randbytes(rnd.choice((4, 16, 16, 16))), rnd.randrange(256))
    return rnd.randbytes(rnd.randrange(200))


def odd(f, count, seed):
    rnd = random.Random(seed)
    good = [(NAME, b"edge\0"), (PROTO, u8(6)), (ADDR, v4("10.0.1.9")), (PORT, u16(81)),
            (ACCEPT, u32(1)), (TRUST | NESTED, prefix(v4("10.0.0.0"), 104))]
    for _ in range(count):
        attrs = list(good) if rnd.randrange(3) else []
        rnd.shuffle(attrs)
        for _ in range(rnd.randrange(1, 5)):
            kind = rnd.choice((rnd.randrange(24), rnd.randrange(0x10000)))
            kind |= rnd.choice((0, 0, NESTED, 0x4000))
            attrs.insert(rnd.randrange(len(attrs) + 1), (kind, odd_value(rnd)))
        body = b"".join(attr(k, v) for k, v in attrs)
        if not rnd.randrange(8):  # a length that lies
            body = body[:2] + rnd.randbytes(2) + body[4:]
        if not rnd.randrange(8):
            body = body[:rnd.randrange(len(body) + 1)]
        f.ask(rnd.choice((NEW, SET, DEL, rnd.choice(COMMANDS))), body,
              5 | rnd.choice((0, 0, 0x300)))
    f.ask(DEL, attr(NAME, b"edge\0") + attr(FORCE, b""))
    return count


def heard(f):
    """The error that came back; None if there was no memory to say it"""
    try:
        return f.hear()[0]
    except OSError as e:
        if e.errno != errno.ENOBUFS:
            raise
        return None


def fail_nth(f):
    nth = FailNth()
    total = 0
    undo = {NEW: (DEL, attr(NAME, b"edge\0")), DEL: (NEW, service()),
            SET: (SET, attr(NAME, b"web\0") + attr(MARK, u32(0)) + attr(MASK, u32(0)))}
    requests = [
        (NEW, service()), (GET, attr(NAME, b"web\0")), (GET, None),
        (SET, attr(NAME, b"web\0") + attr(MARK, u32(5)) + attr(MASK, u32(0xFF))),
        (5, None), (8, b""), (8, None), (9, b""), (10, b""), (7, b""),
        (DEL, attr(NAME, b"edge\0")),
    ]
    if not f.services():
        # The first one, and the last: hooks come and go with it.
        requests = [requests[0], requests[-1]]
    for cmd, attrs in requests:
        if cmd == DEL:
            f.ask(NEW, service())
        for n in range(1, 300):
            before = f.services()
            nth.arm(n)
            err = None
            try:
                f.send(cmd, attrs or b"", 0x305 if attrs is None else 5)
            except OSError as e:
                err = -e.errno
            hit = nth.disarm()
            if err is None:
                err = heard(f)
            total += hit
            if err not in (None, 0, -12, -105):
                print(f"command {cmd}, allocation {n}: error {err}")
            changed = f.services() != before
            if err and changed:
                print(f"command {cmd}, allocation {n}: failed, but something changed")
            if cmd in undo and (err == 0 or changed):
                f.ask(*undo[cmd])
            if not hit:
                break
        else:
            print(f"command {cmd}: allocations without end")
    f.ask(DEL, attr(NAME, b"edge\0"))
    return total


def main():
    f = Family()
    if sys.argv[1] == "edges":
        n = edges(f)
    elif sys.argv[1] == "odd":
        n = odd(f, int(sys.argv[2]), int((sys.argv + ["1"])[3]))
    else:
        n = fail_nth(f)
    print("done", n)


main()
