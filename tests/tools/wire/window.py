# SPDX-License-Identifier: GPL-2.0
"""Segments that somebody made up, around the windows of handshakes and of
connections that stand. Until the application has answered, Sluice is the only
TCP that could refuse them; after that it must not make them any better.
"""
import random
import socket

from blast import Blaster
from wire import (ACK, FIN, NET, NOP, PSH, RST, SMALL, SYN, App, Counted, Genl, Net,
                  RawApp, Sender, Wrong, case, check, connect, half_open_gone, header,
                  ip_any, main, many, o_ts, pack_ip, run, silent, sluice, talks, tcp,
                  true, was_reset, M32)
import pplib

APP = App()
RAW = RawApp(8082)
GENL = Genl()
WINDOW = 65535
NEAR = (-M32 // 2, -WINDOW, -WINDOW // 2, -2, -1, 1, 2, WINDOW // 2, WINDOW - 1, WINDOW,
        WINDOW + 1, M32 // 2 - 1)


class Early:
    """A handshake in one of its states, and how it goes on from there"""

    def __init__(self, state):
        self.client = NET.next_client()
        port = 8082 if state == "connect" else 8080
        self.head, self.who = header(client=self.client, port=port)
        self.state = state
        self.s = s = Sender(dport=port)
        NET.to_clean.append(s)
        s.syn()
        s.synack()
        if state == "gather":
            s.say(self.head[:15])
            s.until_ack()
        elif state == "connect":
            s.say(self.head[:15])
            s.until_ack()
            s.say(self.head[15:])
            self.syn = RAW.expect(self.client, SYN, "inner SYN")
        self.acked = s.at(0) if state == "half-open" else s.at(15)

    def challenged(self, what):
        """An odd segment may be answered with a challenge, twice a second at most,
        and with nothing else"""
        seg = self.s.recv(0.05)
        if seg:
            true(seg.flags & 0xFF == ACK and not seg.data and seg.ack == self.acked,
                 f"{what}: {seg}")
        return bool(seg)

    def lives(self):
        s = self.s
        if self.state == "half-open":
            s.say(self.head)
        elif self.state == "gather":
            s.say(self.head[15:])
        else:
            RAW.send(self.client, 999, self.syn.seq + 1, SYN | ACK)
            RAW.expect(self.client, ACK, ack=1000)
            s.until_ack()
            RAW.send(self.client, 1000, s.nxt, RST | ACK)
            s.until_rst()
            s.iss = None
            return
        conn, peer = APP.accept()
        check(peer, self.who, "peer")
        s.until_ack()
        talks(s, conn)


@case("where no cookie was sent, an acknowledgment of nothing is reset, not judged as one")
def no_cookies_yet():
    s = Sender()
    with Counted("no-flow"), Counted("cookie-refused", 0):
        s.seg(ack=4711)
        check(s.expect(RST).seq, 4711, "number of the reset")


@case("resets around the window of a half-open handshake", "half-open")
@case("resets around the window while the header comes", "gather")
@case("resets around the window while the application is asked", "connect")
def early_rst(state):
    for off in NEAR[::2] if SMALL else NEAR:
        e = Early(state)
        number = (e.acked + off) % M32
        if number == e.s.nxt:
            number = (number + 1) % M32
        for flags in (RST, RST | ACK):
            e.s.seg(flags=flags, seq=number)
            got = e.challenged(f"reset at {off}")
            if not 0 <= (number - e.acked) % M32 < WINDOW:
                true(not got, f"answered at {off}")
            elif flags == RST:
                true(got, f"no challenge at {off}")
        e.lives()
        NET.clean()
        RAW.clean()


@case("an exact reset ends a half-open handshake", "half-open")
@case("an exact reset ends the wait for the header", "gather")
@case("an exact reset ends the wait for the application", "connect")
def early_rst_exact(state):
    half_open_gone(GENL)
    e = Early(state)
    e.s.seg(flags=RST, seq=e.s.nxt)
    e.s.quiet("after an exact reset")
    half_open_gone(GENL, 2)


@case("SYNs around the window of a half-open handshake are challenged", "half-open")
@case("SYNs around the window while the header comes are challenged", "gather")
@case("SYNs around the window while the application is asked are challenged", "connect")
def early_syn(state):
    e = Early(state)
    got = 0
    for off in NEAR + (0,):
        number = (e.acked + off) % M32
        if number == e.s.isn:
            continue
        e.s.seg(flags=SYN, seq=number, opts=b"")
        got += e.challenged(f"SYN at {off}")
    true(0 < got < len(NEAR), f"{got} challenges: some, but not one for each")
    e.lives()


@case("data with a wrong acknowledgment: nothing is taken half-open", "half-open")
@case("data with a wrong acknowledgment: nothing is taken of a header", "gather")
@case("data with a wrong acknowledgment: nothing is held", "connect")
def early_bad_ack(state):
    with Counted("ack-invalid", 9):
        e = Early(state)
        for off in (-M32 // 2, -65536, -2, -1, 1, 2, 1000, 65536, M32 // 2 - 1):
            ack = (e.s.rcv + off) % M32
            e.s.seg(b"evil", ACK | PSH, seq=e.s.nxt, ack=ack)
            if state == "half-open":
                check(e.s.expect(RST).seq, ack, "number of a reset it believes")
            else:
                e.challenged(f"data with ack {off}")
        e.lives()


@case("data with an older timestamp or a forged echo: nothing is taken", "half-open")
@case("old timestamps and forged echoes while the header comes", "gather")
@case("old timestamps and forged echoes while the application is asked", "connect")
def early_bad_ts(state):
    with Counted("paws-rejected", 5):
        e = Early(state)
        s = e.s
        for val, ecr in ((s.tsval - 1, s.tsecr), (s.tsval - M32 // 2 + 1, s.tsecr),
                         (s.tsval, s.tsecr + 10**6), (s.tsval, s.tsecr - 10**6)):
            s.seg(b"evil", ACK | PSH, opts=NOP * 2 + o_ts(val, ecr))
        s.seg(b"evil", ACK | PSH, opts=b"")
        s.drain(0.1)
        e.lives()


@case("data around the window's edges: none of it is taken for the header", "gather")
@case("data around the window's edges: none of it is given to the application", "connect")
def early_data(state):
    e = Early(state)
    for off in (-M32 // 2, -WINDOW, -100, WINDOW - 3, WINDOW, WINDOW + 1, M32 // 2 - 10):
        e.s.seg(b"evil", ACK | PSH, seq=(e.acked + off) % M32)
        e.challenged(f"data at {off}")
    e.lives()


@case("no flags, every flag, FIN alone: nothing happens to a handshake")
def early_flags():
    e = Early("gather")
    for flags in (0, FIN, PSH, FIN | PSH | 32, 0xFF & ~RST, SYN | FIN, SYN | ACK):
        e.s.seg(b"evil", flags)
        e.s.drain(0.05)
    e.lives()


# --- connections that stand -----------------------------------------------------------------

def state_of(who):
    for line in sluice("flow", "show").splitlines():
        if who in line:
            return line
    raise Wrong(f"no flow of {who}")


@case("resets around the window of a connection: only the exact one ends it")
def rst():
    s, conn, who = connect(APP)
    for off in NEAR:
        s.seg(flags=RST, seq=(s.nxt + off) % M32)
        s.seg(flags=RST | ACK, seq=(s.nxt + off) % M32)
        s.drain(0.02)
    true("established" in state_of(who), "the flow stands: " + state_of(who))
    talks(s, conn)
    s.rst()
    was_reset(conn)
    s.iss = None


@case("SYNs around the window of a connection change nothing")
def syn():
    s, conn, _ = connect(APP)
    got = []
    for off in NEAR + (0,):
        s.seg(flags=SYN, seq=(s.nxt + off) % M32)
        got += s.drain(0.02)
    true(got, "not one was challenged")
    for seg in got:
        check((seg.flags, seg.seq, seg.ack), (ACK, s.rcv, s.nxt), "challenge")
        # It must not close the window of a connection that lives.
        true(seg.win, f"the challenge's window is closed: {seg}")
    talks(s, conn)


@case("data with unacceptable acknowledgments reaches nobody")
def bad_ack():
    s, conn, _ = connect(APP)
    for off in (1, 2, 1000, 1 << 20, M32 // 2 - 1, -M32 // 2, -(1 << 30)):
        s.seg(b"evil", ACK | PSH, ack=(s.rcv + off) % M32)
        s.drain(0.02)
    silent(conn)
    talks(s, conn)


@case("data with old timestamps reaches nobody")
def paws():
    s, conn, _ = connect(APP)
    talks(s, conn)
    for back in (1000, 1 << 20, (1 << 31) - 10):
        s.seg(b"evil", ACK | PSH, opts=NOP * 2 + o_ts(s.tsval - back, s.tsecr))
        s.drain(0.02)
    silent(conn)
    talks(s, conn)


@case("FINs outside the window do not end the flow")
def far_fin():
    s, conn, who = connect(APP)
    for off in (-1000, 1 << 20, M32 // 2 - 1):
        s.seg(flags=FIN | ACK, seq=(s.nxt + off) % M32)
        s.drain(0.02)
    talks(s, conn)
    true("established" in state_of(who), "the flow stands: " + state_of(who))


@case("SYNs while the ends are under way are challenged; after them one begins anew")
def syn_closing():
    s, conn, who = connect(APP)
    conn.shutdown(socket.SHUT_WR)
    seg = s.expect(FIN | ACK)
    s.fin()  # which does not acknowledge the application's
    check(conn.recv(1), b"", "the application's end of stream")
    s.until_ack()
    true("closing" in state_of(who), "both ends are known: " + state_of(who))
    for seq in (s.nxt - 1, s.nxt, s.nxt + 1, s.nxt + (1 << 20), s.nxt - (1 << 20)):
        bad = bytearray(s.packet(flags=SYN, seq=seq % M32, opts=b""))
        bad[-4] ^= 0x55  # the checksum
        with Counted("bad-packet"):
            NET.send(bytes(bad))
        s.seg(flags=SYN, seq=seq % M32)
        for got in s.drain(0.02):
            true(got.flags & (SYN | RST) == 0, f"a SYN that anybody could send: {got}")
    check(s.recv().flags & FIN, FIN, "the application's end, said again")
    s.rcv = (seg.seq + 1) % M32
    s.seg()
    s.drain(0.05)
    # The application may yet wait in TIME_WAIT, and hear that again.
    s.seg(flags=ACK | FIN, seq=s.nxt - 1)
    s.until_ack()
    s.isn = (s.nxt + 100000) % M32
    s.iss = None
    s.syn()
    s.synack()


@case("guessed data, then a reset at its end, then a SYN: the connection stands")
def guessed_steps():
    s, conn, who = connect(APP)
    for far in (1 << 20, 1 << 30, M32 // 2 - 100):
        at = (s.nxt + far) % M32
        s.seg(b"evil", ACK | PSH, seq=at, ack=s.rcv + 12345, opts=b"")
        s.seg(flags=RST, seq=(at + 4) % M32)
        s.seg(flags=RST | ACK, seq=at)
        s.seg(flags=FIN | ACK, seq=at, ack=s.rcv + 12345, opts=b"")
        s.seg(flags=RST, seq=(at + 1) % M32)
        s.seg(flags=SYN, seq=at)
        s.drain(0.05)
    true("established" in state_of(who), "the flow stands: " + state_of(who))
    talks(s, conn)


@case("a flood of guesses from off the path: no reset, no byte, no wrong step")
def off_path():
    count = many("PROBES", 100000, 10000)
    s, conn, who = connect(APP)
    rnd = random.Random(1)
    b = Blaster()
    while b.sent < count:
        unit = min(count - b.sent, 100000) // 4
        # Numbers in and around the window; not the exact one, which is no guess.
        near = [(s.nxt + rnd.choice((-1, 1)) * (1 + rnd.randrange(200000))) % M32
                for _ in range(unit)]
        # Linux takes an old ACK of as much as its largest window: stay clear of it.
        far = [(s.rcv + (1 << 30) + rnd.randrange(1 << 31)) % M32 for _ in range(unit)]
        for flags, data in ((RST, b""), (RST | ACK, b""), (SYN, b""), (ACK | PSH, b"evil")):
            b.blast(s.packet(data, flags, opts=b"", seq=0, ack=1 if flags & ACK else 0), 4,
                    [n.to_bytes(4, "big") + (a.to_bytes(4, "big") if flags & ACK else bytes(4))
                     for n, a in zip(near, far)])
            NET.pump()
            s.inbox.clear()
            NET.strays.clear()
    s.drain(0.2)
    silent(conn)
    true("established" in state_of(who), "the flow stands: " + state_of(who))
    talks(s, conn)
    b.close()


@case("a flood of guesses while the header comes: no reset, no byte")
def off_path_early():
    count = many("PROBES_EARLY", 20000, 2000)
    e = Early("gather")
    s = e.s
    rnd = random.Random(2)
    b = Blaster()
    unit = count // 4
    near = [(s.nxt + rnd.choice((-1, 1)) * (1 + rnd.randrange(100000))) % M32
            for _ in range(unit)]
    for flags, data in ((RST, b""), (SYN, b""), (ACK | PSH, b"evil"), (ACK | FIN, b"")):
        b.blast(s.packet(data, flags, opts=b"", seq=0, ack=1 if flags & ACK else 0), 4,
                [n.to_bytes(4, "big") + rnd.randbytes(4) for n in near])
        NET.pump()
    check(b.sent, 4 * unit, "guesses sent")
    s.drain(0.2)
    e.lives()
    b.close()


@case("who claims to be the client of a connection, off the wire, is dropped")
def spoofed_client():
    s, conn, who = connect(APP)
    host, port = pplib.endpoint(who)
    fake = Sender(src=host, sport=port)
    with Counted("spoofed", 4):
        fake.seg(b"evil", ACK | PSH, seq=s.nxt, ack=s.rcv, opts=b"")
        fake.seg(flags=RST, seq=s.nxt)
        fake.syn()
        fake.seg(flags=FIN | ACK, seq=s.nxt, ack=s.rcv)
    silent(conn)
    talks(s, conn)


def as_application(s, who):
    """What the application could say to its client: data, the end, a reset"""
    host, port = who.rsplit(":", 1)
    client = pack_ip(host.strip("[]"))
    return [ip_any(s.b, client, tcp(s.b, client, s.dport, int(port), s.rcv, s.nxt, flags,
                                    1000, b"", data))
            for flags, data in ((ACK | PSH, b"evil"), (ACK | FIN, b""), (RST | ACK, b""))]


@case("what is forwarded in the application's name does not get to the sender (IPv6)")
def spoofed_forward():
    s, conn, who = connect(APP, v6=True)
    run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    with Counted("spoofed", 3):
        for packet in as_application(s, who):
            NET.send(packet)
        s.quiet("to what is forwarded")
    run("app", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")
    talks(s, conn)


@case("what is bridged in the application's name goes where it was going", False)
@case("nor over IPv6 does it get to the sender", True)
def spoofed_bridge(v6):
    s, conn, who = connect(APP, v6=v6)
    run("app", "ip", "link", "add", "br9", "type", "bridge", "forward_delay", "0")
    for i in "12":
        run("lb", "ip", "link", "add", f"x{i}", "type", "veth", "peer", "name", f"p{i}",
            "netns", "app")
        run("lb", "ip", "link", "set", f"x{i}", "up")
        run("app", "ip", "link", "set", f"p{i}", "up", "master", "br9")
    run("app", "ip", "link", "set", "br9", "up")
    try:
        run("app", "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1",
            "net.bridge.bridge-nf-call-ip6tables=1")
        near, far = Net().open("x1"), Net().open("x2")
        near.app_mac = far.mac
        for packet in as_application(s, who):
            near.send(packet)
            far.pump(1)
        s.quiet("to what is bridged")
        check([x.flags for x in far.strays], [ACK | PSH, ACK | FIN, RST | ACK],
              "what came out of the bridge")
        talks(s, conn)
    finally:
        for i in "12":
            run("lb", "ip", "link", "del", f"x{i}")
        run("app", "ip", "link", "del", "br9")


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
