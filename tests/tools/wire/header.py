# SPDX-License-Identifier: GPL-2.0
"""The ways a header can arrive."""
import contextlib
import random
import socket
import struct
import time

from wire import (ACK, CWR, ECE, FIN, NET, NOP, NS, PSH, RST, SACKOK, SLOW, SMALL,
                  SYN, URG, App, Counted, Genl, Sender, arrives, check,
                  case, case_long, case_once, connect, csum, ended, farewell,
                  half_open_gone, header, ip4, ip6, ip_any, main, netns, o_mss, o_ts, o_ws, pad, rtt, run, silent,
                  take, talks, true, was_reset, INFO_HALF_OPEN, M32, QUIET, V6)

APP = App()
GENL = Genl()
IP = 40 if V6 else 20  # bytes of its header
NAME, OTHER = (b"2001:db8:c::7", b"2001:db8:c::9") if V6 else (b"203.0.113.7", b"203.0.113.9")


def begin(v6=V6, version=1, tlvs=(), **kw):
    head, who = header(v6, version, tlvs)
    return Sender(v6=v6, **kw).open(), head, who


# --- 1: in pieces -----------------------------------------------------------------

def split_at(v6, version, cut):
    s, head, who = begin(v6, version)
    if cut >= len(head):
        return False
    s.say(head[:cut])
    s.until_ack()
    s.say(head[cut:])
    arrives(APP, s, who)
    NET.clean()
    return True


@case_once("v1 in two pieces, cut anywhere", False, 1)
@case_once("v2 in two pieces, cut anywhere", False, 2)
@case_once("v1 over IPv6 in two pieces, cut anywhere", True, 1)
@case_once("v2 over IPv6 in two pieces, cut anywhere", True, 2)
def two_pieces(v6, version):
    cut = 1
    while split_at(v6, version, cut):
        cut += 1
    true(cut > 20, "there were cuts")


def in_pieces(packet):
    """An IP packet as two fragments, the later one first"""
    ident = random.randrange(1 << 16)
    if packet[0] >> 4 == 4:
        src, dst, body = packet[12:16], packet[16:20], packet[20:]
        NET.send(ip4(src, dst, body[48:], ident=ident, frag=6))
        NET.send(ip4(src, dst, body[:48], ident=ident, frag=0x2000))
        return
    src, dst, body = packet[8:24], packet[24:40], packet[40:]
    for at, more in ((48, 0), (0, 1)):
        piece = body[at:] if at else body[:48]
        NET.send(ip6(src, dst, struct.pack("!BBHI", 6, 0, at | more, ident) + piece,
                     proto=44))


@case_once("IP fragments", False, False)
@case_once("IPv6 fragments", True, False)
@case_once("IP fragments that a rule does not want tracked", False, True)
@case_once("IPv6 fragments that a rule does not want tracked", True, True)
def fragments_joined(v6, untracked):
    if untracked:
        run("app", "nft", "add table inet early; add chain inet early pre "
            "{ type filter hook prerouting priority -450; }; "
            "add rule inet early pre notrack")
    try:
        s, head, who = begin(v6, 2)
        in_pieces(s.packet(head, ACK | PSH))
        s.nxt = s.at(len(head))
        arrives(APP, s, who)
    finally:
        if untracked:
            run("app", "nft", "delete table inet early")


@case("one byte a segment, each acknowledged at once", 1)
@case("v2 with TLVs, one byte a segment, each acknowledged at once", 2)
def bytes_alone(version):
    s, head, who = begin(V6, version, [(2, b"x" * 50)] if version == 2 else ())
    for i in range(len(head) - 1):
        s.say(head[i:i + 1])
        s.until_ack()
    s.say(head[-1:])
    arrives(APP, s, who)


@case("the completing piece is not acknowledged before the application answers")
def last_unacknowledged():
    APP.close()
    try:
        # No listener: the application refuses.
        s, head, _ = begin()
        s.say(head[:10])
        s.until_ack()
        s.say(head[10:])
        seg = s.until_rst()
        check(seg.seq, (s.iss + 1) % M32, "number of the reset")
    finally:
        APP.__init__()


@case("three pieces, the middle one late", "late")
@case("three pieces, the middle one twice", "twice")
@case("three pieces in reverse", "reverse")
@case("three pieces, all of them twice, out of order", "storm")
def three_pieces(how):
    s, head, who = begin()
    cuts = (0, 11, 23, len(head))
    piece = [(s.at(cuts[i]), head[cuts[i]:cuts[i + 1]]) for i in range(3)]
    order = {"late": (0, 2, 1, 2), "twice": (0, 1, 1, 2), "reverse": (2, 1, 0, 1, 2),
             "storm": (2, 2, 0, 2, 0, 1, 1, 0, 2, 2, 1)}[how]
    for i in order:
        s.seg(piece[i][1], ACK | PSH, seq=piece[i][0])
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


# --- 2: with and without its neighbours --------------------------------------------

@case("the header rides on the handshake's ACK", b"")
@case("header and payload ride on the handshake's ACK", b"payload!")
def with_third_ack(body):
    head, who = header()
    s = Sender()
    s.syn()
    s.synack()
    s.say(head + body)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, len(body)) if body else b"", body, "payload")
    talks(s, conn)


@case("the handshake's ACK is lost, the header comes again")
def third_ack_lost():
    head, who = header()
    s = Sender()
    s.syn()
    s.synack()
    # What was lost on the way never reached us: the retransmission is first.
    s.seg(head, ACK | PSH)
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case("the header comes a second after the handshake")
def late_header():
    s, head, who = begin()
    time.sleep(1)
    s.say(head)
    arrives(APP, s, who)


@case("the round trip is from our SYN-ACK to the answer", "late")
@case("nobody knows that of a SYN-ACK asked for twice", "asked")
@case("nor of one that we repeated", "repeated")
def round_trip(how):
    head, who = header()
    s = Sender()
    began = time.monotonic()
    s.syn()
    s.synack()
    if how == "asked":
        s.syn()
    if how != "late":
        s.synack()
    time.sleep(0.3)
    s.say(head[:5])
    s.until_ack()
    most = time.monotonic() - began
    time.sleep(0.3)
    s.say(head[5:])
    arrives(APP, s, who)
    got = rtt(who)
    if how == "late":
        true(0.3 <= got <= most, f"round trip {got}, and at most {most}")
    else:
        check(got, None, "round trip")


@case("header and FIN in one segment: a connection and its end")
def header_fin():
    s, head, who = begin()
    s.fin(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    ended(conn)
    conn.sendall(b"bye")
    check(s.read(3), b"bye", "the other half still open")
    conn.close()
    s.until_ack(s.nxt)


@case("header, payload and FIN in one segment")
def header_payload_fin():
    s, head, who = begin()
    s.fin(head + b"all there is")
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, 12), b"all there is", "payload")
    ended(conn)
    conn.sendall(b"answer")
    check(s.read(6), b"answer", "the answer after its FIN")


@case("header, then FIN")
def header_then_fin():
    s, head, who = begin()
    s.say(head)
    s.fin()
    conn, peer = APP.accept()
    check(peer, who, "peer")
    ended(conn)


@case("half a header, then FIN: reset, and the application knows nothing")
def half_then_fin():
    with Counted("header-cut"):
        s, head, _ = begin()
        s.say(head[:20])
        s.until_ack()
        s.fin()
        s.until_rst()
    APP.lonely()


@case("FIN at once: reset, and the application knows nothing")
def fin_at_once():
    with Counted("header-cut"):
        s, _, _ = begin()
        s.fin()
        s.until_rst()
    APP.lonely()


@case("half a header, then RST: forgotten without a word")
def half_then_rst():
    with Counted("header-cut"):
        s, head, _ = begin()
        s.say(head[:20])
        s.until_ack()
        s.rst()
        s.quiet("after the reset")
    APP.lonely()
    half_open_gone(GENL, 2)


@case("half a header, then silence: reset after header-timeout, 3 s here")
def half_then_silence():
    with Counted("header-timeout"):
        s, head, _ = begin()
        s.say(head[:20])
        s.until_ack()
        start = time.monotonic()
        seg = s.until_rst()
        took = time.monotonic() - start
        check(seg.seq, (s.iss + 1) % M32, "number of the reset")
        true(2.0 < took < 4.5 * SLOW, f"took {took:.1f} s")
    APP.lonely()


@case("no header, then silence: reset after header-timeout")
def none_then_silence():
    with Counted("header-timeout"):
        s, _, _ = begin()
        s.until_rst()
    APP.lonely()


@case("a byte a second does not buy more time")
def slow_header():
    with Counted("header-timeout"):
        s, head, _ = begin()
        start = time.monotonic()
        for i in range(12):
            s.say(head[i:i + 1])
            seg = s.recv(0.5)
            if seg and seg.flags & RST:
                break
            time.sleep(0.4)
        else:
            s.until_rst()
        true(time.monotonic() - start < 5.5 * SLOW, "lived longer than its timeout")


# --- 3: other content ---------------------------------------------------------------

@case("a piece comes again with other content: the first copy wins")
def other_content():
    s, head, who = begin()
    evil = head.replace(NAME, OTHER)
    cut = head.index(NAME) + len(NAME)
    s.say(head[:cut])
    s.until_ack()
    s.seg(evil[:cut], ACK | PSH, seq=s.at(0))
    check(s.expect(ACK).ack, s.at(cut), "acknowledgment of the second copy")
    s.seg(evil[:cut] + head[cut:], ACK | PSH, seq=s.at(0))
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case("a piece that overlaps by one byte to the left", -1)
@case("a piece that overlaps by five bytes to the left", -5)
def overlap_left(by):
    s, head, who = begin()
    s.say(head[:20])
    s.until_ack()
    s.seg(b"Z" * -by + head[20:], ACK | PSH, seq=s.at(20 + by))
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case("a piece that overlaps by one byte to the right what came too early", 1)
@case("a piece that overlaps by five bytes to the right what came too early", 5)
def overlap_right(by):
    s, head, who = begin()
    late = b"Z" * by + head[20 + by:]
    s.seg(late, ACK | PSH, seq=s.at(20))
    check(s.expect(ACK).ack, s.at(0), "acknowledgment after the gap")
    s.say(head[:20 + by])
    s.until_ack()
    s.seg(late, ACK | PSH, seq=s.at(20))
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case("a piece that leaves a gap of one byte is not taken")
def gap():
    s, head, who = begin()
    s.say(head[:20])
    s.until_ack()
    s.seg(head[21:], ACK | PSH, seq=s.at(21))
    check(s.expect(ACK).ack, s.at(20), "acknowledgment after the gap")
    APP.lonely("with a byte missing")
    s.say(head[20:])
    arrives(APP, s, who)


@case("the header again after it was acted on, with other content")
def header_again():
    s, head, who = begin()
    s.say(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    s.seg(head.replace(NAME, OTHER), ACK | PSH, seq=s.at(0))
    check(s.expect(ACK).ack, s.nxt, "acknowledgment")
    APP.lonely("by a header said twice")
    talks(s, conn)


@case("header and payload again in one, with the header inside the overlap")
def header_and_payload_again():
    s, head, who = begin()
    s.say(head + b"one.")
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, 4), b"one.", "payload")
    s.seg(head + b"ONE.two.", ACK | PSH, seq=s.at(0))
    s.nxt = s.at(len(head) + 8)
    check(take(conn, 4), b"two.", "payload after the overlap")
    talks(s, conn)


# --- 4: keep-alive probes -------------------------------------------------------------------

def probe(s, garbage):
    if not garbage:
        time.sleep(0.6)  # it is outside the window: answered twice a second
    s.seg(garbage, ACK, seq=(s.nxt - 1) % M32)


@case("keep-alive probes without a byte before, in and after the header", b"")
@case("keep-alive probes of a garbage byte before, in and after the header", b"\xff")
def probes(garbage):
    s, head, who = begin()
    probe(s, garbage)
    check(s.expect(ACK).ack, s.nxt, "answer before the header")
    s.say(head[:20])
    s.until_ack()
    probe(s, garbage)
    check(s.expect(ACK).ack, s.nxt, "answer in the header")
    s.say(head[20:])
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    probe(s, garbage)
    check(s.expect(ACK).ack, s.nxt, "answer after the header")
    talks(s, conn)
    probe(s, garbage)
    check(s.expect(ACK).ack, s.nxt, "answer after payload")
    talks(s, conn)


# --- 5: numbers, windows, bits -----------------------------------------------------------

@case("numbers wrap before, inside and behind the header")
def wraps():
    size = len(header()[0])
    offs = (0, 1, 2, size // 2, size - 1, size, size + 1, size + 3, size + 5)
    for off in offs[::2] if SMALL else offs:
        s, head, who = begin(isn=-off)
        s.say(head[:10])
        s.say(head[10:] + b"01")
        conn, peer = APP.accept()
        check(peer, who, f"peer at {off}")
        check(take(conn, 2), b"01", "payload")
        for i in range(3):
            talks(s, conn, b"%d" % i)
        NET.clean()


@case("numbers wrap at 2^31 inside the header")
def wraps_sign():
    s, head, who = begin(isn=(1 << 31) - 20)
    s.say(head[:15])
    s.say(head[15:])
    arrives(APP, s, who)


@case("data beyond the offered window is not taken")
def beyond_window():
    s, head, who = begin()
    for at in (65535 - 99, 1 << 20, -1000):
        s.seg(b"x" * 100, ACK, seq=s.at(at))
        check(s.expect(ACK).ack, s.at(0), f"answer to bytes at {at}")
        time.sleep(0.6)
    s.say(head)
    arrives(APP, s, who)


@case("a window of data before the application answers is neither lost nor mixed")
def full_window():
    s, head, who = begin()
    body = random.randbytes(65535 - len(head))
    size, said = 1468 - IP, 0
    s.say(head)
    while said < len(body):
        s.say(body[said:said + size])
        said += size
    s.nxt = s.at(65535)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    end = time.monotonic() + 20 * SLOW
    got = b""
    conn.settimeout(0.3)
    while len(got) < len(body):
        true(time.monotonic() < end, f"only {len(got)} of {len(body)} bytes came")
        try:
            got += conn.recv(65536)
        except TimeoutError:
            # What did not fit is the sender's to say again.
            at = len(head) + len(got)
            s.seg((head + body)[at:at + size], ACK, seq=s.at(at))
        s.drain()
    conn.settimeout(5.0 * SLOW)
    check(got, body, "payload")
    talks(s, conn)


@case("zero window towards the sender, then opening")
def zero_window():
    s, head, who = begin(wscale=0)
    s.win = 0
    s.say(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    s.until_ack()
    conn.sendall(b"wait for it")
    seg = s.recv(QUIET)
    true(not seg or len(seg.data) <= 1, f"data into a closed window: {seg}")
    s.win = 1000
    s.seg()
    check(s.read(11), b"wait for it", "after opening")
    talks(s, conn)


@case("zero window of the application, probed, then opening")
def zero_window_app():
    s, head, who = begin()
    s.say(head)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    last = s.until_ack()
    # A buffer made smaller now would be smaller than the window offered, and a
    # receiver out of memory drops without a word.
    sent = bytearray()
    while last.win:
        true(len(sent) < 1 << 23, "the window never closes")
        block = random.randbytes(min(1400, last.win << s.peer_wscale))
        s.say(block)
        sent += block
        while True:
            last = s.recv()
            true(last, f"no answer to data, after {len(sent)} bytes")
            if last.ack == s.nxt or not last.win:
                break
    known = (last.ack - s.at(len(head))) % M32
    s.nxt = last.ack
    probe(s, b"")
    seg = s.expect(ACK)
    check((seg.ack, seg.win), (s.nxt, 0), "answer to the probe")
    check(take(conn, known), bytes(sent[:known]), "what fitted")
    s.seg(seq=(s.nxt - 1) % M32)
    while True:
        seg = s.expect(ACK)
        if seg.win:
            break
    s.say(bytes(sent[known:]) or b"x")
    check(take(conn, max(1, len(sent) - known)), bytes(sent[known:]) or b"x", "the rest")
    talks(s, conn)


@case("the header's segment has PSH not set", ACK)
@case("the header's segment has ECE and CWR set", ACK | ECE | CWR)
@case("the header's segment has NS set", ACK | NS)
@case("the header's segment has every odd bit set", ACK | PSH | ECE | CWR | NS)
def odd_bits(flags):
    s, head, who = begin()
    s.say(head + b"x", flags)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, 1), b"x", "payload")
    talks(s, conn)


def urgent(conn):
    """The urgent byte; recv() by itself would wait for one that is not"""
    conn.setblocking(False)
    end = time.monotonic() + 2 * SLOW
    try:
        while time.monotonic() < end:
            try:
                return conn.recv(1, socket.MSG_OOB)
            except OSError:
                time.sleep(0.02)
    finally:
        conn.settimeout(5.0 * SLOW)
    return b""


@case("URG in the segment of header and payload marks the byte it marked")
def urgent_with_header():
    s, head, who = begin()
    s.say(head + b"abcUdef", ACK | PSH | URG, urg=len(head) + 4)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(urgent(conn), b"U", "the urgent byte")
    check(take(conn, 3) + take(conn, 3), b"abcdef", "payload without the urgent byte")
    talks(s, conn)


@case("URG that points into the header is urgent no more")
def urgent_in_header():
    s, head, who = begin()
    s.say(head + b"abcdef", ACK | PSH | URG, urg=len(head) - 3)
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, 6), b"abcdef", "payload")
    talks(s, conn)


@case("URG of an established connection passes")
def urgent_later():
    s, conn, _ = connect(APP)
    s.say(b"abU", ACK | PSH | URG, urg=3)
    check(urgent(conn), b"U", "the urgent byte")
    check(take(conn, 2), b"ab", "payload")
    talks(s, conn)


# --- 6: shapes of packets --------------------------------------------------------------

def vnet(packet, gso_size):
    """With a virtio header: summed up below, cut below"""
    return struct.pack("<BBHHHH", 1, 4 if V6 else 1, 14 + IP + 32, gso_size,
                       14 + IP, 16) + NET.frame(packet)


@case("header and 60 KiB in one super-packet, cut at 1448", 1448)
@case("header and 60 KiB in one super-packet, cut at 536", 536)
def super_packet(size):
    s, head, who = begin()
    body = random.randbytes(60 * 1024)
    p = bytearray(s.packet(head + body, ACK | PSH))
    # CHECKSUM_PARTIAL: the field holds the pseudo-header's sum.
    part = csum(s.a + s.b + struct.pack("!HH", 6, len(p) - IP))
    p[IP + 16:IP + 18] = struct.pack("!H", ~part & 0xFFFF)
    with netns("lb"):
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        raw.setsockopt(263, 15, 1)  # PACKET_VNET_HDR
        raw.setsockopt(socket.SOL_SOCKET, 32, 1 << 20)
        raw.bind(("eth0", 0))
    raw.send(vnet(bytes(p), min(size, 1468 - IP)))
    raw.close()
    s.nxt = s.at(len(head) + len(body))
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, len(body)), body, "payload")
    s.until_ack()
    talks(s, conn)


def no_trace(raw):
    """The next packet gets memory that an earlier one had, whose headers were much
    the same. What is read of it there is to be wrong."""
    for _ in range(32):
        raw.send(bytes(10) + NET.app_mac + NET.mac + b"\x88\xb5" + b"\xff" * 86)


@case_once("header and 8 kB with nothing but Ethernet's header in the linear part", 14)
@case_once("header and 8 kB with the linear part ending with IP's header", 34)
@case_once("header and 8 kB with the linear part ending inside TCP's header", 41)
@case_once("header and 8 kB with the linear part ending inside TCP's options", 60)
@case_once("header and 8 kB with the linear part ending inside the PROXY header", 76)
def nonlinear(hlen):
    """What is behind the linear part lies in pages. The kernel does so for frames
    of more than a page that say how much they want to be linear."""
    for ns in ("lb", "app"):
        run(ns, "ip", "link", "set", "eth0", "mtu", "9000")
    try:
        with netns("lb"):
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            raw.setsockopt(263, 15, 1)  # PACKET_VNET_HDR
            raw.bind(("eth0", 0))
        for v6 in (False, True):
            s, head, who = begin(v6)
            body = random.randbytes(8000)
            # Summed up here: who asks for it has the headers made linear.
            frame = NET.frame(s.packet(head + body, ACK | PSH))
            no_trace(raw)
            raw.send(struct.pack("<BBHHHH", 0, 0, hlen + 20 * v6 * (hlen > 14), 0, 0, 0) +
                     frame)
            s.nxt = s.at(len(head) + len(body))
            conn, peer = APP.accept()
            check(peer, who, "peer")
            check(take(conn, len(body)), body, "payload")
            s.until_ack()
            # An established one's segment too
            more = random.randbytes(8000)
            no_trace(raw)
            raw.send(struct.pack("<BBHHHH", 0, 0, hlen + 20 * v6 * (hlen > 14), 0, 0, 0) +
                     NET.frame(s.packet(more, ACK | PSH)))
            s.nxt = (s.nxt + len(more)) % M32
            check(take(conn, len(more)), more, "more payload")
            s.until_ack()
            talks(s, conn)
            NET.clean()
        raw.close()
    finally:
        for ns in ("lb", "app"):
            run(ns, "ip", "link", "set", "eth0", "mtu", "1500")


def fragments(packet, size):
    """IPv4 fragments of a packet, @size bytes of payload each"""
    head, body = packet[:20], packet[20:]
    out = []
    for at in range(0, len(body), size):
        more = 0x2000 if at + size < len(body) else 0
        out.append(ip4(head[12:16], head[16:20], body[at:at + size], ident=4711,
                       frag=at // 8 | more))
    return out


@case_once("the header's segment in IP fragments, in order", False)
@case_once("the header's segment in IP fragments, in reverse", True)
def ip_fragments(reverse):
    s, head, who = begin()
    body = random.randbytes(500)
    parts = fragments(s.packet(head + body, ACK | PSH), 40)
    for p in reversed(parts) if reverse else parts:
        NET.send(p)
    s.nxt = s.at(len(head) + len(body))
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, len(body)), body, "payload")
    talks(s, conn)


@case_once("the header's segment in IPv6 fragments")
def ip6_fragments():
    s, head, who = begin(True)
    body = random.randbytes(500)
    p = s.packet(head + body, ACK | PSH)
    l4 = p[40:]
    for at in range(0, len(l4), 200):
        more = at + 200 < len(l4)
        frag = struct.pack("!BBHI", 6, 0, at | more, 99) + l4[at:at + 200]
        NET.send(p[:4] + struct.pack("!HB", len(frag), 44) + p[7:40] + frag)
    s.nxt = s.at(len(head) + len(body))
    conn, peer = APP.accept()
    check(peer, who, "peer")
    check(take(conn, len(body)), body, "payload")
    talks(s, conn)


@case_once("an IPv4 header with options")
def ip_options():
    s, head, who = begin()
    p = s.packet(head, ACK | PSH)
    NET.send(ip4(p[12:16], p[16:20], p[20:], options=b"\1\1\1\0"))
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case_once("an IPv6 destination-options header before TCP")
def ip6_extension():
    s, head, who = begin(True)
    p = s.packet(head, ACK | PSH)
    l4 = bytes((6, 0, 1, 4, 0, 0, 0, 0)) + p[40:]
    NET.send(p[:4] + struct.pack("!HB", len(l4), 60) + p[7:40] + l4)
    s.nxt = s.at(len(head))
    arrives(APP, s, who)


@case("bytes behind the IP packet (padding of short frames) are not payload")
def frame_padding():
    s, head, who = begin()
    for cut in range(0, len(head), 7):
        NET.raw.send(NET.frame(s.packet(head[cut:cut + 7], ACK | PSH)) + b"\xee" * 30)
        s.nxt = s.at(min(cut + 7, len(head)))
    arrives(APP, s, who)


@case("a wrong TCP checksum is never repaired: nothing is taken")
def bad_checksum():
    s, head, who = begin()
    p = bytearray(s.packet(head, ACK | PSH))
    p[-1] ^= 1
    NET.send(bytes(p))
    s.quiet("to a segment with a wrong checksum")
    APP.lonely("by a segment with a wrong checksum")
    s.say(head)
    conn = arrives(APP, s, who)
    p = bytearray(s.packet(b"payload", ACK | PSH))
    p[-1] ^= 1
    NET.send(bytes(p))
    silent(conn, "bytes with a wrong checksum")
    p = bytearray(s.packet(b"payload", ACK | PSH))
    p[37] ^= 1
    NET.send(bytes(p))
    silent(conn, "bytes with a wrong checksum")
    talks(s, conn)


# --- 7: openings ---------------------------------------------------------------------------

@case("SYN with data: the data is not taken, the connection opens")
def syn_data():
    head, who = header()
    s = Sender()
    s.syn(head)
    s.synack()
    s.seg()
    s.say(head)
    arrives(APP, s, who)


@case("SYN with a Fast Open request and data")
def syn_tfo():
    head, who = header()
    s = Sender()
    s.syn(head, opts=pad(s.options(SYN) + b"\x22\2"))
    seg = s.synack()
    true(34 not in seg.opts, "no Fast Open cookie is given")
    s.seg()
    s.say(head)
    arrives(APP, s, who)


@case("SYN again: the same SYN-ACK")
def syn_again():
    head, who = header()
    s = Sender()
    s.syn()
    first = s.synack()
    s.syn()
    second = s.synack()
    check(second.seq, first.seq, "sequence number")
    s.seg()
    s.say(head)
    arrives(APP, s, who)


@case("SYN again after the ACK: challenged, and the connection goes on")
def syn_after_ack():
    s, head, who = begin()
    s.syn()
    check(s.expect(ACK).ack, s.at(0), "challenge")
    s.say(head[:10])
    s.until_ack()
    time.sleep(0.6)  # challenges have a limit
    s.syn()
    check(s.expect(ACK).ack, s.at(10), "challenge in the header")
    s.say(head[10:])
    conn = arrives(APP, s, who)
    s.syn()
    check(s.expect(ACK).ack, s.nxt, "challenge of the established connection")
    talks(s, conn)


@case("simultaneous open (SYN-ACK of the sender's): challenged, not fatal")
def simultaneous():
    head, who = header()
    s = Sender()
    s.syn()
    s.synack()
    s.seg(flags=SYN | ACK, seq=s.isn)
    s.expect(ACK, ack=s.at(0), what="challenge")
    s.seg()
    s.say(head)
    arrives(APP, s, who)


@case("an SYN-ACK out of the blue is answered with a reset")
def blue_synack():
    s = Sender()
    s.seg(flags=SYN | ACK, ack=12345)
    check(s.expect(RST).seq, 12345, "number of the reset")


@case("a SYN with RST or FIN opens nothing", SYN | RST)
@case("a SYN with FIN opens nothing", SYN | FIN)
def christmas(flags):
    s = Sender()
    s.syn(flags=flags)
    seg = s.recv(QUIET)
    true(not seg or not seg.flags & SYN, f"answered: {seg}")


@case("the SYN-ACK is repeated for a sender whose ACK is lost, until it resets")
def synack_again():
    s = Sender()
    start = time.monotonic()
    s.syn()
    first = s.synack()
    again = s.expect(SYN | ACK, seq=first.seq, what="repeated SYN-ACK")
    true(again.good, "checksum")
    true(0.7 < time.monotonic() - start < 3 * SLOW, "about a second later")
    s.rcv = first.seq + 1
    s.seg(flags=RST, seq=s.at(0))
    s.quiet("after a reset", 2.5)


@case_long("three times at most, after 1, 2 and 4 seconds, and forgotten after 8 more")
def synack_last():
    with Counted("header-timeout"):
        s = Sender()
        s.syn()
        first = s.synack()
        for wait in (1, 2, 4):
            start = time.monotonic()
            s.expect(SYN | ACK, seq=first.seq, what="repeated SYN-ACK")
            took = time.monotonic() - start
            true(wait * 0.7 < took < (wait + 1) * SLOW, f"after {took:.1f} s")
        s.quiet("a fourth time", 7)
        check(GENL.info()[INFO_HALF_OPEN], 1, "half-open handshakes")
        half_open_gone(GENL, 3)
    s.seg()
    check(s.expect(RST).seq, s.rcv, "reset for an ACK too late")


@case("a reset to our SYN-ACK (a spoofed SYN) leaves nothing")
def spoofed_syn():
    s = Sender()
    s.syn()
    seg = s.synack()
    s.seg(flags=RST, seq=seg.ack)
    half_open_gone(GENL, 2)


@case("the same port again while the old connection is in TIME_WAIT at the application")
def port_reuse_app_closes():
    client = NET.next_client()
    sport = NET.next_port()
    isn = 1000
    for i in range(3):
        head, who = header(client=client)
        s = Sender(sport=sport, isn=isn)
        s.tsval = 1000 + i * 1000
        s.open()
        s.say(head + b"hi")
        conn, peer = APP.accept()
        check(peer, who, "peer")
        take(conn, 2)
        conn.close()
        while not s.expect(what="FIN").flags & FIN:
            pass
        s.rcv = (s.rcv + 1) % M32
        s.fin()
        s.until_ack()
        s.drain(0.05)
        s.iss = None
        isn += 100000


@case("the same port again after the sender closed first")
def port_reuse_sender_closes():
    client = NET.next_client()
    sport = NET.next_port()
    for i in range(3):
        head, who = header(client=client)
        s = Sender(sport=sport, isn=5000 + i * 100000)
        s.tsval = 1000 + i * 1000
        s.open()
        s.say(head + b"hi")
        conn, peer = APP.accept()
        check(peer, who, "peer")
        take(conn, 2)
        farewell(s, conn)
        s.drain(0.05)
        s.iss = None


@case("the same port again after a reset by the sender")
def port_reuse_reset():
    client = NET.next_client()
    sport = NET.next_port()
    for i in range(3):
        head, who = header(client=client)
        s = Sender(sport=sport).open()
        s.say(head + b"hi")
        conn, peer = APP.accept()
        check(peer, who, "peer")
        take(conn, 2)
        s.until_ack()
        s.rst()
        was_reset(conn)
        s.iss = None


# --- options ---------------------------------------------------------------------------------

def orders(items):
    if not items:
        yield []
    for i, item in enumerate(items):
        for rest in orders(items[:i] + items[i + 1:]):
            yield [item] + rest


@case("SYN options in every order, aligned or not")
def option_orders():
    for n, order in enumerate(orders(["mss", "sack", "ts", "ws"])):
        if SMALL and n % 4:
            continue
        for lead in (b"", NOP, NOP * 3):
            head, who = header()
            s = Sender()
            make = {"mss": o_mss(1400), "sack": SACKOK, "ts": o_ts(s.tsval),
                    "ws": o_ws(7)}
            s.syn(opts=pad(lead + b"".join(make[x] for x in order)))
            seg = s.synack()
            true(2 in seg.opts and 3 in seg.opts and 4 in seg.opts and seg.ts,
                 f"agreed to all of {order}: {seg}")
            check(seg.ts[1], s.tsval, "echo")
            s.seg()
            s.say(head)
            conn, peer = APP.accept()
            check(peer, who, "peer")
            talks(s, conn)
            NET.clean()


@case("K4.10: timestamps at every offset in later segments")
def ts_offsets():
    s, head, who = begin()
    for i in range(len(head)):
        opts = pad(NOP * (i % 4) + o_ts(s.tsval + 1, s.tsecr))
        s.say(head[i:i + 1], opts=opts)
        if i < len(head) - 1:
            check(s.until_ack().ts[1], s.tsval, "echo")
    conn, peer = APP.accept()
    check(peer, who, "peer")
    for lead in range(4):
        s.tsval += 1000
        s.say(b"data", opts=pad(NOP * lead + o_ts(s.tsval + 1, s.tsecr)))
        check(take(conn, 4), b"data", "payload")
        check(s.until_ack().ts[1], s.tsval, f"echo at offset {lead}")
    talks(s, conn)


@case("no TCP option at all")
def bare():
    head, who = header()
    s = Sender(ts=False, wscale=None, sack=False, mss=None)
    s.syn()
    seg = s.synack()
    check(sorted(seg.opts), [2], "options of the SYN-ACK")
    s.seg()
    s.say(head)
    conn = arrives(APP, s, who)
    conn.sendall(b"z" * 2000)
    check(len(s.read(2000)), 2000, "bytes")
    for seg in s.drain():
        true(len(seg.data) <= 536, f"larger than 536: {seg}")


@case("MSS, SACK and window scale without timestamps")
def no_timestamps():
    head, who = header()
    s = Sender(ts=False)
    s.syn()
    seg = s.synack()
    true(not seg.ts and 3 in seg.opts and 4 in seg.opts, f"agreed: {seg}")
    s.seg()
    s.say(head)
    arrives(APP, s, who)


@case("unknown, experimental and padding options are passed over")
def strange_options():
    for area in (b"\xfd\4\xf9\x89", b"\xfe\6\1\2\3\4", b"\x1e\x04\0\1", b"\x13\x12" + bytes(16),
                 b"\x1d\4\0\0", NOP * 40, b"\0" * 40, b"\0" + b"\3" * 39, b"\x0b\6\0\0\0\1"):
        head, who = header()
        s = Sender()
        opts = pad((o_mss() + area)[:40])
        s.syn(opts=opts)
        s.use_ts = False
        s.synack()
        s.seg()
        s.say(head)
        conn, peer = APP.accept()
        check(peer, who, "peer")
        s.until_ack()
        talks(s, conn)
        NET.clean()


@case("malformed options: no crash, no wrong agreement")
def malformed_options():
    for tail in (b"\2", b"\3\0", b"\3\1", b"\x08\x0b", b"\5\xff", b"\2\3\0", b"\x08\2",
                 b"\4\3\0", b"\xff\x28", b"\2\4\5"):
        s = Sender(ts=False)
        opts = NOP * (40 - len(tail)) + tail
        s.syn(opts=opts)
        seg = s.recv(0.5)
        if seg and seg.flags & SYN:
            check(sorted(seg.opts), [2], f"options after {tail.hex()}")
            s.seg(flags=RST, seq=s.at(0))
    half_open_gone(GENL, 18)


@case("data offsets under 5 and beyond the packet are nobody's")
def data_offsets():
    for doff in (0, 1, 4, 15):
        s = Sender(ts=False)
        NET.send(s.packet(flags=SYN, seq=s.isn, opts=b"", doff=doff))
        seg = s.recv(QUIET)
        true(not seg or not seg.flags & SYN, f"answered: {seg}")
        NET.pump()
    check(GENL.info()[6], 0, "half-open handshakes")


@case("SYN truncated at every byte")
def truncated_syn():
    s = Sender()
    whole = s.packet(flags=SYN, seq=s.isn)
    for size in range(IP, len(whole)):
        NET.send(ip_any(s.a, s.b, whole[IP:size]))
    seg = s.recv(QUIET)
    true(not seg or not seg.flags & SYN, f"answered: {seg}")


@case("segments of the header truncated at every byte of TCP")
def truncated_data():
    s, head, who = begin()
    whole = s.packet(head, ACK | PSH)
    for size in range(IP, IP + 32):
        NET.send(ip_any(s.a, s.b, whole[IP:size]))
    s.quiet("to what is no segment")
    s.say(head)
    arrives(APP, s, who)


# --- 6: in a list of packets that GRO made of them -------------------------------------

@contextlib.contextmanager
def listed():
    """What lb says within 50 ms reaches app's GRO at once"""
    def gro(how):
        run("app", "ethtool", "-K", "eth0", "gro", how)
        # Since 6.10 it may leave each packet its own header.
        run("app", "ethtool", "-K", "eth0", "rx-gro-list", how, check=False)
    gro("on")
    run("lb", "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "slot", "50ms", "50ms")
    try:
        with netns("app"), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as seen:
            seen.setsockopt(263, 23, 1)  # PACKET_IGNORE_OUTGOING
            seen.bind(("eth0", 3))
            seen.settimeout(2 * SLOW)
            yield seen
    finally:
        run("lb", "tc", "qdisc", "del", "dev", "eth0", "root")
        gro("off")


@contextlib.contextmanager
def elsewhere():
    """The port's application is in box, behind app: who cuts the list up is app"""
    key = "net.ipv6.conf.all.forwarding" if V6 else "net.ipv4.ip_forward"
    run("app", "sysctl", "-qw", key + "=1")
    run("app", "nft", "-f", "-", stdin=f"""
        table {"ip6" if V6 else "ip"} away {{
            chain in {{
                type nat hook prerouting priority -100
                tcp dport 8080 dnat to {"[fd02::2]" if V6 else "10.0.2.2"}:8080
            }}
        }}""")
    netns.alias["app"], app = "box", None
    try:
        app = App()
        del netns.alias["app"]
        yield app
    finally:
        netns.alias.pop("app", None)
        if app:
            app.close()
        run("app", "nft", "delete", "table", "ip6" if V6 else "ip", "away")
        run("app", "sysctl", "-qw", key + "=0")


@case("header and payload in a list of packets", False, 50)
@case("header and payload in a list of packets, forwarded by a rule", True, 50)
@case("a header longer than the first of a list of packets, forwarded by a rule", True, 1500)
def in_a_list(forwarded, more):
    body = random.randbytes(5 * 1400)
    with elsewhere() if forwarded else contextlib.nullcontext(APP) as app, \
            listed() as seen:
        s, head, who = begin(version=2, tlvs=[(0xE0, b"x" * more)])
        said = head + body
        for at in range(0, len(said), 1400):
            # GRO wants the packets of IPv4 to be numbered.
            s.seg(said[at:at + 1400], ACK, seq=s.at(at), **({} if V6 else {"ident": at // 1400}))
        s.nxt = s.at(len(said))
        conn, peer = app.accept()
        check(peer, who, "peer")
        check(take(conn, len(body)), body, "payload")
        while head not in (frame := seen.recv(70000)):
            pass
        true(len(frame) > 3000, f"a packet of {len(frame)} bytes had the header")
        s.until_ack()
        talks(s, conn)


main(lambda: NET.open())
