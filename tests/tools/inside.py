#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""inside.py DEVICE MAC ADDR:PORT ADDR:PORT none|sum: a datagram with a header inside whose
checksum is left to the device that sends it, as tunnels make them; its own checksum is none, or
that of what it will be then. By way of a neighbour; to udp.py, whose answer shows if the one
inside has become what it should.
"""
import ipaddress
import socket
import struct
import sys

import pplib

PACKET_VNET_HDR = 15
NEEDS_CSUM = 1
SHIM, SEED = 8, 0x1234


def fold(data, total=0):
    total += sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return total


def inside(check):
    return struct.pack("!HHHH", 1, 2, 108, check) + bytes(range(100))


def datagram(src, sport, dst, dport, summed):
    """What is sent, and where in it the header inside is"""
    done = bytes(SHIM) + inside(~fold(inside(SEED)) & 0xFFFF)
    size = 8 + len(done)
    head = struct.pack("!HHHH", sport, dport, size, 0)
    check = ~fold(src.packed + dst.packed + head + done, socket.IPPROTO_UDP + size) & 0xFFFF
    head = head[:6] + struct.pack("!H", (check or 0xFFFF) if summed else 0)
    if src.version == 4:
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 0, 0, 64, socket.IPPROTO_UDP, 0)
        ip += src.packed + dst.packed
        ip = ip[:10] + struct.pack("!H", ~fold(ip) & 0xFFFF) + ip[12:]
    else:
        ip = struct.pack("!IHBB", 6 << 28, size, socket.IPPROTO_UDP, 64) + src.packed + dst.packed
    return ip + head + bytes(SHIM) + inside(SEED), len(ip) + 8 + SHIM


def main(device, mac, me, to, how):
    (src, sport), (dst, dport) = pplib.endpoint(me), pplib.endpoint(to)
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    proto, family = (0x0800, socket.AF_INET) if src.version == 4 else (0x86DD, socket.AF_INET6)
    data, at = datagram(src, sport, dst, dport, how == "sum")
    with socket.socket(family, socket.SOCK_DGRAM) as hears, \
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as says:
        hears.bind((str(src), sport))
        hears.settimeout(3)
        says.setsockopt(263, PACKET_VNET_HDR, 1)  # SOL_PACKET
        says.bind((device, proto))
        says.send(struct.pack("=BBHHHH", NEEDS_CSUM, 0, 0, 0, 14 + at, 6) +
                  bytes.fromhex(mac.replace(":", "")) + bytes(6) + struct.pack("!H", proto) + data)
        answer = hears.recv(65536)[::-1]
    print("inside ok" if fold(answer[SHIM:], SEED) == 0xFFFF else f"inside {answer.hex()}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TimeoutError:
        print("timeout")
