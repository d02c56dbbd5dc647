# SPDX-License-Identifier: GPL-2.0
"""What a trial module got wrong, one claim each: K4.1 to K4.14. K4.6, K4.7, K4.9 and
K4.10 are cases of inner.py, hostile.py and header.py that say so. K4.15 was of the
bench: which emulated machine boots on a busy host (tests/vm/run).
"""
import errno
import random
import socket
import struct
import time

from wire import (ACK, FIN, NET, PSH, RST, SLOW, SMALL, SYN, App, Counted, Genl,
                  Net, RawApp, Sender, Wrong, arrives, case, case_once, check, connect,
                  farewell, half_open_gone, header, here, ip4, ip6, l4sum, main, netns, o_mss,
                  o_ts, o_ws, pack_ip, pad, run, sluice, stats, sysctl, take, talks, true, was_reset, INFO_FLOWS,
                  INFO_MAX_FLOWS, INFO_MAX_HALF_OPEN_BYTES, M32, SERVICE4, SERVICE6, V6)
import pplib

IP = "ip6" if V6 else "ip"
APP = App()
RAW = RawApp(8082)
GENL = Genl()


class Cookies:
    """with Cookies(): SYNs from 10.0.9.0/24 are answered with cookies"""

    def __enter__(self):
        GENL.set_info(INFO_MAX_HALF_OPEN_BYTES, 65536)
        self.fillers = []
        for _ in range(140):
            s = Sender(src="10.0.9.200")
            s.syn()
            self.fillers.append(s)
        NET.pump(0.2)
        return self

    def __exit__(self, *_):
        for s in self.fillers:
            s.seg(flags=RST, seq=s.at(0))
        GENL.set_info(INFO_MAX_HALF_OPEN_BYTES, 64 << 20)
        half_open_gone(GENL)


@case("K4.1: a cookie is not taken for a sequence number off by 1 to 3")
def k1():
    with Cookies():
        for off in (1, 2, 3, -1):
            head, who = header()
            s = Sender()
            with Counted("cookie-sent"):
                s.syn()
                s.synack()
            with Counted("cookie-accepted", 0):
                s.seg(head[off:] if off > 0 else b"x" + head, ACK | PSH, seq=s.at(off))
                s.quiet(f"to a segment {off} off")
            s.seg()
            s.say(head)
            arrives(APP, s, who)
            NET.clean()


@case("K4.2: data that overtakes the handshake's ACK ends nothing", False)
@case("K4.2: nor when the handshake is in a cookie", True)
def k2(cookie):
    def go():
        head, who = header()
        s = Sender()
        s.syn()
        s.synack()
        s.seg(head[20:], ACK | PSH, seq=s.at(20))
        s.drain(0.1)
        true(not any(x.flags & RST for x in s.inbox), "a reset")
        s.seg()
        s.say(head[:20])
        s.until_ack(s.at(20))
        s.say(head[20:])
        arrives(APP, s, who)
    if cookie:
        with Cookies():
            go()
    else:
        go()


@case("K4.3: a header that names a live connection is refused, which goes on")
def k3():
    client = NET.next_client()
    one, _ = header(client=client)
    s = Sender().open()
    s.say(one)
    conn, _ = APP.accept()
    s.until_ack()
    for _ in range(3):
        with Counted("client-in-use"):
            t = Sender().open()
            t.say(one)
            t.until_rst()
        talks(s, conn)
    APP.lonely("by a header that names a live connection")


def vanish(conn):
    """Not a word to the other side"""
    conn.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR
    conn.close()


@case("K4.3: a connection that the application forgot in silence makes room")
@case("K4.3: one that it answered by a SYN cookie, too", True)
def k3_forgotten(cookies=False):
    old = sysctl("app", tcp_syncookies=2 if cookies else 1)
    client = NET.next_client()
    head, who = header(client=client)
    s = Sender().open()
    s.say(head)
    conn, _ = APP.accept()
    talks(s, conn)
    vanish(conn)
    with Counted("client-in-use", 0), Counted("flows-expired"):
        t = Sender().open()
        t.say(head)
        arrives(APP, t, who)
    sysctl("app", **old)


class Behind(App):
    """with Behind(client): an application to which a REDIRECT leads this client"""

    def __init__(self, client):
        super().__init__(8086)
        self.client = client

    def __enter__(self):
        run("app", "nft", "-f", "-", stdin=f"""
table {IP} away {{
    chain in {{
        type nat hook prerouting priority -100;
        tcp sport {self.client[1]} tcp dport 8080 redirect to :8086
    }}
}}
""")
        return self

    def __exit__(self, *_):
        run("app", "nft", f"delete table {IP} away")
        self.close()


@case("K4.3: a connection whose application is behind a REDIRECT lives, and makes none")
def k3_redirect():
    client = NET.next_client()
    with Behind(client) as behind:
        lives_behind(client, behind)


def lives_behind(client, behind):
    head, _ = header(client=client)
    s = Sender().open()
    s.say(head)
    conn, _ = behind.accept()
    talks(s, conn)
    with Counted("client-in-use"):
        t = Sender().open()
        t.say(head)
        t.until_rst()
    talks(s, conn)


def dismiss(s, conn):
    """The application closes first, and so has its socket in TIME_WAIT"""
    conn.close()
    seg = s.expect(what="FIN")
    while not seg.flags & FIN:
        seg = s.expect(what="FIN")
    s.rcv = (seg.seq + len(seg.data) + 1) % M32
    s.fin()
    s.drain(0.05)
    s.iss = None


@case("K4.3: one whose application sees another address than the client's lives, too")
def k3_snat():
    client = NET.next_client()
    run("app", "nft", "-f", "-", stdin=f"""
table {IP} mask {{
    chain in {{
        type nat hook input priority 100;
        tcp sport {client[1]} tcp dport 8080 snat to {here("10.0.9.99")}
    }}
}}
""")
    head, _ = header(client=client)
    s = Sender().open()
    s.say(head)
    conn, peer = APP.accept()
    check(peer, pplib.show((here("10.0.9.99"), client[1])), "peer")
    talks(s, conn)
    with Counted("client-in-use"):
        t = Sender().open()
        t.say(head)
        t.until_rst()
    talks(s, conn)
    run("app", "nft", f"delete table {IP} mask")


@case_once("K4.3: one whose application is bound to a device lives, whichever the header came by")
def k3_bound():
    run("lb", "ip", "link", "add", "x1", "type", "veth", "peer", "name", "eth1", "netns",
        "app")
    run("lb", "ip", "link", "set", "x1", "up")
    run("app", "ip", "link", "set", "eth1", "up")
    aside = Net().open("x1", "eth1")
    bound = App(8087)
    bound.sock.setsockopt(socket.SOL_SOCKET, 25, b"eth0")  # SO_BINDTODEVICE
    sluice("service", "add", "bound", "tcp", "[fd00::2]:8087", "accept-proxy", "trust",
           "fd09::/64", "forward", "local")
    try:
        head, who = header(v6=True, port=8087)
        s = Sender(v6=True, dport=8087).open()
        s.say(head)
        conn, peer = bound.accept()
        check(peer, who, "peer")
        s.until_ack()
        talks(s, conn)
        # The same header comes by the other device; the answers do by the first.
        t = Sender(v6=True, dport=8087)
        with Counted("client-in-use"):
            aside.send(t.packet(flags=SYN, seq=t.isn))
            t.synack()
            aside.send(t.packet(head, ACK | PSH))
            t.until_rst()
        talks(s, conn)
    finally:
        sluice("service", "del", "bound", "force")
        bound.close()
        run("lb", "ip", "link", "del", "x1")


@case("K4.4: TIME_WAIT at the application makes room, from any sender, 10 times")
def k4():
    client = NET.next_client()
    before = stats()
    for i in range(4 if SMALL else 10):
        head, who = header(client=client)
        s = Sender(ts=bool(i % 2), isn=1000 if i % 3 else None).open()
        s.say(head)
        conn, peer = APP.accept()
        check(peer, who, "peer")
        dismiss(s, conn)
    after = stats()
    true(after["time-wait-recycled"] > before.get("time-wait-recycled", 0), "recycled")


@case("K4.5: timestamps that go back, and TIME_WAIT behind a REDIRECT, where only they help")
def k5_time_wait():
    client = NET.next_client()
    with Behind(client) as behind, Counted("time-wait-recycled", 0), \
            Counted("client-in-use", 0):
        for i, clock in enumerate((2000000000, 1000000000, 5)):
            head, who = header(client=client)
            # Numbers go back too: by them the application would not take it.
            s = Sender(isn=(1 << 31) - i * 1000000)
            s.tsval = clock
            s.open()
            s.say(head)
            conn, peer = behind.accept()
            check(peer, who, "peer")
            talks(s, conn)
            dismiss(s, conn)


@case("K4.5: timestamps that go back from one connection to the next")
def k5():
    client = NET.next_client()
    sport = NET.next_port()
    for clock in (2000000000, 1000000000, 5, 3000000000, 1):
        head, who = header(client=client)
        s = Sender(sport=sport)
        s.tsval = clock
        s.open()
        s.say(head)
        conn, peer = APP.accept()
        check(peer, who, "peer")
        talks(s, conn)
        farewell(s, conn)
        s.drain(0.05)
        s.iss = None


def paws_drops():
    with netns("app"):
        with open("/proc/net/netstat", encoding="ascii") as f:
            lines = f.read().splitlines()
    names, values = lines[0].split(), lines[1].split()
    return int(values[names.index("PAWSEstab")])


@case("K4.8: what is held and what comes after never looks old to the application")
def k8():
    before = paws_drops()
    for _ in range(5 if SMALL else 20):
        head, who = header()
        s = Sender().open()
        body = random.randbytes(9000)
        s.say(head + body[:1000])
        for i in range(1000, 9000, 1000):
            s.say(body[i:i + 1000])
        conn, peer = APP.accept()
        check(peer, who, "peer")
        check(take(conn, 9000), body, "payload")
        NET.clean()
    check(paws_drops() - before, 0, "PAWSEstab")


@case("K4.11: the second connection knows the application's window scale")
def k11():
    for want in (None, 3):
        client = NET.next_client()
        head, _ = header(client=client, port=8082)
        s = Sender(dport=8082)
        s.syn()
        seg = s.synack()
        if want is not None:
            check(seg.opts[3], bytes((want,)), "our scale")
        s.seg()
        s.say(head)
        syn = RAW.expect(client, SYN)
        RAW.send(client, 1, syn.seq + 1, SYN | ACK, opts=pad(
            o_mss() + o_ts(9, syn.ts[0]) + o_ws(3)))
        RAW.expect(client, ACK)
        s.until_ack()
        RAW.send(client, 2, s.nxt, RST | ACK)
        s.until_rst()
        s.iss = None


@case("K4.12: Fast Open, MD5, AO and MPTCP are neither agreed to nor passed on")
def k12():
    for area in (b"\x22\x0aabcdefgh", b"\x13\x12" + bytes(16), b"\x1d\x10" + bytes(14),
                 b"\x1e\x0c\0\x01" + bytes(8)):
        client = NET.next_client()
        head, _ = header(client=client, port=8082)
        s = Sender(dport=8082, ts=False)
        s.syn(opts=pad(o_mss() + area))
        seg = s.recv(1)
        if area[0] in (0x13, 0x1d) and (not seg or seg.flags & RST):
            continue  # refused: as good, for who asks for one of these wants no other
        true(seg, f"silence to option {area[0]}")
        check(seg.flags & (SYN | ACK | RST), SYN | ACK, f"flags of the answer to option {area[0]}")
        check(sorted(seg.opts), [2], f"agreed to after option {area[0]}")
        s.iss, s.rcv, s.nxt = seg.seq, seg.seq + 1, s.at(0)
        s.seg()
        s.say(head)
        syn = RAW.expect(client, SYN)
        check(sorted(syn.opts), [2], f"asked for after option {area[0]}")
        s.rst()
        NET.clean()
        RAW.clean()


@case("K4.13: a service that goes by force resets both legs exactly")
def k13():
    app = App(8083)
    sluice("service", "add", "third", "tcp", pplib.show((SERVICE6 if V6 else SERVICE4, 8083)),
           "accept-proxy", "trust", here("10.0.9.0/24"), "forward", "local")
    head, who = header(port=8083)
    s = Sender(dport=8083).open()
    s.say(head)
    conn, peer = app.accept()
    check(peer, who, "peer")
    s.until_ack()
    talks(s, conn)
    half, _ = header(port=8083)
    t = Sender(dport=8083).open()
    t.say(half[:10])
    t.until_ack()
    sluice("service", "del", "third", "force")
    check(s.until_rst().seq, s.rcv, "number of the reset")
    t.until_rst()
    was_reset(conn)
    s.iss = t.iss = None
    app.close()


@case("K4.14: a header of 4000 bytes of TLVs, in segments of 500")
def k14_long():
    tlvs = [(0xE0 + i % 16, random.randbytes(197)) for i in range(20)]
    client = NET.next_client()
    head, who = header(version=2, tlvs=tlvs, crc=True, client=client)
    true(len(head) > 4000, f"only {len(head)} bytes")
    s = Sender().open()
    for i in range(0, len(head), 500):
        s.say(head[i:i + 500])
        if i + 500 < len(head):
            s.until_ack()
    arrives(APP, s, who)


@case("K4.14: a header over header-max is refused by its length field, at once")
def k14_max():
    with Counted("header-too-long"):
        s = Sender().open()
        s.say(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff")
        s.until_rst()


@case("K4.14: no more than a window is held for an application that is silent")
def k14_hold():
    with Counted("hold-limit", None):
        client = NET.next_client()
        head, _ = header(client=client, port=8082)
        s = Sender(dport=8082).open()
        s.say(head)
        syn = RAW.expect(client, SYN)
        # One byte a segment costs us most.
        for i in range(2000):
            s.seg(b"x", seq=s.at(len(head) + i))
        held = GENL.info()[7]
        true(held <= 4 * 65536 + 8192, f"{held} bytes held for one connection")
    # Where the challenge would tell a sender to reset
    s.seg(flags=RST, seq=s.at(0))
    seg = RAW.recv(client)
    while seg and seg.flags & SYN:
        seg = RAW.recv(client)
    true(seg and seg.flags & RST and seg.seq == (syn.seq + 1) % M32, f"no reset: {seg}")
    s.iss = None
    half_open_gone(GENL, 2)


@case("K4.14: what a header says beside addresses is of its sender's budget")
def k14_tlvs():
    held = []
    for tlvs in ((), ((0xE0, b"x" * 100),)):
        client = NET.next_client()
        head, _ = header(version=2, tlvs=tlvs, client=client, port=8082)
        before = GENL.info()[7]
        s = Sender(dport=8082).open()
        s.say(head)
        RAW.expect(client, SYN)
        held.append(GENL.info()[7] - before)
        s.seg(flags=RST, seq=s.at(0))
        half_open_gone(GENL, 2)
    check(held[1] - held[0], 103, "bytes more")


@case("K4.14: nothing is left of handshakes that were given up")
def k14_nothing():
    half_open_gone(GENL)
    end = time.monotonic() + 3 * SLOW
    while GENL.info()[7] and time.monotonic() < end:
        time.sleep(0.1)
    check(GENL.info()[7], 0, "bytes of half-open handshakes")


# --- past the service to its port -----------------------------------------------------

STRANGER4, STRANGER6 = "10.0.6.1", "fd06::1"


def fragments(packet):
    """A packet in two: all of its TCP header but the options, and the rest"""
    if packet[0] >> 4 == 4:
        head, body = packet[:20], packet[20:]
        return [ip4(head[12:16], head[16:20], body[:24], ident=5, frag=0x2000),
                ip4(head[12:16], head[16:20], body[24:], ident=5, frag=3)]
    body = packet[40:]
    return [ip6(packet[8:24], packet[24:40],
                struct.pack("!BBHI", 6, 0, at | (at == 0), 5) + part, proto=44)
            for at, part in ((0, body[:24]), (24, body[24:]))]


@case_once("a SYN in fragments that nobody is to put together", False, False)
@case_once("the same over IPv6", True, False)
@case_once("the same of a sender that is trusted, over IPv6", True, True)
def bypass_fragments(v6, trusted):
    run("app", "nft", "-f", "-", stdin="""
table inet untrack {
    chain pre {
        type filter hook prerouting priority -450;
        ip frag-off & 0x3fff != 0 notrack
        exthdr frag exists notrack
    }
}
""")
    s = Sender(src=None if trusted else STRANGER6 if v6 else STRANGER4, v6=v6)
    with Counted("untrusted-dropped", int(not trusted)), Counted("bypass-refused", 0):
        for part in fragments(s.packet(flags=SYN, seq=s.isn)):
            NET.send(part)
        if trusted:
            s.expect(SYN | ACK, what="to a SYN in fragments")
        else:
            s.quiet("to a SYN in fragments")
    run("app", "nft", "delete table inet untrack")


def srh(nexthdr, *way):
    """A segment routing header in a packet that has come to the first of its way"""
    return bytes((nexthdr, 2 * len(way), 4, len(way) - 1, len(way) - 1, 0, 0, 0)) + \
        b"".join(reversed(way))


def twice(via, to):
    return srh(43, via, via) + srh(6, via, to)


def rpl(_, to):
    """A header of RPL's: all but the last byte is as in the address before"""
    return bytes((6, 1, 3, 1, 15, 7 << 4, 0, 0)) + to[15:] + bytes(7)


class Routed:
    """with Routed() as via: the application's host goes on by routing headers, at via"""

    def __enter__(self):
        self.switch(1)
        run("app", "ip", "addr", "add", "fd00::3/64", "dev", "eth0", "nodad")
        return pack_ip("fd00::3")

    def __exit__(self, *_):
        self.switch(0)
        run("app", "ip", "addr", "del", "fd00::3/64", "dev", "eth0")

    @staticmethod
    def switch(on):
        for key in ("seg6_enabled", "rpl_seg_enabled"):
            run("app", "sysctl", "-qw", f"net.ipv6.conf.all.{key}={on}",
                f"net.ipv6.conf.eth0.{key}={on}")


@case_once("a SYN whose routing header leads to the service", False)
@case_once("the same of a sender that is trusted", True)
@case_once("a SYN whose second routing header leads to the service", False, twice)
@case_once("a SYN that RPL's routing header leads to the service", False, rpl)
def bypass_route(trusted, route=lambda via, to: srh(6, via, to)):
    s = Sender(src=None if trusted else STRANGER6, v6=True)
    syn = s.packet(flags=SYN, seq=s.isn)[40:]
    with Routed() as via:
        with Counted("bypass-refused"):
            NET.send(ip6(s.a, via, route(via, s.b) + syn, proto=43))
            s.quiet("to a SYN with a routing header")
        # Its way leads somewhere else: none of ours
        with Counted("bypass-refused", 0):
            NET.send(ip6(s.a, via, route(via, pack_ip("fd00::77")) + syn, proto=43))
            s.quiet("to a SYN that goes on")


def datagram(src, dst, sport, dport, data):
    """UDP over IPv6, without the header of that"""
    head = struct.pack("!HHH", sport, dport, 8 + len(data))
    return head + struct.pack("!H", l4sum(src, dst, head + b"\0\0" + data, 17)) + data


@case_once("a datagram whose routing header leads to the service")
def bypass_route_datagram():
    src, to = pack_ip(STRANGER6), pack_ip("fd00::2")
    with netns("app"):
        heard = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    heard.bind(("fd00::2", 8084))
    heard.settimeout(0.3)
    sluice("service", "add", "dgram6", "udp", "[fd00::2]:8084", "accept-proxy", "each",
           "trust", "fd09::/64")
    said = datagram(src, to, 4000, 8084, b"past the service")
    with Routed() as via:
        with Counted("bypass-refused"):
            NET.send(ip6(src, via, srh(17, via, to) + said, proto=43))
            try:
                raise Wrong(f"the application has {heard.recv(99)!r}")
            except TimeoutError:
                pass
        # What is no packet of ours is not judged by what was looked at before.
        with Counted("bypass-refused", 0):
            NET.send(ip6(src, via, srh(58, via, to) + bytes(8), proto=43))
    heard.close()
    sluice("service", "del", "dgram6", "force")


@case("a REDIRECT to the service's port lets by no more than the service does")
def bypass_redirect():
    run("app", "nft", "-f", "-", stdin="""
table IP aside {
    chain pre {
        type nat hook prerouting priority -100;
        tcp dport 9999 redirect to :8080
    }
}
""".replace("IP", IP))
    web, stranger = ("web6", STRANGER6) if V6 else ("web", STRANGER4)
    with Counted("bypass-refused"):
        s = Sender(src=stranger, dport=9999)
        s.syn()
        s.quiet("to a SYN that was redirected")
    sluice("service", "set", web, "untrusted", "reset")
    with Counted("bypass-refused"):
        s = Sender(src=stranger, dport=9999)
        s.syn()
        s.expect(RST | ACK, ack=(s.isn + 1) % M32, what="reset from the port asked")
    sluice("service", "set", web, "untrusted", "pass")
    with Counted("bypass-refused", 0):
        s = Sender(src=stranger, dport=9999).open()
        conn, peer = APP.accept()
        check(peer, pplib.show((stranger, s.sport)), "peer")
    with Counted("bypass-refused"):
        s = Sender(dport=9999)
        s.syn()
        s.expect(RST | ACK, what="a trusted sender, past the service")
    sluice("service", "set", web, "untrusted", "drop")
    run("app", "nft", f"delete table {IP} aside")


# --- how many ---------------------------------------------------------------------------

def ended_flow():
    s, conn, _ = connect(APP)
    farewell(s, conn)
    s.iss = None


@case("connections that are over take no room from those that live, few as may live")
def flow_limit():
    sluice("flow", "flush")
    GENL.set_info(INFO_MAX_FLOWS, 4, 4)
    try:
        with Counted("flow-limit", 0):
            for _ in range(12):
                ended_flow()
            check(GENL.info()[INFO_FLOWS], 0, "connections that live")
            live = []
            for _ in range(4):
                head, who = header()
                live.append(Sender().open())
                live[-1].say(head)
                arrives(APP, live[-1], who)
        with Counted("flow-limit"):
            s = Sender().open()
            s.say(header()[0])
            s.until_rst()
    finally:
        GENL.set_info(INFO_MAX_FLOWS, 1 << 20, 4)
        sluice("flow", "flush")


@case_once("a word of the tool's is no name for a service, whoever asks")
def words():
    trust = GENL.attr(1, pack_ip("::ffff:10.0.9.0")) + GENL.attr(2, bytes((120,)))
    where = GENL.attr(3, bytes((6,))) + GENL.attr(4, pack_ip("::ffff:10.0.0.2")) + \
        GENL.attr(6, struct.pack("H", 99)) + GENL.attr(8, struct.pack("I", 1)) + \
        GENL.attr(9 | 0x8000, trust)
    for name in (b"reset", b"rate", b"help"):
        try:
            GENL.ask(GENL.family, 2, GENL.attr(1, name + b"\0") + where)
        except OSError as e:
            check(e.errno, errno.EINVAL, "errno")
        else:
            raise Wrong(f"a service may be called {name}")
    GENL.ask(GENL.family, 2, GENL.attr(1, b"resets\0") + where)
    sluice("service", "del", "resets")


# --- what only looks like an address --------------------------------------------------------

def star(port):
    sluice("service", "add", "star", "tcp", f"*:{port}", "accept-proxy", "trust",
           "10.0.9.0/24,fd09::/64", "forward", "local")


def mapped_sender():
    star(8090)
    app = App(8090)
    with Counted("bad-packet", 1):
        s = Sender(src="::ffff:a00:905", dport=8090)  # 10.0.9.5
        s.syn()
        s.quiet("to a SYN from an IPv4 address in IPv6")
    with Counted("bad-packet", 0):
        s = Sender(dport=8090).open()
        head, who = header(port=8090)
        s.say(head)
        arrives(app, s, who)
    sluice("service", "del", "star", "force")


def anycast():
    star(8091)
    run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    try:
        s = Sender(dst="fd00::", dport=8091)
        s.syn()
        s.quiet("to a SYN for the subnet's routers")
        s = Sender(dport=8091).open()
        s.rst()
    finally:
        run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")
        sluice("service", "del", "star", "force")


def anycast_client():
    run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    try:
        with Counted("client-refused"):
            s = Sender().open()
            s.say(pplib.v1(("fd00::", 5555), (SERVICE6, 443)))
            s.until_rst()
    finally:
        run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")


if V6:
    case("an IPv4 address in IPv6 is not the sender that IPv4 trusts")(mapped_sender)
    case("an anycast address is nobody's service, as it is nobody's socket")(anycast)
    case("nor is it a client")(anycast_client)


def before():
    NET.open()
    run("app", "nft", "-f", "-", stdin="""
table inet keep {
    chain out {
        type filter hook output priority 0;
        tcp flags & rst == rst tcp sport 8082 meta mark != 0x51 drop
    }
}
""")


main(before)
