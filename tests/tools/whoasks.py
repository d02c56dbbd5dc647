#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""whoasks.py MODE BIND PORT LOCAL|- PEER PORT: a UDP socket, bound there, asks whose datagrams
from a peer are, which came to LOCAL. MODE is plain, v6only, freebind (an address of another
host's) or connected (to somebody else). Says what it is told.
"""
import socket
import sys

from slnl import Refused, Sluice

IP_FREEBIND = 15


def main(mode, bind, port, local, peer, peer_port):
    v6 = ":" in bind
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    if v6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(mode == "v6only"))
    if mode == "freebind":
        s.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)
    s.bind((bind, int(port)))
    if mode == "connected":
        s.connect(("10.0.0.254", 9))
    request = {"fd": s.fileno(), "peer-addr": peer, "peer-port": int(peer_port)}
    if local != "-":
        request["local-addr"] = local
    try:
        print("told of", Sluice().do("whoami", request)["service"])
    except Refused as e:
        print(f"refused {e.errno} {e.text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
