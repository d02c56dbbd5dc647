#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""udp.py serve [-b ADDR] PORT...: an application that answers each datagram from the
address it came to, or with --any from one of the stack's choice: "who" by the addresses
that its socket sees, an empty one by an empty one, and any other by itself backwards. It
prints each. With --headers it takes headers off what comes, and tells "who" of them; the
simple one (spp) it puts before its answers, unless they are asked for --bare.

udp.py talk [OPTION]... ADDR:PORT COMMAND...: a conversation with it from one socket.
Commands: who (printed, with who answered), size=N (a datagram of N bytes, one comes
back), zero, error (what ICMP says of a datagram: type, code, who says it, and of which
destination), quoted=N (what it quotes of such a datagram's payload), push=N (N bytes, nothing comes back), file=PATH (wait until it exists),
as=ADDR:PORT (headers name another client from here on), again (the next is a first one),
train=NxSIZE (N datagrams that are sent as one), burst=N (ten of N bytes come back as one), raw=HEX (these bytes alone), many=N (N
sockets, on ports from --bind's on, three datagrams each: who took how many, each all of
its own), lossy=NxTURNS (so many clients ask who they are again and again where much
is lost; headers name them by the ports from --client's on: each answer is for who has it).
Exit status 0 if all of it came true, 1 if not, 4 if nothing came in time.
"""
import argparse
import os
import random
import select
import socket
import struct
import sys
import time

import pplib

# Linux's numbers, which Python does not have
IP_RECVERR, IP_MTU_DISCOVER = 11, 10
IPV6_RECVERR, IPV6_MTU_DISCOVER = 25, 23
MSG_ERRQUEUE = 0x2000
SO_NO_CHECK = 11
UDP_NO_CHECK6_RX = 102
UDP_SEGMENT = 103
DONT, DO = 0, 2


def serve(argv, ready):
    ap = argparse.ArgumentParser()
    ap.add_argument("-b", "--bind", default="::")
    ap.add_argument("--cut", action="store_true", help="without the bit that forbids fragments")
    ap.add_argument("--whole", action="store_true", help="no fragments, of nobody's making")
    ap.add_argument("--any", action="store_true", help="the stack says where answers come from")
    ap.add_argument("--lax", action="store_true", help="no checksum will do, of IPv6, too")
    ap.add_argument("--headers", choices=("v2", "spp"), help="datagrams may have them")
    ap.add_argument("--bare", action="store_true", help="answers are without them")
    ap.add_argument("ports", type=int, nargs="+")
    args = ap.parse_args(argv)
    poll = select.poll()
    socks = {}
    for port in args.ports:
        v6 = ":" in args.bind
        s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
        if v6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            s.setsockopt(socket.SOL_IP, 8, 1)  # IP_PKTINFO
        if args.cut or args.whole:
            s.setsockopt(socket.SOL_IP, IP_MTU_DISCOVER, DO if args.whole else DONT)
        if args.whole and v6:
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, DO)
        if args.lax:
            s.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_RX, 1)
        s.bind((args.bind, port))
        socks[s.fileno()] = s
        poll.register(s, select.POLLIN)
    ready()
    while True:
        for fd, _ in poll.poll():
            answer(socks[fd], args)


def answer(s, args):
    try:
        data, info, _, peer = s.recvmsg(65536, 256)
        level, kind, value = info[0]
        to = (socket.inet_ntop(socket.AF_INET6, value[:16]) if level == socket.IPPROTO_IPV6
              else socket.inet_ntoa(value[8:12]))
        names = f"peer={pplib.show(peer)} local={pplib.show((to, s.getsockname()[1]))}"
        head = b""
        if args.headers:
            text, head, data = pplib.cut_header(data, args.headers == "spp")
            names += f" header={text}"
        if args.bare or args.headers != "spp":
            head = b""
        print(f"datagram {names} bytes={len(data)}", flush=True)
        if not data.startswith(b"keep"):
            reply = names.encode() if data == b"who" else data[::-1]
            # The device is left to the routes.
            if level == socket.IPPROTO_IPV6:
                value = value[:16] + struct.pack("i", 0)
            else:
                value = struct.pack("i", 0) + value[8:12] + bytes(4)
            if data.startswith(b"burst"):
                size = struct.pack("H", len(head) + len(data))
                s.sendmsg([(head + data) * 10],
                          [(level, kind, value), (socket.SOL_UDP, UDP_SEGMENT, size)], 0, peer)
                return
            s.sendmsg([head + reply], [] if args.any else [(level, kind, value)], 0, peer)
    except OSError as e:
        # An ICMP error of a datagram before, or no route
        print(f"error {e}", flush=True)


def options(argv):
    ap = argparse.ArgumentParser()
    ap.add_argument("--bind", help="own address")
    ap.add_argument("--ttl", type=int)
    ap.add_argument("--options", help="of IPv4, in hexadecimal")
    ap.add_argument("--whole", action="store_true", help="no fragments, of nobody's making")
    ap.add_argument("--cut", action="store_true", help="whoever must may make fragments")
    ap.add_argument("--unsummed", action="store_true", help="of IPv4, without checksum")
    ap.add_argument("--header", choices=("each", "first", "spp"), help="of whom each is")
    ap.add_argument("--client", help="whom headers name; none is LOCAL")
    ap.add_argument("--dst", help="whom he has called, if not ADDR:PORT")
    ap.add_argument("--tlv", type=int, default=0, help="bytes of one in headers")
    ap.add_argument("--crc", action="store_true", help="headers have a CRC32C")
    ap.add_argument("--stream", action="store_true", help="headers are those of TCP")
    ap.add_argument("-t", "--timeout", type=float, default=10)
    ap.add_argument("to")
    ap.add_argument("commands", nargs="*")
    args = ap.parse_args(argv)
    args.led = set()
    return args


def header(args):
    """The one that goes before the next datagram"""
    if not args.header or (args.header == "first" and args.client in args.led):
        return b""
    args.led.add(args.client)
    src = pplib.endpoint(args.client) if args.client else None
    dst = pplib.endpoint(args.dst or args.to)
    if args.header == "spp":
        return pplib.spp(src, dst)
    tlvs = [(0xee, bytes(args.tlv))] if args.tlv else []
    return pplib.v2(src, dst, tlvs, args.crc, not args.stream)


def open_socket(args, number=0):
    host, _ = pplib.endpoint(args.to)
    v6 = ":" in host
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(args.timeout)
    level = socket.IPPROTO_IPV6 if v6 else socket.SOL_IP
    s.setsockopt(level, IPV6_RECVERR if v6 else IP_RECVERR, 1)
    if args.ttl:
        s.setsockopt(level, socket.IPV6_UNICAST_HOPS if v6 else socket.IP_TTL, args.ttl)
    if args.unsummed:
        s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    if args.options:
        s.setsockopt(socket.SOL_IP, socket.IP_OPTIONS, bytes.fromhex(args.options))
    if args.whole or args.cut:
        s.setsockopt(level, IPV6_MTU_DISCOVER if v6 else IP_MTU_DISCOVER,
                     DO if args.whole else DONT)
    if args.bind:
        addr, port = pplib.endpoint(args.bind)
        s.bind((addr, port + number))
    return s


def ask(s, args, data):
    """Send, and receive from whom it was sent to."""
    head = header(args)
    s.sendto(head + data, pplib.endpoint(args.to))
    return listen(s, args, head)


def listen(s, args, head):
    """What comes back, without the header that it has to have if it went with one"""
    reply, sender = s.recvfrom(65536)
    if sender[:2] != pplib.endpoint(args.to):
        raise ValueError(f"answer from {pplib.show(sender)}")
    if args.header != "spp":
        return reply
    if not reply.startswith(head):
        raise ValueError(f"answer begins with {reply[:38].hex()}, not {head.hex()}")
    return reply[len(head):]


def train(s, args, number, size):
    """So many datagrams in one call, which the kernel cuts up, and as many answers"""
    head = header(args)
    sent = {bytes([i]) * size for i in range(number)}
    data = b"".join(head + part for part in sorted(sent))
    s.sendmsg([data], [(socket.SOL_UDP, UDP_SEGMENT, struct.pack("H", len(head) + size))],
              0, pplib.endpoint(args.to))
    for _ in range(number):
        sent.remove(listen(s, args, head))


def error(s, to, data, quoted=False):
    """What ICMP says of a datagram, as the socket hears it, or what it quotes"""
    s.sendto(data, to)
    poll = select.poll()
    poll.register(s, 0)
    if not poll.poll(s.gettimeout() * 1000):
        raise TimeoutError
    quote, info, _, about = s.recvmsg(65536, 512, MSG_ERRQUEUE)
    if quoted:
        return "zeros" if not any(quote) else quote[:64].hex()
    for _, kind, value in info:
        if kind not in (IP_RECVERR, IPV6_RECVERR):
            continue
        _, origin, icmp, code, _, mtu, _ = struct.unpack("=IBBBBII", value[:16])
        family = struct.unpack("=H", value[16:18])[0]
        by = (socket.inet_ntop(socket.AF_INET6, value[24:40]) if family == socket.AF_INET6
              else socket.inet_ntoa(value[20:24]))
        if origin == 1:
            by = "this host"
        return f"type={icmp} code={code} by={by} about={pplib.show(about)}" + \
            (f" mtu={mtu}" if mtu else "")
    raise ValueError("no error")


def many(args, total):
    to = pplib.endpoint(args.to)
    socks = [open_socket(args, i) for i in range(total)]
    took = {}
    for _ in range(3):
        for s in socks:
            s.sendto(b"who", to)
        for s in socks:
            reply, sender = s.recvfrom(65536)
            if sender[:2] != to:
                raise ValueError(f"answer from {pplib.show(sender)}")
            peer, local = reply.decode().split()
            addr, port = s.getsockname()[:2]
            if args.bind and peer != f"peer={pplib.show((pplib.endpoint(args.bind)[0], port))}":
                raise ValueError(f"{addr}:{port} got {reply!r}")
            took.setdefault(local, {}).setdefault(port, 0)
            took[local][port] += 1
    for local, ports in sorted(took.items()):
        if set(ports.values()) != {3}:
            raise ValueError(f"{local} took part of a conversation: {ports}")
        print(f"{local} {len(ports)}")


def lossy(args, number, turns):
    """Clients each with a socket of its own, and what they get"""
    to = pplib.endpoint(args.to)
    addr, port = pplib.endpoint(args.client if args.header else args.bind)
    socks = {open_socket(args, i): (addr, port + i) for i in range(number)}
    answered = set()
    for _ in range(turns):
        heads = {}
        for s, client in socks.items():
            args.client = f"[{addr}]:{client[1]}" if ":" in addr else f"{addr}:{client[1]}"
            # Who may not have been heard says again who he is.
            args.led = {args.client} if s in answered else set()
            heads[s] = header(args)
            s.sendto(heads[s] + b"who", to)
        while ready := select.select(list(socks), [], [], 0.1)[0]:
            for s in ready:
                words = listen(s, args, heads[s]).decode().split()
                told = words[-4::2] if len(words) > 4 else [socks[s][0], str(socks[s][1])]
                if words[0] != f"peer={pplib.show(socks[s])}" or told != list(map(str, socks[s])):
                    raise ValueError(f"{socks[s]} got {words}")
                answered.add(s)
    if len(answered) < number / 2:
        raise ValueError(f"{len(answered)} of {number} were answered")


def run(s, args, command):
    to = pplib.endpoint(args.to)
    verb, _, arg = command.partition("=")
    if verb == "who":
        print(f"{ask(s, args, b'who').decode()} answer={args.to}")
    elif verb == "as":
        args.client = arg
    elif verb == "again":
        args.led = set()
    elif verb == "train":
        train(s, args, *map(int, arg.split("x")))
        print(f"train {arg} ok")
    elif verb == "burst":
        data = b"burst".ljust(int(arg), b".")
        s.sendto(header(args) + data, to)
        for _ in range(10):
            if listen(s, args, b"") != data:
                raise ValueError("one of a burst is another")
        print(f"burst {arg} ok")
    elif verb == "raw":
        s.sendto(bytes.fromhex(arg), to)
    elif verb == "size":
        data = random.Random(int(arg)).randbytes(int(arg))
        if ask(s, args, data) != data[::-1]:
            raise ValueError(f"{arg} bytes are not what they were")
        print(f"size {arg} ok")
    elif verb == "push":
        s.sendto(header(args) + b"keep".ljust(int(arg), b"."), to)
        print(f"push {arg} ok")
    elif verb == "zero":
        reply = ask(s, args, b"")
        print(f"zero {'ok' if reply == b'' else repr(reply)}")
    elif verb == "error":
        print(error(s, to, header(args) + b"keep".ljust(int(arg or 4), b".")))
    elif verb == "quoted":
        print(error(s, to, b"keep".ljust(int(arg), b"."), True))
    elif verb == "file":
        deadline = time.monotonic() + 60
        while not os.path.exists(arg):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)
    elif verb == "many":
        many(args, int(arg))
    elif verb == "lossy":
        lossy(args, *map(int, arg.split("x")))
        print("lossy ok")
    else:
        raise ValueError(f"no such command: {verb}")
    sys.stdout.flush()


def talk(argv):
    args = options(argv)
    try:
        # Sockets of many's have the port for themselves.
        s = None if args.commands[0].startswith(("many", "lossy")) else open_socket(args)
        for command in args.commands:
            run(s, args, command)
    except TimeoutError:
        print("timeout")
        return 4
    except (OSError, ValueError) as e:
        print(f"{type(e).__name__}: {e}")
        return 1
    return 0


def main(argv, ready=lambda: None):
    """Serve for ever, ready() is called when all ports are open; or talk."""
    if argv[0] == "serve":
        serve(argv[1:], ready)
    return talk(argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
