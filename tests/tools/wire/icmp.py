# SPDX-License-Identifier: GPL-2.0
"""ICMP errors of both legs: about the right connection, or about none."""
import struct

from wire import (ACK, NET, PSH, SYN, V6, App, Counted, Sender, case, check, connect,
                  csum, header, here, ip4, ip6, l4sum, main, pack_ip, run, silent, take,
                  talks, true, M32)

APP = App()
ROUTER = here("10.0.0.1")
HEAD = 40 if V6 else 20  # of IP
FULL = 1500 - HEAD  # the largest segment
LEAST = 1280 if V6 else 700  # an MTU that a router may have
UNREACH, TIME, BIG = (1, 3, (2, 0)) if V6 else (3, 11, (3, 4))
SOFT = (0, 1, 2, 3, 4, 5, 6) if V6 else (0, 1, 2, 3, 9, 10, 13)
REDIRECT = (137, 0) if V6 else (5, 1)
PROHIBITED = (1, 1) if V6 else (3, 13)


def error(s, kind, code, info, quote, bad=0):
    """An ICMP error from a router on the sender's side"""
    body = struct.pack("!BBHI", kind, code, 0, info) + quote
    src = pack_ip(ROUTER)
    if V6:
        total = l4sum(src, s.b, body, 58) ^ bad
        body = body[:2] + struct.pack("!H", total) + body[4:]
        NET.send(ip6(src, s.b, body, proto=58))
    else:
        body = body[:2] + struct.pack("!H", csum(body) ^ bad) + body[4:]
        NET.send(ip4(src, s.b, body, proto=1))


def quoted(s, seq, size=None):
    """The start of a packet of ours to the sender, as the wire knows it"""
    th = struct.pack("!HHIIBBHHH", s.dport, s.sport, seq % M32, s.nxt, 0x50, ACK, 512, 0,
                     0)
    if V6:
        p = ip6(s.b, s.a, th + bytes(1400))
    else:
        p = ip4(s.b, s.a, th + bytes(1400), frag=0x4000)
    return p[:HEAD + 20 if size is None else size]


def too_big(s, seq, mtu, **kw):
    error(s, *BIG, mtu, quoted(s, seq, **kw))


def fresh(**kw):
    """A connection whose application knows nothing of any path"""
    run("app", "ip", "route", "flush", "cache")
    run("app", "ip", "-6", "route", "flush", "cache")
    return connect(APP, **kw)


def biggest(s, conn, size=20000):
    """The largest segment of an answer, taken whole"""
    conn.sendall(b"m" * size)
    got = most = 0
    while got < size:
        seg = s.recv()
        true(seg, f"{got} of {size} bytes came")
        most = max(most, len(seg.data) + len(seg.raw) + 20)
        if seg.data and seg.seq == s.rcv:
            got += len(seg.data)
            s.rcv = (s.rcv + len(seg.data)) % M32
            s.seg()
    return most


@case("a router says too big: the application's segments shrink")
def shrinks():
    s, conn, _ = fresh()
    check(biggest(s, conn), FULL, "before")
    # It is about something unacknowledged, or it is not believed.
    conn.sendall(b"m" * 1400)
    seg = s.expect()
    with Counted("icmp-translated", None):
        too_big(s, seg.seq, 1300)
    s.drain()  # it may have come again before the error did
    too_big(s, seg.seq, 1300)
    got, early = 0, 0
    while got < 1400:
        seg = s.recv()
        true(seg, "nothing is said again after too big")
        if len(seg.data) + len(seg.raw) + 20 + HEAD > 1300:
            early += 1  # on its way before the error was
            true(early < 4, f"too big: {seg}")
            continue
        if seg.seq == s.rcv:
            got += len(seg.data)
            s.rcv = (s.rcv + len(seg.data)) % M32
            s.seg()
    true(biggest(s, conn) + HEAD <= 1300, "and later ones fit too")
    talks(s, conn)


@case("too big about a number never sent is not believed")
def wrong_number():
    s, conn, _ = fresh(src="10.0.9.40")
    too_big(s, s.rcv + (1 << 20), LEAST)
    too_big(s, s.rcv - (1 << 20), LEAST)
    check(biggest(s, conn), FULL, "after it")


@case("where the legs differ in family, too big is believed of what is under way alone")
def other_family():
    head, who = header(v6=not V6)
    s = Sender(src="10.0.9.50").open()
    s.say(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    full = biggest(s, conn)
    for number in (s.rcv + (1 << 20), s.rcv - (1 << 20), s.rcv - 1, s.rcv + 1):
        too_big(s, number, LEAST)
    NET.pump(0.05)  # a route is asked again when the clock ticks
    check(biggest(s, conn), full, "after wrong numbers")
    conn.sendall(b"m" * 1000)
    seg = s.expect()
    error(s, *BIG, LEAST, quoted(s, seg.seq), bad=0x1234)
    too_big(s, seg.seq, 1310)
    s.rcv = (seg.seq + len(seg.data)) % M32
    s.seg()
    NET.pump(0.05)
    # The application hears of it by what it says next.
    most = biggest(s, conn)
    true(1300 < most + HEAD <= 1310, f"{most} bytes and their header fit 1310")
    talks(s, conn)


@case("too big about another port is not believed")
def wrong_port():
    s, conn, _ = fresh(src="10.0.9.41")
    other = Sender(src="10.0.9.41")
    other.rcv = s.rcv
    too_big(other, s.rcv, LEAST)
    check(biggest(s, conn), FULL, "after it")


@case("quotes truncated at every byte")
def truncated():
    s, conn, _ = fresh(src="10.0.9.42")
    full = HEAD + 20
    with Counted("icmp-translated", 0):
        for size in range(full - 12):
            too_big(s, s.rcv, LEAST, size=size)
            error(s, UNREACH, 4 if V6 else 3, 0, quoted(s, s.rcv, size))
            error(s, TIME, 0, 0, quoted(s, s.rcv, size))
        s.quiet("after truncated errors")
    talks(s, conn)
    for size in range(full - 12, full + 30):
        too_big(s, s.rcv - 1, LEAST, size=size)
    talks(s, conn)


@case("truncated errors while the header comes and while nothing is there")
def truncated_early():
    head, who = header()
    s = Sender(src="10.0.9.43").open()
    s.say(head[:10])
    s.until_ack()
    for size in range(HEAD + 40):
        too_big(s, s.iss, LEAST, size=size)
        error(s, UNREACH, 3, 0, quoted(s, s.iss, size))
    s.quiet("after errors")
    s.say(head[10:])
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    talks(s, conn)


@case("unreachable and prohibited do not end a connection")
def soft():
    s, conn, _ = fresh(src="10.0.9.44")
    for code in SOFT:
        error(s, UNREACH, code, 0, quoted(s, s.rcv - 1))
        error(s, UNREACH, code, 0, quoted(s, s.rcv))
    talks(s, conn)


@case("a redirect is of the sender's way, and tells of no other")
def redirect():
    s, conn, _ = fresh(src="10.0.9.46")
    with Counted("icmp-translated", 0):
        error(s, *REDIRECT, 0x0A000163, quoted(s, s.rcv))
    talks(s, conn)


@case("an error with a wrong checksum stays wrong")
def bad_checksum():
    s, conn, _ = fresh(src="10.0.9.45")
    conn.sendall(b"m" * 1400)
    seg = s.expect()
    error(s, *BIG, LEAST, quoted(s, seg.seq), bad=0x1234)
    s.rcv = (seg.seq + len(seg.data)) % M32
    s.seg()
    check(biggest(s, conn), FULL, "after it")


@case("quotes with odd IP headers: options, a fragment, another protocol, length 0")
def odd_quotes():
    s, conn, _ = fresh(src="10.0.9.46")
    q = quoted(s, s.rcv)
    odd = [bytes((first,)) + q[1:] for first in (0x4F, 0x40, 0x65, 0x05)]
    odd += (b"\0" * 40, b"\xff" * 40)
    if V6:
        odd += (q[:6] + b"\x2c" + q[7:40] + b"\6\0\0\x51abcd" + q[40:],
                q[:6] + b"\x11" + q[7:], q[:6] + b"\0" + q[7:40] + b"\6\xff" + q[42:],
                q[:4] + b"\0\0" + q[6:])
    else:
        odd += (q[:6] + b"\x20\x10" + q[8:], q[:9] + b"\x11" + q[10:],
                q[:2] + b"\0\0" + q[4:])
    for quote in odd:
        error(s, *BIG, LEAST, quote)
        error(s, UNREACH, 3, 0, quote)
    talks(s, conn)


@case("a firewall's error about the sender's data: the sender is told of its own packet")
def inner_error():
    s, conn, _ = fresh(src="10.0.9.47")
    run("app", "nft", "-f", "-", stdin="""
table inet w {
    chain in {
        type filter hook input priority 0;
        tcp dport 8080 tcp flags & psh == psh reject with icmpx admin-prohibited
    }
}
""")
    try:
        with Counted("icmp-translated"):
            at = s.nxt
            s.say(b"forbidden")
            for _ in range(20):
                NET.pump(0.1)
                if NET.errors:
                    break
        true(NET.errors, "no error reached the sender")
        e = NET.errors[0]
        check((e.src, e.dst, e.icmp), (s.dst, s.src, PROHIBITED), "the error")
        true(e.good and e.ip_good, "its checksums")
        check(e.quote[8:40] if V6 else e.quote[12:20], s.a + s.b, "quoted addresses")
        if not V6:
            check(csum(e.quote[:20]), 0, "checksum of the quoted header")
        sport, dport, seq = struct.unpack("!HHI", e.quote[HEAD:HEAD + 8])
        check((sport, dport, seq), (s.sport, s.dport, at), "quoted ports and number")
        silent(conn)
    finally:
        run("app", "nft", "delete table inet w")
    s.seg(b"forbidden", ACK | PSH, seq=at)
    check(take(conn, 9), b"forbidden", "said again, when allowed")


@case("what is too big for the sender's path is told to the application")
def path_shrinks():
    s, conn, _ = fresh(src="10.0.9.48")
    check(biggest(s, conn), FULL, "before")
    run("app", "ip", "route", "add", here("10.0.9.48"), "via", here("10.0.0.9"),
        "mtu", "lock", "1290")
    NET.pump(0.05)  # seen when the clock ticks
    try:
        with Counted("too-big", None):
            true(biggest(s, conn) + HEAD <= 1290, "segments fit the new path")
        talks(s, conn)
    finally:
        run("app", "ip", "route", "del", here("10.0.9.48"))


@case("errors about our own resets and SYN-ACKs harm nobody")
def about_ours():
    s = Sender(src="10.0.9.49")
    s.syn()
    s.synack()
    for code in SOFT:
        error(s, UNREACH, code, 0, quoted(s, s.iss))
    too_big(s, s.iss, LEAST)
    s.seg()
    head, who = header()
    s.say(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    talks(s, conn)


if V6:
    @case("what an authentication header covers is IPsec's, and so are errors about it")
    def authenticated():
        s, conn, _ = fresh(src="10.0.9.51")
        conn.sendall(b"m" * 1000)
        seg = s.expect()
        head = struct.pack("!BBHII", 6, 4, 0, 0x1000, 1) + bytes(12)
        q = quoted(s, seg.seq)
        with Counted("icmp-translated", 0):
            error(s, *BIG, LEAST, q[:6] + b"\x33" + q[7:HEAD] + head + q[HEAD:])
        s.rcv = (seg.seq + len(seg.data)) % M32
        s.seg()
        evil = s.packet(b"evil", ACK | PSH)
        NET.send(ip6(s.a, s.b, head + evil[HEAD:], proto=51))
        silent(conn)
        other = Sender(src="10.0.9.52")
        with Counted("syn-received", 0):
            syn = other.packet(flags=SYN, seq=other.isn)
            NET.send(ip6(other.a, other.b, head + syn[HEAD:], proto=51))
            other.quiet("a SYN behind an authentication header")
        talks(s, conn)


main(NET.open)
