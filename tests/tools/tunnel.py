#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tunnel.py: for each line of its input, FROM[@PORT] TO CLIENT:PORT VIP:PORT CASE..., send the
client's datagram to the VIP, "who", inside of a tunnel of each CASE, from FROM to TO, the client
having the port that follows for each. Addresses are of any family; PORT is that of GUE, 6080 unless
given. Prints "sent" when a line is done.

Cases: ipip; gue, gue-sum (with UDP's checksum), gue-badsum, gue-private (twelve bytes that no
flag tells of), gue-bare (variant 1), gue-control, gue-version (2), gue-flags, gue-long (a header
longer than the packet); pieces (ipip, the tunnel's packet in fragments), inner-pieces (what is
inside is a fragment), nested (ipip in ipip), options (of IPv4, or of IPv6 as Linux sends them), ce
(what is inside hears of congestion, which was met on the way), ce-deaf (the same, inside deaf to
it), badsum (of IP inside), short (less than what is inside says), padded (more), mtu=N (ICMP
error: an answer of the VIP's to the client of the case before does not fit).
"""
import ipaddress
import struct
import sys

from scapy.all import (ICMP, IP, UDP, ICMPv6PacketTooBig, IPOption_NOP, IPv6, IPv6ExtHdrDestOpt,
                       PadN, Raw, fragment, fragment6, IPv6ExtHdrFragment, raw, send)

import pplib


def ip(src, dst, **more):
    if ipaddress.ip_address(dst).version == 4:
        return IP(src=src, dst=dst, **more)
    return IPv6(src=src, dst=dst, **({"tc": more["tos"]} if "tos" in more else {}))


def proto(packet):
    return 4 if raw(packet)[0] >> 4 == 4 else 41


def ipip(src, dst, inner, **more):
    outer = ip(src, dst, **more)
    if isinstance(outer, IP):
        outer.proto = proto(inner)
    else:
        outer.nh = proto(inner)
    return outer / Raw(raw(inner))


def gue(src, dst, port, inner, first=0, flags=0, more=b"", hlen=None, check=None):
    words = len(more) // 4 if hlen is None else hlen
    head = struct.pack("!BBH", first | words, proto(inner), flags) + more
    udp = UDP(sport=40000, dport=port)
    if check is not None:
        udp.chksum = check
    return ip(src, dst) / udp / Raw(head + raw(inner))


def bare(src, dst, port, inner):
    return ip(src, dst) / UDP(sport=40000, dport=port, chksum=0) / Raw(raw(inner))


def tell(source, to, client, vip, *cases):
    port = 6080
    if "@" in source:
        source, port = source.split("@")
    client, vip = list(pplib.endpoint(client)), pplib.endpoint(vip)

    def inner(**more):
        return ip(client[0], vip[0], **more) / UDP(sport=client[1], dport=vip[1]) / Raw(b"who")

    def gues(**more):
        return gue(source, to, int(port), inner(), **{"check": 0, **more})

    for case in cases:
        six = ":" in to
        if case == "ipip":
            out = ipip(source, to, inner())
        elif case == "gue":
            out = gues()
        elif case == "gue-sum":
            out = gues(check=None)
        elif case == "gue-badsum":
            out = gues(check=0x1234)
        elif case == "gue-private":
            out = gues(more=b"private data")
        elif case == "gue-bare":
            out = bare(source, to, int(port), inner())
        elif case == "gue-control":
            out = gues(first=0x20)
        elif case == "gue-version":
            out = gues(first=0x80)
        elif case == "gue-flags":
            out = gues(flags=1, more=bytes(4))
        elif case == "gue-long":
            out = gues(hlen=31)
        elif case == "pieces":
            out = ipip(source, to, inner() / Raw(bytes(600)))
            if six:
                out = IPv6(raw(out))
                out = fragment6(IPv6(src=source, dst=to) / IPv6ExtHdrFragment(id=7) /
                                Raw(raw(out)[40:]), 400)
                for piece in out[:]:
                    piece[IPv6ExtHdrFragment].nh = proto(inner())
            else:
                out = fragment(out, 304)
        elif case == "inner-pieces":
            out = [ipip(source, to, piece) for piece in
                   (fragment(inner() / Raw(bytes(600)), 304) if ":" not in vip[0] else
                    fragment6(IPv6(src=client[0], dst=vip[0]) / IPv6ExtHdrFragment(id=8) /
                              UDP(sport=client[1], dport=vip[1]) / Raw(bytes(600)), 400))]
        elif case == "nested":
            out = ipip(source, to, ipip(source, to, inner()))
        elif case == "options":
            out = ipip(source, to, inner())
            if six:
                out = IPv6(src=source, dst=to) / IPv6ExtHdrDestOpt(
                    nh=proto(inner()), options=[PadN(optdata=b"\0" * 4)]) / Raw(raw(inner()))
            else:
                out.options = [IPOption_NOP()] * 4
        elif case == "ce":
            out = ipip(source, to, inner(tos=2), tos=3)
        elif case == "ce-deaf":
            out = ipip(source, to, inner(tos=0), tos=3)
        elif case == "badsum":
            out = ipip(source, to, inner(chksum=0x1234))
        elif case == "short":
            out = ipip(source, to, Raw(raw(inner())[:-2]))
        elif case == "padded":
            out = ipip(source, to, inner() / Raw(b""))
            out = out / Raw(bytes(9))
        elif case.startswith("mtu="):
            mtu = int(case[4:])
            answer = ip(vip[0], client[0]) / UDP(sport=vip[1], dport=client[1] - 1)
            answer /= Raw(bytes(60))
            router = "203.0.113.1" if ":" not in vip[0] else "2001:db8:c::1"
            error = (ICMP(type=3, code=4, nexthopmtu=mtu) if ":" not in vip[0] else
                     ICMPv6PacketTooBig(mtu=mtu))
            out = ipip(source, to, ip(router, vip[0]) / error / Raw(raw(answer)))
        else:
            sys.exit(f"no case {case}")
        send(out, verbose=0)
        client[1] += 1


def main():
    for line in sys.stdin:
        tell(*line.split())
        print("sent", flush=True)


if __name__ == "__main__":
    main()
