#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""golden.py FILE PORT: print the first packet for a port, in a tunnel or not, of what tcpdump
has written, as hexadecimal: headers apart, what may differ as dots (link layer addresses,
ids, checksums, flow labels, a tunnel's source port, numbers and times of TCP). Exit status 1
if there is none.
"""
import struct
import sys

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD


def dots(data, *ranges):
    text = [f"{b:02x}" for b in data]
    for start, end in ranges:
        for i in range(start, min(end, len(text))):
            text[i] = ".."
    return "".join(text)


def tcp(data):
    """Numbers and times differ; which options there are does not."""
    size = (data[12] >> 4) * 4
    ranges, i = [(4, 12), (16, 18)], 20
    while i < size and data[i]:
        if data[i] == 1:
            i += 1
            continue
        if data[i] == 8:
            ranges.append((i + 2, i + 10))
        i += data[i + 1]
    return [dots(data[:size], *ranges), dots(data[size:])]


def udp(data, port):
    dport = struct.unpack_from("!H", data, 2)[0]
    if dport != 6080:
        return [dots(data[:8], (6, 8)), dots(data[8:])] if dport == port else None
    inner = ip(data[12:], data[9], port)
    # Whether it has a checksum does not differ.
    some = (6, 8) if any(data[6:8]) else (0, 0)
    return inner and [dots(data[:8], (0, 2), some), dots(data[8:12])] + inner


def ip(data, proto, port):
    """What is behind an IP header, or one of a tunnel"""
    if proto == 4:
        if data[0] >> 4 != 4:
            return None
        size = (data[0] & 15) * 4
        proto, header = data[9], dots(data[:size], (4, 6), (10, 12))
    elif proto == 41:
        size, proto = 40, data[6]
        header = dots(data[:size], (1, 4))
    else:
        return None
    rest = data[size:]
    if proto == 6:
        inner = tcp(rest) if struct.unpack_from("!H", rest, 2)[0] == port else None
    elif proto == 17:
        inner = udp(rest, port)
    else:
        inner = ip(rest, proto, port)
    return inner and [header] + inner


def main():
    with open(sys.argv[1], "rb") as f:
        data = f.read()
    port = int(sys.argv[2])
    data = data[24:]
    while len(data) > 16:
        size, = struct.unpack_from("=I", data, 8)
        packet, data = data[16:16 + size], data[16 + size:]
        proto, = struct.unpack_from("!H", packet, 12)
        if proto not in (ETH_P_IP, ETH_P_IPV6):
            continue
        parts = ip(packet[14:], 4 if proto == ETH_P_IP else 41, port)
        if parts:
            print(" ".join([dots(packet[:14], (0, 12)), *filter(None, parts)]))
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
