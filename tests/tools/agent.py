#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""agent.py SOCKET: client.py, load.py, server.py and udp.py, in any network namespace, again
and again without the cost of starting Python, which takes long in an emulator.

Each connection to the Unix socket sends lines: the namespace's name, a file for the
output or "-", the program's name, the arguments, and an empty line. A forked child
runs that program in that namespace. Without a file its output goes back over the
connection, and then its exit status; of a server, "pid" and its process once it listens.
"""
import ctypes
import os
import signal
import socket
import sys

import client
import load
import server
import udp

CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"netns {namespace}")
    os.close(fd)


def output(fd):
    os.dup2(fd, 1)
    os.dup2(fd, 2)


def run(conn, namespace, log, program, *args):
    output(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644) if log != "-" else conn.fileno())
    enter(namespace)
    if program == "server" or args[:1] == ("serve",):
        def ready():
            conn.sendall(b"pid %d\n" % os.getpid())
            conn.close()
        {"server": server, "udp": udp}[program].main(args, ready)
        return
    status = {"client": client, "load": load, "udp": udp}[program].main(args)
    sys.stdout.flush()
    conn.sendall(b"%d\n" % status)


def serve(conn):
    with conn.makefile("r") as lines:
        words = []
        for line in lines:
            if line == "\n":
                break
            words.append(line.rstrip("\n"))
    try:
        run(conn, *words)
    except (OSError, SystemExit) as e:
        # The caller sees a status that is none of the client's.
        print(f"agent: {e}", flush=True)
        conn.sendall(b"99\n")


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sock = socket.socket(socket.AF_UNIX)
    # Under another name until it listens: whoever sees it may connect.
    sock.bind(sys.argv[1] + ".new")
    sock.listen(512)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while True:
        conn, _ = sock.accept()
        if not os.fork():
            sock.close()
            serve(conn)
            os._exit(0)
        conn.close()


if __name__ == "__main__":
    main()
