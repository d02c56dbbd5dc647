#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""agent.py SOCKET: client.py, again and again without the cost of starting it.

Each connection to the Unix socket sends arguments, one a line, an empty line
last; a forked child runs client.py with them, its output goes back, and as the
last line its exit status.
"""
import os
import signal
import socket
import sys

import client


def serve(conn):
    with conn.makefile("r") as lines:
        args = []
        for line in lines:
            if line == "\n":
                break
            args.append(line.rstrip("\n"))
    os.dup2(conn.fileno(), 1)
    os.dup2(conn.fileno(), 2)
    try:
        status = client.main(args)
    except SystemExit as e:
        status = e.code
    print(status, flush=True)


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
            serve(conn)
            os._exit(0)
        conn.close()


if __name__ == "__main__":
    main()
