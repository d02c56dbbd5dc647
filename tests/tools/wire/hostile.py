# SPDX-License-Identifier: GPL-2.0
"""Who sends what no good sender would, and a lot of it."""
import contextlib
import functools
import os
import random
import socket
import struct
import time

from blast import Blaster
from budget import Cap, Cookies
from collide import client_ports, sender_ports
from good import Good
from wire import (ACK, NET, PSH, RST, SLOW, SMALL, SYN, V6, App, Counted, Genl, Sender, arrives,
                  case, case_once, check, connect, half_open_gone, header, here, main,
                  many, netns, pack_ip, run, silent, sluice, stats, take, talks, true,
                  INFO_HALF_OPEN, INFO_HALF_OPEN_BYTES, M32)
import pplib

APP = App()
PASS = App(8084)
GENL = Genl()
CAP = 2 << 20


def numbers(rnd, count, width):
    blob = rnd.randbytes(count * width)
    return [blob[i:i + width] for i in range(0, count * width, width)]


def chunks(total, size):
    while total > 0:
        yield min(size, total)
        total -= size


# --- cookies ------------------------------------------------------------------------------

@case("cookies carry a connection, with timestamps and without", True)
@case("cookies carry a connection without timestamps", False)
def cookie(ts):
    with Cookies() as full:
        for body in (b"", b"with payload"):
            full.fill()
            head, who = header()
            s = Sender(ts=ts)
            with Counted("cookie-sent"):
                s.syn()
                seg = s.synack()
                true(bool(seg.ts) == ts, f"timestamps of the cookie: {seg}")
            with Counted("cookie-accepted"):
                s.say(head + body)
                conn, peer = APP.accept()
            check(peer, who, "peer")
            check(take(conn, len(body)), body, "payload") if body else None
            talks(s, conn)
            conn.sendall(b"c" * 30000)
            check(len(s.read(30000)), 30000, "a longer answer")
            NET.clean()


@case("a real TCP connects by a cookie")
def cookie_real():
    with Cookies():
        client, service = NET.next_client(), (here("10.0.0.2"), 8080)
        with Counted("cookie-accepted"), Counted("cookie-sent"):
            with netns("lb"):
                real = socket.create_connection(service, timeout=10)
            real.sendall(pplib.v2(client, service))
            conn, peer = APP.accept()
        check(peer, pplib.show(client), "peer")
        blob = random.randbytes(200000)
        conn.settimeout(10)
        real.setblocking(False)
        sent, got = 0, b""
        while len(got) < len(blob):
            try:
                sent += real.send(blob[sent:sent + 30000])
            except BlockingIOError:
                pass
            got += conn.recv(65536)
        check(got, blob, "payload")
        real.close()


@case("a cookie is good for its tuple and its sequence number alone")
def cookie_tuple():
    with Cookies():
        s = Sender()
        s.syn()
        s.synack()
        with Counted("cookie-accepted", 0):
            other = Sender(src="10.0.9.2", sport=s.sport)
            other.isn, other.iss, other.rcv, other.tsecr = s.isn, s.iss, s.rcv, s.tsecr
            other.nxt = s.nxt
            other.seg()
            other.quiet("to a cookie of another address")
            third = Sender()
            third.isn, third.iss, third.rcv, third.tsecr = s.isn, s.iss, s.rcv, s.tsecr
            third.nxt = s.nxt
            third.seg()
            third.quiet("to a cookie of another port")
            for off in range(1, 9):
                s.seg(ack=(s.rcv + off) % M32)
                s.seg(seq=(s.nxt + off) % M32)
            s.quiet("to a cookie with another number")


@case("blind acknowledgments while cookies are sent: none is taken")
def blind():
    count = many("BLIND", 1 << 20, 1 << 14)
    rnd = random.Random(3)
    with Cookies():
        before = stats()
        b = Blaster()
        for ts, share in ((False, count // 2), (True, count // 2)):
            s = Sender(src="10.0.9.9", ts=ts)
            head, _ = header()
            # With the header in it, it would be a connection at once.
            p = s.packet(head, ACK | PSH, seq=1, ack=1)
            # A queue between two namespaces has room for a thousand: where one of them
            # is not given its processor the rest is lost, and has to be made up for.
            begun, judged = stats().get("cookie-refused", 0), 0
            while judged < share and b.sent < 8 * count:
                some = min(share - judged, 1 << 16)
                fields = [(4, numbers(rnd, some, 8))]
                if ts:
                    fields.append((24, numbers(rnd, some, 8)))
                # Cookies are looked for as long as some may be on their way.
                Sender(src="10.0.9.8").syn()
                b.blast(p, 0, [b""] * some, fields)
                NET.pump()
                judged = stats().get("cookie-refused", 0) - begun
        true(b.sent >= count, f"only {b.sent} of {count} guesses were sent")
        after = stats()
        check(after.get("cookie-accepted", 0) - before.get("cookie-accepted", 0), 0,
              "guesses taken")
        judged = after["cookie-refused"] - before.get("cookie-refused", 0)
        true(judged >= count * 99 // 100, f"only {judged} of {count} guesses came this far")
        APP.lonely("by a guess")
        b.close()
        # Another network's cookies are good all the while.
        head, who = header()
        s = Sender(src="10.0.7.1")
        s.syn()
        s.synack()
        s.say(head)
        arrives(APP, s, who)


@case("wrong guesses in its name do not keep a sender with timestamps out")
def blind_name():
    rnd = random.Random(6)
    with Cookies():
        b = Blaster()
        guess = Sender(src="10.0.9.9", ts=False).packet(b"", ACK, seq=1, ack=1)
        head, who = header()
        s = Sender(src="10.0.9.9")
        with Counted("cookie-accepted"):
            s.syn()
            s.synack()
            b.blast(guess, 4, numbers(rnd, 3000, 8))
            s.say(head)
            arrives(APP, s, who)
        b.close()


GUESSES = 1000  # OPEN_GUESSES: so many a second may be wrong


@case("after a thousand wrong guesses no cookie of that network is taken for a second")
def blind_limit():
    # More than the limit: two processors may lose a count to each other.
    guesses = GUESSES + 200
    with Cookies():
        b = Blaster()
        guess = Sender(src="10.0.9.9", ts=False).packet(b"", ACK, seq=1, ack=1)
        head, who = header()
        for _ in range(20):
            s = Sender(ts=False)
            s.syn()
            s.synack()
            before = stats()
            # The module's second begins with a tick of the clock, which may be later.
            time.sleep(1.05 - time.monotonic() % 1)
            start = int(time.monotonic())
            b.blast(guess, 4, numbers(random.Random(7), guesses, 8))
            s.seg(head, ACK | PSH)
            # Else the next second had begun, and it was rightly taken.
            if time.monotonic() < start + 1:
                break
        else:
            true(False, "a second is enough for so many guesses")
        s.quiet("to a cookie after so many guesses")
        after = stats()
        check(after.get("cookie-accepted", 0), before.get("cookie-accepted", 0), "cookies taken")
        check(after["cookie-refused"] - before.get("cookie-refused", 0), guesses + 1, "refused")
        time.sleep(max(0, start + 1.05 - time.monotonic()))
        with Counted("cookie-accepted"):
            s.say(head)
            arrives(APP, s, who)
        b.close()


# --- floods -----------------------------------------------------------------------------------

DEBUG = os.environ.get("KERNEL_NAME") in ("debug", "debug-smp")


def slab():
    with open("/proc/meminfo", encoding="ascii") as f:
        for line in f:
            if line.startswith("Slab:"):
                return int(line.split()[1]) * 1024
    return 0


def early_slab():
    """Bytes of handshakes that there is memory for, not counting what a debug kernel
    puts around each; 0 where their cache is one with others"""
    try:
        with open("/sys/kernel/slab/slc_early/object_size", encoding="ascii") as f:
            size = int(f.read())
    except FileNotFoundError:
        return 0
    with open("/proc/slabinfo", encoding="ascii") as f:
        for line in f:
            if line.startswith("slc_early "):
                return int(line.split()[2]) * size
    return 0


class Memory:
    """with Memory(): half-finished handshakes never take more than CAP. Good is to end
    before it does."""

    def __enter__(self):
        self.cap = Cap(CAP)
        self.cap.__enter__()
        self.most = 0
        self.slab = slab()
        return self

    def look(self):
        self.most = max(self.most, GENL.info()[INFO_HALF_OPEN_BYTES])

    def __exit__(self, kind, *_):
        grew = slab() - self.slab
        early = early_slab()
        self.cap.__exit__()
        sluice("flow", "flush")
        half_open_gone(GENL)
        if kind:
            return
        true(self.most > CAP - 65536, f"the budget was never used up: {self.most} bytes")
        true(self.most <= CAP + 65536, f"{self.most} bytes at most, the cap is {CAP}")
        # What was dropped goes when a grace period has passed. Beside handshakes, each
        # good connection leaves a flow, a socket in TIME_WAIT and its port, 1.2 to
        # 1.8 KB. On a debug kernel all have more around them, KASAN keeps for a while
        # what is free, and grace periods wait for a clock that stands still: 15 MiB
        # were seen.
        most = CAP + (1 << 20) + 2048 * Good.calls
        if DEBUG:
            most = 4 * CAP + (16 << 20)
        else:
            true(early <= CAP + (1 << 20), f"handshakes have {early} bytes, the cap is {CAP}")
        print(f"# slab grew by {grew}, {most} would do; handshakes {early}")
        true(grew < most, f"slab grew by {grew}, more than {most}")


def case_flood(text):
    """One that takes half a minute where a processor is emulated, a whole one on a debug
    kernel: for IPv6, too, where neither is, or if there is time"""
    return (case_once if SMALL and os.environ.get("KERNEL_NAME") != "uml" else case)(text)


GOOD = "a hundred good connections a second go through"
# The flood comes in so many parts, and takes three seconds at least.
PARTS, PAUSE = 150, 0.02


@case_flood("a flood of SYNs: memory under its cap, " + GOOD)
def syn_flood():
    count = many("FLOOD", 100000, 10000)
    nets = flooding_networks()
    rnd = random.Random(4)
    b = Blaster()
    with Memory() as memory, Counted("cookie-sent", None), Good(APP):
        for i, some in enumerate(chunks(count, min(1000, count // PARTS))):
            # One network would leave half of the room to others.
            s = Sender(src=f"10.0.{nets[i % 2]}.{i % 200 + 10}", ts=False)
            ports = [struct.pack("!H", 1024 + j) for j in range(some)]
            b.blast(s.packet(flags=SYN, seq=0), 0, [], [(0, ports),
                                                        (4, numbers(rnd, some, 4))])
            memory.look()
            NET.pump()
            NET.forget()
            time.sleep(PAUSE)
    check(b.sent, count, "SYNs sent")
    b.close()


def two_networks():
    """The N of two 10.0.N.0/24 that take all of the room together, as each may have half"""
    cap = 65536
    with Cap(cap):
        for i in range(200):
            Sender(src=f"10.0.9.{i + 10}", ts=False).syn()
        NET.pump(0.1)
        info = GENL.info()
        one = info[INFO_HALF_OPEN_BYTES] // info[INFO_HALF_OPEN]
        true(cap // 2 - one < info[INFO_HALF_OPEN_BYTES] <= cap // 2,
             f"one network has {info[INFO_HALF_OPEN_BYTES]} of {cap} bytes")
        # By chance, one of 256, a network shares what the first one has.
        for n in (8, 7):
            s = Sender(src=f"10.0.{n}.10")
            s.syn()
            s.synack()
            if GENL.info()[INFO_HALF_OPEN] > info[INFO_HALF_OPEN]:
                break
        check(GENL.info()[INFO_HALF_OPEN], info[INFO_HALF_OPEN] + 1, "handshakes, with another's")
    sluice("flow", "flush")
    half_open_gone(GENL)
    return 9, n


flooding_networks = functools.cache(two_networks)


@case("one network takes half of the room for handshakes, the rest is for others")
def half_of_it():
    two_networks()


def answered(s, some):
    """Ports and numbers of so many SYN-ACKs to a sender"""
    l4 = 14 + (40 if V6 else 20)
    heard = []
    end = time.monotonic() + 0.05
    while len(heard) < some and time.monotonic() < end:
        try:
            NET.raw.settimeout(0.05)
            f = NET.raw.recv(200)
        except (BlockingIOError, TimeoutError):
            break
        if f[l4 + 13:l4 + 14] == bytes([SYN | ACK]) and f[14:l4].endswith(s.a):
            heard.append((f[l4 + 2:l4 + 4], f[l4 + 4:l4 + 8]))
            end = time.monotonic() + 0.05
    return heard


@contextlib.contextmanager
def header_timeout(seconds):
    """Half a header is waited for so long meanwhile"""
    service = "web6" if V6 else "web"
    sluice("service", "set", service, "header-timeout", str(seconds))
    try:
        yield
    finally:
        sluice("service", "set", service, "header-timeout", "3")


@case_flood("half headers by the many: memory under its cap, " + GOOD)
def half_headers():
    count = many("HALF", 100000, 10000)
    nets = flooding_networks()
    half = header()[0][:25]
    done = 0
    b = Blaster()
    # They are not to go by themselves.
    with (header_timeout(30), Memory() as memory, Counted("half-open-evicted", None),
          Good(APP)):
        for i, some in enumerate(chunks(count, min(1000, count // PARTS))):
            s = Sender(src=f"10.0.{nets[i % 2]}.{i % 200 + 10}", ts=False, isn=7000)
            first = 1024 + i // 200 * 1000
            ports = [struct.pack("!H", first + j) for j in range(some)]
            b.blast(s.packet(flags=SYN, seq=s.isn), 0, ports)
            heard = answered(s, some)
            if heard:
                isns = [struct.pack("!I", (int.from_bytes(q, "big") + 1) % M32)
                        for _, q in heard]
                b.blast(s.packet(half, ACK | PSH, seq=s.at(0), ack=1, opts=b""), 0, [],
                        [(0, [p for p, _ in heard]), (8, isns)])
                done += len(heard)
            memory.look()
            NET.pump()
            NET.forget()
            time.sleep(PAUSE)
    b.close()
    true(done > count * 9 // 10, f"only {done} half headers of {count}")
    APP.lonely("by half a header")


@case("senders that are not trusted are not answered, and take no memory")
def untrusted():
    count = 2000
    s = Sender(src="10.0.6.1")
    rnd = random.Random(5)
    b = Blaster()
    half_open_gone(GENL)
    room, early = slab(), early_slab()
    with Counted("untrusted-dropped", 3 * count):
        for flags in (SYN, ACK, ACK | PSH):
            b.blast(s.packet(b"PROXY" if flags & PSH else b"", flags, ack=1, seq=1), 4,
                    numbers(rnd, count, 8))
        info = GENL.info()
        check((info[INFO_HALF_OPEN], info[INFO_HALF_OPEN_BYTES]), (0, 0), "handshakes, bytes")
    # A slab of 4 KiB is the least that a cache can grow by, 64 bytes a packet were 384 KiB.
    # The packets themselves are free, but KASAN keeps them for a while: up to 2 KiB each.
    true(early_slab() <= early, f"{early_slab() - early} bytes more for handshakes")
    grew = slab() - room
    print(f"# slab grew by {grew}")
    true(grew < (256 << 10) + (3 * count * 2048 if DEBUG else 0), f"slab grew by {grew}")
    b.close()
    s.quiet("to a sender that is not trusted")


@contextlib.contextmanager
def at_once():
    """What is sent arrives together, some 64 packets before anything else runs"""
    run("lb", "tc", "qdisc", "replace", "dev", "eth0", "root", "netem", "limit", "10000",
        "slot", "300ms", "300ms")
    try:
        yield
    finally:
        run("lb", "tc", "qdisc", "del", "dev", "eth0", "root")


def all_answered(s, count):
    """Port and number of so many SYN-ACKs"""
    heard = {}
    end = time.monotonic() + 2 * SLOW
    while len(heard) < count and time.monotonic() < end:
        NET.pump(0.1)
        heard.update((seg.dport, seg.seq) for seg in NET.strays
                     if seg.flags & SYN and seg.dst == s.src)
        NET.strays.clear()
    check(len(heard), count, "SYNs answered")
    return heard


# Of the kernel's hash tables a chain takes 16. If one is full all goes into another
# table, by another secret, and if it is full there too, nothing goes in.
@case_once("tuples that collide where a hash has no secret: none is refused", False)
@case_once("tuples of IPv6 clients that do: none is refused", True)
def collide(v6):
    count = 96
    me, client = ("fd00::2", "2001:db8:c::7") if v6 else ("10.0.0.2", "203.0.113.7")
    # A port that is none of theirs: what comes to it would be in its inbox.
    s = Sender(src="10.0.9.91", sport=1000, ts=False, isn=7000)
    senders = sender_ports(count, 8, s.src, s.dst, 8080)
    clients = client_ports(count, 8, client, me, 8080)
    head = pplib.v2((client, 0), (me, 8080))
    half_open_gone(GENL)
    b = Blaster()
    with Counted("no-memory", 0), Counted("flows-opened", count):
        with at_once():
            b.blast(s.packet(flags=SYN, seq=s.isn), 0,
                    [struct.pack("!H", p) for p in senders])
            heard = all_answered(s, count)
        with at_once():
            # Behind the addresses of the header, the client's port
            b.blast(s.packet(head, ACK | PSH, seq=s.at(0), ack=1, opts=b""), 0, [], [
                (0, [struct.pack("!H", p) for p in senders]),
                (8, [struct.pack("!I", (heard[p] + 1) % M32) for p in senders]),
                (20 + 16 + 2 * len(pack_ip(client)),
                 [struct.pack("!H", p) for p in clients])])
            peers = {APP.accept()[1] for _ in clients}
    check(peers, {pplib.show((client, p)) for p in clients}, "peers")
    b.close()
    sluice("flow", "flush")


# --- whose name is it -------------------------------------------------------------------------

MARTIANS4 = ("127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3", "224.0.0.1",
             "239.255.255.255", "240.0.0.1", "255.255.255.255", "10.0.0.255", "10.0.0.2",
             "10.99.0.1")
MARTIANS6 = ("::", "::1", "fe80::1", "febf::1", "ff02::1", "ff0e::1", "fd00::2",
             "fd99::1", "::ffff:127.0.0.1", "::ffff:224.0.0.1", "::ffff:10.0.0.2",
             "::ffff:0.0.0.0", "::ffff:255.255.255.255")


@case("K4.9: v1 headers that name who is no client: refused, and no such packet", 1)
@case("K4.9: v2 headers that name who is no client: refused, and no such packet", 2)
def martians(version):
    names = MARTIANS6 if V6 else MARTIANS4
    dst = (here("10.0.0.2"), 8080)
    run("app", "nft", "-f", "-", stdin="""
table inet w {
    chain in {
        type filter hook input priority 0;
        tcp dport 8080 ip saddr != { 10.0.6.0/24, 10.0.7.0/24, 10.0.8.0/24, 10.0.9.0/24 } counter
        tcp dport 8080 ip6 saddr != fd09::/64 counter
    }
}
""")
    try:
        before = stats()
        for name in names:
            make = pplib.v1 if version == 1 else pplib.v2
            s = Sender().open()
            s.say(make((name, 4444),
                       ("::ffff:10.0.0.2", 8080) if "::ffff:" in name else dst))
            s.until_rst()
            s.iss = None
        s = Sender().open()
        s.say(pplib.v1((NET.next_client()[0], 0), dst))
        s.until_rst()
        after = stats()
        counted = after["client-refused"] - before.get("client-refused", 0)
        check(counted, len(names) + 1, "headers refused")
        rules = run("app", "nft", "list", "table", "inet", "w")
        check(rules.count("counter packets 0 bytes 0"), 2, "counters of nobody: " + rules)
        APP.lonely("by a client that cannot be")
    finally:
        run("app", "nft", "delete table inet w")


@case("a header that names a plain connection: refused, the connection unharmed")
def names_plain():
    live = Sender(src="10.0.6.5", dport=8084).open()
    conn, peer = PASS.accept()
    plain = live.src, live.sport
    check(peer, pplib.show(plain), "peer of the plain connection")
    talks(live, conn)
    head, _ = header(client=plain, port=8084)
    run("app", "nstat", "-n")
    for _ in range(3):
        with Counted("client-in-use"):
            s = Sender(dport=8084).open()
            s.say(head)
            s.until_rst()
        talks(live, conn)
    silent(conn)
    # Not even a SYN came to it.
    got = run("app", "nstat", "-z", "TcpExtTCPSYNChallenge")
    check(got.split()[-2:], ["0", "0.0"], "SYNs challenged by the application's TCP")


@case("two senders finish headers of one client at once: one gets through")
def two_senders():
    head, who = header()
    pair = [Sender(src=f"10.0.9.{i}").open() for i in (61, 62)]
    for s in pair:
        s.say(head[:-1])
        s.until_ack()
    for s in pair:
        s.say(head[-1:])
    conn, peer = APP.accept()
    check(peer, who, "peer")
    APP.lonely("a second time")
    resets = []
    for s in pair:
        got = s.drain(0.1)
        if any(x.flags & RST for x in got):
            resets.append(s)
            s.iss = None
    check(len(resets), 1, "senders that were reset")
    winner = [s for s in pair if s not in resets][0]
    talks(winner, conn)


@case("a sender that is trusted cannot name a sender's own live leg")
def names_sender():
    s, conn, _ = connect(APP)
    head, _ = header(client=(s.src, s.sport))
    with Counted("client-in-use"):
        t = Sender(src="10.0.9.63").open()
        t.say(head)
        t.until_rst()
    talks(s, conn)


@case("pieces from another sender never get into a header")
def mixed():
    head, who = header()
    s = Sender().open()
    s.say(head[:20])
    s.until_ack()
    for src, sport in (("10.0.9.77", s.sport), (s.src, s.sport + 7)):
        evil = Sender(src=src, sport=sport)
        evil.seg(b"\r\n", ACK | PSH, seq=s.nxt, ack=s.rcv)
    s.say(head[20:])
    arrives(APP, s, who)


def before():
    NET.open()
    run("app", "ip", "addr", "replace", "10.99.0.1/32", "dev", "lo")
    run("app", "ip", "addr", "replace", "fd99::1/128", "dev", "lo")


main(before)
