#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""server.py [OPTION]... PORT...: an application that knows nothing of PROXY. It
prints each connection with the addresses its sockets name, and obeys what
client.py asks for, a line a time.
"""
import argparse
import fcntl
import hashlib
import os
import select
import socket
import struct
import sys
import threading
import time

import pplib

lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def read_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte:
            return line
        line += byte
    return line


def read_urgent(sock):
    """What came before the urgent byte, and from there on (7 bytes in all)"""
    # Whoever reads before the urgent byte is there cannot see where it was.
    poll = select.poll()
    poll.register(sock, select.POLLPRI)
    poll.poll(30000)
    parts = [b"", b""]
    while len(parts[0]) + len(parts[1]) < 7:
        mark = struct.unpack("i", fcntl.ioctl(sock, 0x8905, b"\0" * 4))[0]
        data = sock.recv(7)
        if not data:
            break
        parts[1 if mark or parts[1] else 0] += data
    return b"before=" + parts[0] + b" urgent=" + parts[1] + b"\n"


def obey(sock, names, line):
    """One command. False if the connection is over."""
    verb, *args = line.split()
    if verb == b"who":
        sock.sendall(names.encode() + b"\n")
    elif verb == b"echo":
        sock.sendall(b" ".join(args) + b"\n")
    elif verb in (b"push", b"pull", b"both"):
        total = int(args[0])
        digests = hashlib.sha256(), hashlib.sha256()
        sender = None
        if verb != b"push":
            sender = threading.Thread(target=pplib.send_stream,
                                      args=(sock, total, "down", digests[0]))
            sender.start()
        if verb != b"pull":
            pplib.receive_stream(sock, total, "up", digests[1])
        if sender:
            sender.join()
        sock.sendall(f"down={digests[0].hexdigest()} up={digests[1].hexdigest()}\n".encode())
    elif verb == b"stall":
        time.sleep(float(args[0]))
    elif verb == b"oob":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        sock.sendall(b"ready\n")
        sock.sendall(read_urgent(sock))
    elif verb == b"rst":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    elif verb == b"fin":
        # Closes first, and still wants to know what comes.
        sock.shutdown(socket.SHUT_WR)
        rest = b""
        while part := sock.recv(4096):
            rest += part
        say(f"after fin: {names} {rest.decode(errors='replace')!r}")
        return False
    else:
        sock.sendall(b"what? " + line)
    return True


def serve(sock, peer, args):
    names = f"peer={pplib.show(peer)} local={pplib.show(sock.getsockname())}"
    say(f"accept {names}")
    commands = 0
    try:
        if args.banner_first:
            sock.sendall(args.banner.encode() + b"\n")
        if args.proxy:
            names += " header=" + pplib.read_header(sock)
            say(f"header {names}")
        if args.banner and not args.banner_first:
            sock.sendall(args.banner.encode() + b"\n")
        while line := read_line(sock):
            commands += 1
            if not line.endswith(b"\n"):
                say(f"cut {names} {line!r}")
                break
            if not obey(sock, names, line):
                break
        else:
            # The other side has closed its half: ours still carries.
            sock.sendall(b"bye\n")
        say(f"close {names} commands={commands}")
    except (OSError, EOFError, ValueError) as e:
        say(f"error {names} {type(e).__name__} {e}")
    finally:
        sock.close()


def listener(addr, port, args):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if args.transparent:  # IPV6_TRANSPARENT, IP_TRANSPARENT
        s.setsockopt(*((socket.IPPROTO_IPV6, 75) if ":" in addr else (socket.SOL_IP, 19)), 1)
    if family == socket.AF_INET6 and addr == "::":
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if args.device:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, args.device.encode())
    if args.rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, args.rcvbuf)
    s.bind((addr, port))
    if args.keepalive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    if args.user_timeout:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, args.user_timeout)
    s.listen(args.backlog)
    return s


def accept(s, args):
    while args.accept_when and not os.path.exists(args.accept_when):
        time.sleep(0.05)
    while True:
        try:
            sock, peer = s.accept()
            threading.Thread(target=serve, args=(sock, peer, args), daemon=True).start()
        except (OSError, RuntimeError) as e:
            # Nobody else is to suffer if there is no memory for one.
            say(f"error {e}")
            time.sleep(0.05)


def main(argv, ready=lambda: None):
    """Serve for ever; ready() is called when all ports listen."""
    ap = argparse.ArgumentParser()
    ap.add_argument("-b", "--bind", default="::")
    ap.add_argument("--device", help="hear what comes by this one, or in this VRF")
    ap.add_argument("--banner")
    ap.add_argument("--banner-first", action="store_true", help="before anything is read")
    ap.add_argument("--proxy", action="store_true", help="connections begin with a header")
    ap.add_argument("--rcvbuf", type=int)
    ap.add_argument("--keepalive", action="store_true", help="gone after 4 s of silence")
    ap.add_argument("--user-timeout", type=int, help="milliseconds")
    ap.add_argument("--transparent", action="store_true", help="takes what is for others")
    ap.add_argument("--backlog", type=int, default=1024)
    ap.add_argument("--accept-when", help="accept nothing until this file exists")
    ap.add_argument("ports", type=int, nargs="+")
    args = ap.parse_args(argv)
    socks = [listener(args.bind, port, args) for port in args.ports]
    ready()
    threads = [threading.Thread(target=accept, args=(s, args)) for s in socks]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


if __name__ == "__main__":
    main(sys.argv[1:])
