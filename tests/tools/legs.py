#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""legs.py WAN LAN VIP...: whether two captures show the same connections, one packet for
another. WAN is what clients of VIPs and Sluice say to each other, LAN what Sluice and backends
do. Between them only headers differ, so that every number is off by one and the same distance:
what is compared is where in its own stream a packet is, behind the header that the stream begins
with, if there is one.

Of each connection, in the order in which they begin, a line: which header came and which went,
how often the one that went was sent at the same number, from whom there were SACKs (client,
backend), and how many bytes there were. What does not hold is told on lines that begin with "!",
and is status 1.
"""
import ipaddress
import struct
import sys

import pplib

FIN, SYN, ACK = 1, 2, 16
MOD = 1 << 32


class Packet:
    """A segment of TCP"""

    def __init__(self, frame):
        kind = struct.unpack("!H", frame[12:14])[0]
        ip = frame[14:]
        if kind == 0x0800:
            at, total = (ip[0] & 15) * 4, struct.unpack("!H", ip[2:4])[0]
            self.src, self.dst = ip[12:16], ip[16:20]
        else:
            at, total = 40, 40 + struct.unpack("!H", ip[4:6])[0]
            self.src, self.dst = ip[8:24], ip[24:40]
        tcp = ip[at:total]
        sport, dport, self.seq, self.ack, off, self.flags = struct.unpack("!HHIIBB", tcp[:14])
        self.src, self.dst = (self.src, sport), (self.dst, dport)
        self.data = tcp[(off >> 4) * 4:]
        self.sacks = list(self.read_sacks(tcp[20:(off >> 4) * 4]))
        self.end = (self.seq + len(self.data) + bool(self.flags & (SYN | FIN))) % MOD

    @staticmethod
    def read_sacks(options):
        while options and options[0]:
            size = 1 if options[0] == 1 else options[1]
            if options[0] == 5:
                for at in range(2, size, 8):
                    yield struct.unpack("!II", options[at:at + 8])
            options = options[size:]


def packets(path):
    """Of a capture of Ethernet, whole"""
    with open(path, "rb") as f:
        raw = f.read()
    order = "<" if raw[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(raw):
        size, whole = struct.unpack(order + "II", raw[at + 8:at + 16])
        if size != whole:
            raise ValueError("a packet was cut")
        if at + 16 + size <= len(raw):
            yield Packet(raw[at + 16:at + 16 + size])
        at += 16 + size


def signed(n):
    """A distance between numbers"""
    return (n + MOD // 2) % MOD - MOD // 2


class Side:
    """One end's packets of a connection, and its stream"""

    def __init__(self):
        self.packets = []
        self.isn = None
        self.stream = {}
        self.header = 0

    def add(self, packet):
        self.packets.append(packet)
        if packet.flags & SYN and self.isn is None:
            self.isn = packet.seq
        if self.isn is not None:
            at = signed(packet.seq - self.isn - 1)
            for i, byte in enumerate(packet.data):
                self.stream.setdefault(at + i, byte)

    def find_header(self):
        """Name of what the stream begins with"""
        begin = bytes(self.stream.get(i, 0) for i in range(232))
        if begin.startswith(pplib.SIGNATURE):
            self.header = 16 + struct.unpack("!H", begin[14:16])[0]
            return "v2"
        if begin.startswith(b"PROXY "):
            self.header = begin.index(b"\r\n") + 2
            return "v1"
        return "none"

    def place(self, number):
        """Where a number is, behind the header"""
        return signed(number - self.isn - 1) - self.header

    def bytes_at(self, at, size):
        return bytes(self.stream.get(at + self.header + i, 0) for i in range(size))


class Connection:
    """From a client to whom it has called"""

    def __init__(self):
        self.up, self.down = Side(), Side()


def connections(path, called):
    """In the order in which they begin; called(packet): it is the client's"""
    found = {}
    for packet in packets(path):
        key = (packet.src, packet.dst) if called(packet) else (packet.dst, packet.src)
        if key not in found:
            if packet.flags & (SYN | ACK) != SYN:
                continue
            found[key] = Connection()
        (found[key].up if called(packet) else found[key].down).add(packet)
    return list(found.values())


def compare(name, made, came, made_of, came_of):
    """What is wrong with packets that were made of those that came; both speak of others'
    streams, those of made_of and came_of."""
    acks = {came_of.place(p.ack) for p in came.packets if p.flags & ACK}
    sacks = {tuple(map(came_of.place, s)) for p in came.packets for s in p.sacks}
    ends = {came.place(n) for p in came.packets for n in (p.seq, p.end)}
    for p in made.packets:
        if p.flags & SYN:
            continue
        at, ack = made.place(p.seq), made_of.place(p.ack)
        behind = p.data[max(-at, 0):]
        if behind != came.bytes_at(max(at, 0), len(behind)):
            yield f"{name}: other bytes at {at}"
        # What is before it is Sluice's own.
        if at > 0 and not p.data and at not in ends:
            yield f"{name}: nobody was at {at}"
        if p.flags & ACK and ack > 0 and ack not in acks:
            yield f"{name}: nobody has acknowledged {ack}"
        for block in p.sacks:
            block = tuple(map(made_of.place, block))
            # Of the header it is Sluice who has to know.
            if block[1] > 0 and block not in sacks:
                yield f"{name}: nobody has said that {block} came"


def report(wan, lan):
    """Lines about a connection"""
    came, went = wan.up.find_header(), lan.up.find_header()
    yield from ("! " + w for w in compare("to the backend", lan.up, wan.up, lan.down, wan.down))
    yield from ("! " + w for w in compare("to the client", wan.down, lan.down, wan.up, lan.up))
    sent = sum(bool(p.data) and p.seq == (lan.up.isn + 1) % MOD for p in lan.up.packets)
    who = [name for name, made, of in (("client", lan.up, lan.down), ("backend", wan.down, wan.up))
           if any(of.place(s[1]) > 0 for p in made.packets for s in p.sacks)]
    sizes = [max(side.stream, default=-1) + 1 - side.header for side in (lan.up, wan.down)]
    yield f"{came} {went} sent={sent} sacks={','.join(who) or 'none'} bytes={sizes[0]},{sizes[1]}"


def main(argv):
    vips = {ipaddress.ip_address(a).packed for a in argv[2:]}
    wans = connections(argv[0], lambda p: p.dst[0] in vips)
    ports = {p.dst for p in packets(argv[1]) if p.flags & (SYN | ACK) == SYN}
    lans = connections(argv[1], lambda p: p.dst in ports)
    bad = len(wans) != len(lans)
    if bad:
        print(f"! {len(wans)} connections, and {len(lans)} of them with backends")
    for wan, lan in zip(wans, lans):
        for line in report(wan, lan):
            print(line)
            bad = bad or line.startswith("!")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
