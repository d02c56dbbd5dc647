#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""firsts.py udp|tcp|tcp-wrong ADDR:PORT CLIENT[-CLIENT] PORT[-PORT]: the first packet, a datagram without
data or a SYN, of a connection from each of these addresses and ports, which nobody need have. Few
processors' work each, so that there may be many. The checksum of tcp-wrong is. Prints how many were sent.
"""
import ipaddress
import socket
import struct
import sys

import pplib


def words(data):
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def segment(proto, dport):
    """What comes after the source port, with a checksum of 0, and where that is in it"""
    if proto == "udp":
        return struct.pack("!HHH", dport, 8, 0), 4
    return struct.pack("!HIIBBHHH", dport, 1, 0, 5 << 4, 2, 65535, 0, 0), 14


def network(proto, client, to, size):
    """A header of either family; whoever sends an IPv4 one completes it"""
    number = socket.IPPROTO_UDP if proto == "udp" else socket.IPPROTO_TCP
    if to.version == 4:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 0, 0, 64, number, 0)
    else:
        head = struct.pack("!IHBB", 6 << 28, size, number, 64)
    return head + client.packed + to.packed, words(client.packed + to.packed) + number + size


def send(sock, proto, client, to, dport, ports):
    rest, at = segment(proto, dport)
    head, base = network(proto, client, to, 2 + len(rest))
    base += words(rest)
    before, after = rest[:at], rest[at + 2:]
    for port in ports:
        total = base + port + (proto == "tcp-wrong")
        while total > 0xFFFF:
            total = (total >> 16) + (total & 0xFFFF)
        # 0 would be none, which is as good as its other form.
        check = ~total & 0xFFFF or 0xFFFF
        sock.sendto(head + port.to_bytes(2, "big") + before + check.to_bytes(2, "big") + after,
                    (str(to), 0))


def main(proto, to, clients, ports):
    host, dport = pplib.endpoint(to)
    host = ipaddress.ip_address(host)
    first, _, last = clients.partition("-")
    first = ipaddress.ip_address(first)
    last = ipaddress.ip_address(last) if last else first
    low, _, high = ports.partition("-")
    ports = range(int(low), int(high or low) + 1)
    # This says that headers are ours.
    sock = socket.socket(socket.AF_INET if host.version == 4 else socket.AF_INET6,
                         socket.SOCK_RAW, socket.IPPROTO_RAW)
    for n in range(int(last) - int(first) + 1):
        send(sock, proto, first + n, host, dport, ports)
    print((int(last) - int(first) + 1) * len(ports))


if __name__ == "__main__":
    main(*sys.argv[1:])
