# SPDX-License-Identifier: GPL-2.0
"""Tuples for one chain of a hash table, as an attacker would choose them who knows
the hash of kmod/obj/table.h, but not the secret of the table.
"""
import struct
import sys

from wire import pack_ip

MASK = 0xFFFFFFFF
OUTER, INNER = 0, 1
TCP = 6


def rol(x, n):
    return (x << n | x >> 32 - n) & MASK


def jhash(words, initval):
    """jhash2() of include/linux/jhash.h"""
    a = b = c = 0xDEADBEEF + (len(words) << 2) + initval & MASK
    at = 0
    while len(words) - at > 3:
        a, b, c = a + words[at] & MASK, b + words[at + 1] & MASK, c + words[at + 2] & MASK
        for n in (4, 6, 8, 16, 19, 4):
            # The three change places: after six rounds they are where they were.
            a, b, c = (a - c & MASK) ^ rol(c, n), b, c + b & MASK
            a, b, c = b, c, a
        at += 3
    a, b, c = (x + y & MASK for x, y in zip((a, b, c), (*words[at:], 0, 0, 0)))
    for n in (14, 11, 25, 16, 4, 14, 24):
        c = (c ^ b) - rol(b, n) & MASK
        a, b, c = b, c, a
    # Seven rounds: the last to change is b.
    return b


def in_memory(data, size):
    """Numbers as a load of so many bytes has them"""
    kind = {2: "H", 4: "I"}[size]
    order = "<" if sys.byteorder == "little" else ">"
    return list(struct.unpack(f"{order}{len(data) // size}{kind}", data))


def table_hash(src, dst, sport, dport, side, seed=0):
    """slc_table_hash(): of packed addresses, ports as numbers"""
    sport, dport = in_memory(struct.pack("!HH", sport, dport), 2)
    ports = sport << 16 | dport
    seed += TCP << 8 | side
    words = in_memory(src + dst, 4)
    if len(src) == 4:
        return jhash([*words, ports], seed)
    return jhash(words, jhash([ports], seed))


def ports(count, bits, of):
    """So many ports whose hash ends in the same so many bits. @of: hash of a port"""
    want = of(1024) & (1 << bits) - 1
    found = []
    for port in range(1024, 65536):
        if of(port) & (1 << bits) - 1 == want:
            found.append(port)
            if len(found) == count:
                return found
    raise ValueError(f"{len(found)} ports, not {count}")


def sender_ports(count, bits, src, dst, dport):
    """Of a sender, for its legs to lie in one chain"""
    src, dst = pack_ip(src), pack_ip(dst)
    return ports(count, bits, lambda p: table_hash(src, dst, p, dport, OUTER))


def client_ports(count, bits, client, dst, dport):
    """Of a client that headers name, for the application's legs to lie in one"""
    client, dst = pack_ip(client), pack_ip(dst)
    return ports(count, bits, lambda p: table_hash(dst, client, dport, p, INNER))
