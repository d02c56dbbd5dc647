#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""client.py [OPTION]... ADDR:PORT [COMMAND]...: connect, send a PROXY header,
then ask server.py for one thing after another. Prints what comes back.

Commands: who, echo=TEXT, drip=N (an echo of N bytes, which go one at a time), push=N, pull=N, both=N (N bytes each way, every byte
checked, SHA-256 of both ends compared), banner, hold=SEC, stall=SEC, oob, half
(close our direction, await "bye"), rst (reset by us), peer-rst (by the server),
peer-fin (it closes first), eof (await the end), file=PATH (wait until it exists),
touch=PATH (make it), until=PATH (both=100000 again and again until it exists).
Exit status 0 if all of it came true, 1 if not, 3 if the connection was refused
or reset, 4 if nothing came in time.
"""
import argparse
import hashlib
import os
import socket
import struct
import sys
import threading
import time

import pplib


def options(argv):
    ap = argparse.ArgumentParser()
    ap.add_argument("--v1", action="store_true")
    ap.add_argument("--v2", action="store_true")
    ap.add_argument("--local", action="store_true", help="v2 LOCAL, v1 UNKNOWN")
    ap.add_argument("--raw", help="header in hexadecimal")
    ap.add_argument("--client", default="203.0.113.7:5555", help="the header's client")
    ap.add_argument("--dest", help="the header's destination")
    ap.add_argument("--tlv", action="append", default=[], help="TYPE=TEXT")
    ap.add_argument("--crc", action="store_true")
    ap.add_argument("--split", type=int, help="bytes of the header in one segment")
    ap.add_argument("--gap", type=float, default=0.02, help="seconds between segments")
    ap.add_argument("--late", type=float, default=0, help="seconds before the header")
    ap.add_argument("--bind", help="own address")
    ap.add_argument("--ttl", type=int)
    ap.add_argument("--options", help="of IPv4, in hexadecimal")
    ap.add_argument("--count", type=int, default=1, help="connections, one after another")
    ap.add_argument("--keepalive", action="store_true")
    ap.add_argument("--rcvbuf", type=int)
    ap.add_argument("-t", "--timeout", type=float, default=30)
    ap.add_argument("to")
    ap.add_argument("commands", nargs="*")
    return ap.parse_args(argv)


def header(args, number):
    if args.raw is not None:
        return bytes.fromhex(args.raw)
    host, port = pplib.endpoint(args.client)
    client = None if args.local else (host, port + number)
    dest = pplib.endpoint(args.dest) if args.dest else pplib.endpoint(args.to)
    if args.v1:
        return pplib.v1(client, dest)
    if not args.v2:
        return b""
    tlvs = [(int(t.split("=", 1)[0], 0), t.split("=", 1)[1].encode()) for t in args.tlv]
    return pplib.v2(client, dest, tlvs, args.crc)


def line(sock):
    out = b""
    while not out.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte:
            raise EOFError(f"closed after {out!r}")
        out += byte
    return out.decode()


def transfer(sock, verb, total):
    down, up = hashlib.sha256(), hashlib.sha256()
    sock.sendall(f"{verb} {total}\n".encode())
    sender = None
    if verb != "pull":
        sender = threading.Thread(target=pplib.send_stream, args=(sock, total, "up", up))
        sender.start()
    if verb != "push":
        pplib.receive_stream(sock, total, "down", down)
    if sender:
        sender.join()
    if line(sock) != f"down={down.hexdigest()} up={up.hexdigest()}\n":
        raise ValueError("hashes differ")


def run(sock, command):
    verb, _, arg = command.partition("=")
    if verb in ("push", "pull", "both"):
        transfer(sock, verb, int(arg))
        print(f"{verb} {arg} ok")
    elif verb == "until":
        while not os.path.exists(arg):
            transfer(sock, "both", 100000)
        print("all came through")
    elif verb == "who":
        sock.sendall(b"who\n")
        print(line(sock), end="")
    elif verb == "echo":
        sock.sendall(f"echo {arg}\n".encode())
        print(line(sock), end="")
    elif verb == "drip":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        text = ("0123456789" * int(arg))[:int(arg)]
        for byte in f"echo {text}\n".encode():
            sock.sendall(bytes([byte]))
        if line(sock) != text + "\n":
            raise ValueError("the echo is another")
        print(f"drip {arg} ok")
    elif verb == "banner":
        print(line(sock), end="")
    elif verb == "hold":
        time.sleep(float(arg))
    elif verb == "stall":
        sock.sendall(f"stall {arg}\n".encode())
    elif verb == "touch":
        with open(arg, "w", encoding="ascii"):
            pass
    elif verb == "file":
        deadline = time.monotonic() + sock.gettimeout()
        while not os.path.exists(arg):
            if time.monotonic() > deadline:
                raise TimeoutError(arg)
            time.sleep(0.05)
    elif verb == "oob":
        sock.sendall(b"oob\n")
        line(sock)
        sock.sendall(b"abc")
        sock.send(b"X", socket.MSG_OOB)
        sock.sendall(b"def")
        print(line(sock), end="")
    elif verb == "half":
        sock.shutdown(socket.SHUT_WR)
        print(line(sock), end="")
    elif verb == "rst":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif verb == "peer-rst":
        sock.sendall(b"rst\n")
        try:
            sock.recv(1)
        except ConnectionResetError:
            print("reset")
            return
        raise ValueError("not reset")
    elif verb == "peer-fin":
        sock.sendall(b"fin\n")
        if sock.recv(1):
            raise ValueError("data where the end was due")
        sock.sendall(b"still here")
        print("closed by peer")
    elif verb == "eof":
        data = sock.recv(65536)
        if data:
            raise ValueError(f"{data[:60]!r} where the end was due")
        print("eof")
    else:
        raise ValueError(f"no such command: {verb}")


def connect(args, number):
    host, port = pplib.endpoint(args.to)
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.settimeout(args.timeout)
    if args.rcvbuf:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, args.rcvbuf)
    if args.keepalive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    if args.bind:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(pplib.endpoint(args.bind))
    if args.ttl:
        sock.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if ":" in host
                          else (socket.SOL_IP, socket.IP_TTL)), args.ttl)
    if args.options:
        sock.setsockopt(socket.SOL_IP, socket.IP_OPTIONS, bytes.fromhex(args.options))
    sock.connect((host, port))
    if args.late:
        time.sleep(args.late)
    data = header(args, number)
    if args.split:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data:
            sock.sendall(data[:args.split])
            data = data[args.split:]
            if data:
                time.sleep(args.gap)
    elif data:
        sock.sendall(data)
    return sock


def main(argv):
    args = options(argv)
    try:
        for number in range(args.count):
            with connect(args, number) as sock:
                for command in args.commands:
                    run(sock, command)
                    sys.stdout.flush()
    except (ConnectionRefusedError, ConnectionResetError, BrokenPipeError) as e:
        print(f"refused: {e.strerror}")
        return 3
    except TimeoutError:
        print("timeout")
        return 4
    except (OSError, EOFError, ValueError) as e:
        print(f"{type(e).__name__}: {e}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
