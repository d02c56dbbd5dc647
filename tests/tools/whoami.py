#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""An application that asks who its clients are.

whoami.py ADDRESS PORT [NETNS]  says to each connection what the module says of it, and ends it;
                                asks in the network namespace NETNS instead, if one is given
whoami.py fd KIND               says what the module says of a descriptor of this kind
whoami.py tool PORT SLUICE      accepts one connection and has the tool say what it is
"""
import ctypes
import os
import socket
import sys

from slnl import Refused, Sluice


def ask(s, fd):
    try:
        a = s.do("whoami", {"fd": fd})
    except Refused as e:
        return f"refused {e.errno} {e.text}"
    return (f"sender {a['sender-addr']}:{a['sender-port']} "
            f"service {a['service']} {a['service-addr']}:{a['service-port']} "
            f"client {a['client-addr']}:{a['client-port']} "
            f"header {a.get('header-addr')}:{a.get('header-port')} v{a['version']}"
            f"{' local' if a.get('local') else ''} tlvs {a.get('tlvs', b'').hex()}")


def other(name):
    """A socket of another network namespace"""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    setns = ctypes.CDLL(None, use_errno=True).setns
    if setns(there, 0):
        raise OSError(ctypes.get_errno(), "setns")
    s = Sluice()
    setns(here, 0)
    return s


def listen(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    lsock = socket.socket(family, socket.SOCK_STREAM)
    lsock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    lsock.bind((address, port))
    lsock.listen(64)
    return lsock


def serve(address, port, s):
    lsock = listen(address, port)
    while True:
        conn, _ = lsock.accept()
        conn.send(ask(s, conn.fileno()).encode() + b"\n")
        conn.close()


def odd(kind):
    if kind in ("none", "negative"):
        return 999 if kind == "none" else -1
    if kind == "file":
        return os.open("/etc/passwd", os.O_RDONLY)
    if kind == "udp":
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach()
    if kind == "unix":
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).detach()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if kind == "listening":
        sock.bind(("127.0.0.1", 0))
        sock.listen(1)
    elif kind == "plain":
        lsock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        lsock.bind(("127.0.0.1", 0))
        lsock.listen(1)
        sock.connect(lsock.getsockname())
        lsock.detach()
    return sock.detach()


def tool(port, sluice):
    conn, _ = listen("0.0.0.0", port).accept()
    fd = conn.fileno()
    os.set_inheritable(fd, True)
    os.execl(sluice, sluice, "-j", "whoami", str(fd))


if sys.argv[1] == "tool":
    tool(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "fd":
    print(ask(Sluice(), odd(sys.argv[2])))
else:
    serve(sys.argv[1], int(sys.argv[2]), other(sys.argv[3]) if sys.argv[3:] else Sluice())
