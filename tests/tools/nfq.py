#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nfq.py NUMBER: let all that comes to a queue of netfilter's (NFQUEUE) go on, after a
moment in user space. It says "ready", and how many there were when it is told to end."""
import signal
import socket
import struct
import sys
import time

from slnl import attr, split

NETLINK_NETFILTER, QUEUE = 12, 3 << 8
PACKET, VERDICT, CONFIG = QUEUE, QUEUE | 1, QUEUE | 2
NF_ACCEPT = 1


def send(sock, kind, queue, attrs):
    body = struct.pack("=BBH", 0, 0, socket.htons(queue)) + attrs
    sock.send(struct.pack("=IHHII", len(body) + 16, kind, 1, 0, 0) + body)


def main():
    queue = int(sys.argv[1])
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    # Bind, and be given no payload.
    send(sock, CONFIG, queue, attr(1, struct.pack("!BBH", 1, 0, 0)))
    send(sock, CONFIG, queue, attr(2, struct.pack("!IB", 0, 1)))
    print("ready", flush=True)
    seen = 0
    signal.signal(signal.SIGTERM, lambda *_: (print(seen, flush=True), sys.exit(0)))
    while True:
        data = sock.recv(65536)
        size, kind = struct.unpack_from("=IH", data)
        if kind != PACKET:
            continue
        for key, value in split(data[20:size]):
            if key == 1:
                seen += 1
                time.sleep(0.001)
                send(sock, VERDICT, queue, attr(2, struct.pack("!I", NF_ACCEPT) + value[:4]))


if __name__ == "__main__":
    main()
