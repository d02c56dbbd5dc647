# SPDX-License-Identifier: GPL-2.0
"""Each reason for which a packet goes no further, and each kind of header, by its
counter: those that no other file of this folder names. 46-wire-reasons.sh counts
the traces of them beside.
"""
import os
import struct

from budget import Cookies
from wire import (ACK, NET, PSH, RST, SYN, V6, App, Counted, Sender, arrives,
                  case, check, connect, csum, farewell, header, here,
                  ip4, ip6, l4sum, main, netns, o_mss, pack_ip, pad, run, sluice,
                  stats, sysctl, take, talks, M32)
import pplib

APP = App()
SERVICE = here("10.0.0.2")


def place(addr, port=8080):
    return f"[{addr}]:{port}" if V6 else f"{addr}:{port}"


def ip(*words):
    return run("app", "ip", *(["-6"] if V6 else ["-4"]), *words)


# --- headers and ends ---------------------------------------------------------------

@case("a header of each kind is counted as what it is, a connection's end as one")
def headers():
    dst = (SERVICE, 8080)
    for name, head, own in (
            ("header-v1", header()[0], False), ("header-v2", header(version=2)[0], False),
            ("header-unknown", pplib.v1(None, dst), True),
            ("header-local", pplib.v2(None, dst), True)):
        with Counted(name), Counted("flows-opened"), Counted("flows-closed"):
            s = Sender().open()
            s.say(head)
            conn, peer = APP.accept()
            check(peer == pplib.show((s.src, s.sport)), own, f"{name}: the sender's own address")
            s.until_ack()
            farewell(s, conn)
            s.iss = None


def size(seg):
    """Of a segment's packet"""
    return (40 if V6 else 20) + 20 + len(seg.raw) + len(seg.data)


@case("each packet between the two is counted once, and each byte of it")
def sums():
    with Counted("syn-received"):
        s, conn, _ = connect(APP)
    s.drain(0.1)
    before = stats()
    said = [s.packet(b"a" * 999, ACK | PSH)]
    NET.send(said[0])
    s.nxt = (s.nxt + 999) % M32
    take(conn, 999)
    conn.sendall(b"b" * 777)
    heard = [s.recv()]
    while not heard[-1].data:
        heard.append(s.recv())
    s.rcv = (s.rcv + 777) % M32
    said.append(s.packet())
    NET.send(said[1])
    heard += s.drain(0.1)
    after = stats()
    for name, want in (("packets-in", 2), ("bytes-in", sum(map(len, said))),
                       ("packets-out", len(heard)), ("bytes-out", sum(map(size, heard))),
                       ("syn-received", 0)):
        check(after.get(name, 0) - before.get(name, 0), want, name)


# --- who is judged ------------------------------------------------------------------

class Route:
    """with Route(addr): the way to an address leads to another device"""

    def __init__(self, addr):
        self.addr = addr

    def __enter__(self):
        ip("route", "add", self.addr, "dev", "aside")

    def __exit__(self, *_):
        ip("route", "del", self.addr, "dev", "aside")


if not V6:
    @case("rp_filter judges the sender: a SYN and data by the wrong way are refused")
    def rp_sender():
        src = "10.0.9.70"
        with Route(src), Counted("rp-filtered"), Counted("syn-ack-sent", 0):
            s = Sender(src=src)
            s.syn()
            s.quiet("to a SYN by the wrong way")
        s, conn, _ = connect(APP, src=src)
        with Route(src):
            NET.pump(0.05)  # seen when the clock ticks
            with Counted("rp-filtered"):
                s.seg(b"evil", ACK | PSH)
                s.quiet("to data by the wrong way")
        NET.pump(0.05)
        talks(s, conn)

    @case("rp_filter does not judge the client, whatever way leads to it")
    def rp_client():
        client = ("198.51.100.9", 999)
        old = sysctl("app", tcp_early_demux=0)  # a socket remembers its route
        with Route(client[0]), Counted("rp-filtered", 0):
            head, who = header(client=client)
            s = Sender().open()
            s.say(head)
            arrives(APP, s, who)
        sysctl("app", **old)


def policy(what, src):
    width = 128 if V6 else 32
    run("app", "ip", "xfrm", "policy", what, "src", f"{src}/{width}", "dst",
        f"{SERVICE}/{width}", "dir", "in", *(["action", "block"] if what == "add" else []))


@case("an IPsec policy against the sender: its SYN, its header, its data go no further")
def xfrm():
    src = here("10.0.9.71")

    def blocked(s, *args, **kw):
        policy("add", src)
        try:
            with Counted("xfrm-denied"):
                s.seg(*args, **kw)
                s.quiet("to what the policy forbids")
        finally:
            policy("delete", src)

    head, who = header()
    s = Sender(src=src)
    blocked(s, flags=SYN, seq=s.isn)
    s.open()
    s.say(head[:10])
    s.until_ack()
    blocked(s, b"evil", ACK | PSH)
    s.say(head[10:])
    conn = arrives(APP, s, who)
    blocked(s, b"evil", ACK | PSH)
    talks(s, conn)


# --- where it goes ------------------------------------------------------------------

@case("what is for another host is not taken, though a service names it")
def not_local():
    other = here("10.0.0.77")
    sluice("service", "add", "other", "tcp", place(other), "accept-proxy", "trust",
           here("10.0.9.0/24"), "forward", "local")
    try:
        with Counted("not-local"), Counted("syn-ack-sent", 0):
            s = Sender(dst=other)
            s.syn()
            s.quiet("to a SYN for another host")
    finally:
        sluice("service", "del", "other", "force")


# --- what is not believed -----------------------------------------------------------

@case("a reset that is near but not exact, while the header comes")
def rst_inexact():
    s = Sender().open()
    with Counted("rst-inexact", 2):
        s.seg(flags=RST, seq=(s.nxt + 1) % M32)
        s.seg(flags=RST, seq=(s.nxt - 1) % M32)
    s.expect(ACK, what="challenge")


@case("a segment of no connection is reset")
def no_flow():
    # Not a bare ACK: while there are cookies, it may be one that came back.
    with Counted("no-flow"):
        s = Sender()
        s.seg(flags=SYN | ACK, ack=4711)
        check(s.expect(RST).seq, 4711, "number of the reset")


@case("an ICMP error that has no counterpart in the client's family")
def icmp_dropped():
    head, who = header(v6=not V6)
    s = Sender().open()
    s.say(head)
    conn = arrives(APP, s, who)
    th = struct.pack("!HHIIBBHHH", s.dport, s.sport, s.rcv, s.nxt, 0x50, ACK, 512, 0, 0)
    quote = ip6(s.b, s.a, th) if V6 else ip4(s.b, s.a, th)
    body = struct.pack("!BBHI", 1 if V6 else 3, 4 if V6 else 3, 0, 0) + quote
    router = pack_ip(here("10.0.0.1"))
    total = l4sum(router, s.b, body, 58) if V6 else csum(body)
    body = body[:2] + struct.pack("!H", total) + body[4:]
    with Counted("icmp-dropped"), Counted("icmp-translated", 0):
        NET.send(ip6(router, s.b, body, proto=58) if V6 else
                 ip4(router, s.b, body, proto=1))
    talks(s, conn)


@case("a SYN and a header with a wrong checksum")
def bad_packet():
    head, who = header()
    s = Sender()
    for flags, data in ((SYN, b""), (ACK | PSH, head)):
        p = bytearray(s.packet(data, flags, seq=s.isn if flags == SYN else None))
        p[-1] ^= 1
        with Counted("bad-packet"):
            NET.send(bytes(p))
            s.quiet("to a wrong checksum")
        if flags == SYN:
            s.open()
    s.say(head)
    arrives(APP, s, who)


def detour(s, data):
    p = s.packet(data, ACK | PSH)
    if V6:
        # Routing header, one segment left
        l4 = bytes((6, 0, 253, 1, 0, 0, 0, 0)) + p[40:]
        NET.send(ip6(s.a, s.b, l4, proto=43))
    else:
        # Loose source route, to be continued
        NET.send(ip4(s.a, s.b, p[20:], options=bytes((131, 7, 4, 10, 0, 0, 77, 0))))


@case("a way still to go, which the client's family has no word for")
def no_counterpart():
    head, who = header(v6=not V6)
    s = Sender().open()
    with Counted("bad-packet"):
        # Held until the application has answered
        detour(s, head + b"evil")
        conn, peer = APP.accept()
    check(peer, who, "peer")
    s.nxt = s.at(len(head))
    s.until_ack()
    with Counted("bad-packet"), Counted("no-memory", 0):
        detour(s, b"evil")
        s.quiet("to a packet without a counterpart")
    talks(s, conn)


if V6:
    @case("headers without an end, that may lead to a service")
    def unclear():
        s = Sender()
        with Counted("bad-packet"):
            # Destination options of one byte
            NET.send(ip6(s.a, s.b, b"\6", proto=60))


@case("fragments for which there is no room")
def fragments():
    key = "net/netfilter/nf_conntrack_frag6" if V6 else "net/ipv4/ipfrag"
    run("app", "nft", "add table inet early; add chain inet early pre "
        "{ type filter hook prerouting priority -450; }; add rule inet early pre notrack")
    s = Sender()
    p = s.packet(flags=SYN, seq=s.isn)
    part = ip6(s.a, s.b, struct.pack("!BBHI", 6, 0, 1, 7) + p[40:64], proto=44) if V6 else \
        ip4(s.a, s.b, p[20:44], ident=7, frag=0x2000)
    with netns("app"):
        old = [open_write(f"/proc/sys/{key}_{which}_thresh", "0") for which in ("low", "high")]
    try:
        with Counted("fragment-dropped"):
            NET.send(part)
    finally:
        with netns("app"):
            for which, value in zip(("high", "low"), reversed(old)):
                open_write(f"/proc/sys/{key}_{which}_thresh", value)
        run("app", "nft", "delete table inet early")
    with Counted("fragment-dropped", 0):
        NET.send(part)
        s.quiet("to half a SYN")


def open_write(path, value):
    """Set it; what it was"""
    with open(path, encoding="ascii") as f:
        old = f.read().strip()
    with open(path, "w", encoding="ascii") as f:
        f.write(value)
    return old


# --- no room ------------------------------------------------------------------------

@case("over the budget, an MSS that no cookie can say")
def no_cookie():
    with Cookies():
        with Counted("half-open-limit"), Counted("cookie-sent", 0):
            s = Sender()
            s.syn(opts=pad(o_mss(20)))
            s.quiet("to a SYN that nothing can be remembered of")


SLAB = "/sys/kernel/slab/{}/failslab"
DEBUG = "/sys/kernel/debug/failslab"


class NoMemory:
    """with NoMemory("slc_flow"): no more of this cache, for who cannot wait for it"""

    def __init__(self, cache):
        self.slab = SLAB.format(cache)

    def __enter__(self):
        open_write(self.slab, "1")
        for name, value in (("verbose", "0"), ("interval", "1"), ("times", "-1"),
                            ("cache-filter", "Y"), ("probability", "100")):
            open_write(f"{DEBUG}/{name}", value)

    def __exit__(self, *_):
        open_write(f"{DEBUG}/probability", "0")
        open_write(f"{DEBUG}/cache-filter", "N")
        open_write(self.slab, "0")


if os.path.exists(SLAB.format("slc_early")) and os.path.isdir(DEBUG):
    @case("no memory for a handshake: the SYN is dropped, the next one is not")
    def no_memory():
        s = Sender()
        with Counted("no-memory"), NoMemory("slc_early"):
            s.syn()
            s.quiet("without memory")
        head, who = header()
        s.open()
        s.say(head)
        arrives(APP, s, who)

    @case("no memory for a connection: the sender is reset, and not for a limit")
    def no_memory_flow():
        s = Sender().open()
        with Counted("flow-limit", 0), Counted("no-memory"), NoMemory("slc_flow"):
            s.say(header()[0])
            s.expect(RST | ACK)
        s.iss = None

    @case("no memory for a SYN-ACK that is due again: it is not one that was sent")
    def no_memory_segment():
        s = Sender()
        s.syn()
        s.expect(SYN | ACK)
        with Counted("syn-ack-sent", 0), Counted("no-memory"), NoMemory("skbuff_head_cache"):
            NET.pump(1.5)  # due after 1 s, and after 2 more
        s.expect(SYN | ACK)


# --- last, because it moves the device ------------------------------------------------

if not V6:
    @case("in a VRF, a service that leads to 127.0.0.1")
    def vrf():
        run("app", "ip", "link", "add", "red", "type", "vrf", "table", "100")
        neigh = run("app", "ip", "neigh", "show", "10.0.0.9").split()
        run("app", "ip", "link", "set", "red", "up")
        run("app", "ip", "link", "set", "eth0", "master", "red")
        run("app", "ip", "neigh", "replace", "10.0.0.9", "dev", "eth0", "lladdr",
            neigh[neigh.index("lladdr") + 1], "nud", "permanent")
        run("app", "ip", "route", "replace", "default", "via", "10.0.0.9", "vrf", "red")
        sluice("service", "add", "inside", "tcp", "10.0.0.2:8085", "accept-proxy", "trust",
               "10.0.9.0/24", "to", "127.0.0.1:8080", "forward", "local")
        # To this host by another address, all is well there.
        with Counted("syn-ack-sent"), Counted("not-local", 0):
            s = Sender().open()
        with Counted("not-local"), Counted("syn-ack-sent", 0):
            s = Sender(dport=8085)
            s.syn()
            s.quiet("to a SYN in a VRF, for 127.0.0.1")


def before():
    NET.open()
    run("app", "ip", "link", "add", "aside", "type", "dummy", check=False)
    run("app", "ip", "link", "set", "aside", "up")


main(before)
