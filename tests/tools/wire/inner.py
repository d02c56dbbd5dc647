# SPDX-License-Identifier: GPL-2.0
"""The application's leg: what it is asked, what it may answer, what the sender
sees of it. On port 8082 the application is raw sockets, on 8080 a real one.
"""
import json
import random
import time

from wire import (ACK, CWR, ECE, FIN, NET, NOP, NS, PSH, RST, SACKOK, SLOW, SYN, V6, App,
                  Counted, RawApp, Sender, case, case_long, case_once, check, connect,
                  farewell, header, here, main, o_mss, o_sack, o_ts, o_ws, pad, run, sluice,
                  sysctl, take, talks, true, was_reset, M32)
import pplib

APP = App()
RAW = RawApp(8082)
ISN = 0xFFFFFF00  # so that the application's numbers wrap soon
HEADS = 60 if V6 else 40  # of IP and of TCP, without options
ALL = object()


def ask(body=b"", **kw):
    """A header for the raw application: sender, client, the inner SYN"""
    client = NET.next_client()
    head, _ = header(client=client, port=8082)
    s = Sender(dport=8082, **kw).open()
    s.head = len(head)
    s.say(head + body)
    syn = RAW.expect(client, SYN, "inner SYN")
    check(syn.seq, s.at(s.head - 1), "number of the inner SYN")
    return s, client, syn


def answer(s, client, syn, opts=ALL, isn=ISN, win=1000, flags=SYN | ACK):
    """The application's SYN-ACK, and the ACK to it"""
    if opts is ALL:
        opts = pad(o_mss() + SACKOK + o_ts(77000, syn.ts[0] if syn.ts else 0) + o_ws(5))
    s.app_ts = 77000
    while RAW.recv(client, 0.05):  # asked again meanwhile
        pass
    RAW.send(client, isn, syn.seq + 1, flags, opts=opts, win=win)
    ack = RAW.recv(client)
    true(ack and ack.flags & (SYN | RST | ACK) == ACK and ack.ack == (isn + 1) % M32 and
         ack.seq == (syn.seq + 1) % M32, f"no ACK of the SYN-ACK: {ack}")
    if ack.data or ack.flags & FIN:  # what was held may bear it
        RAW.inbox.insert(0, ack)
    s.app_isn = isn
    return ack


def stand(**kw):
    """An established connection with the raw application"""
    opts = kw.pop("opts", ALL)
    s, client, syn = ask(**kw)
    answer(s, client, syn, opts)
    s.until_ack()
    return s, client, syn


def drop(s, client):
    RAW.send(client, s.app_isn + 1, s.at(s.head), RST | ACK)
    s.until_rst()
    s.iss = None


# --- the question -------------------------------------------------------------------

@case("the inner SYN bears the client's address and the sender's options")
def inner_syn():
    s, client, syn = ask(wscale=9, mss=1234)
    check((syn.src, syn.sport), client, "its source")
    check(syn.opts[3], b"\x09", "window scale")
    true(4 in syn.opts, "SACK permitted")
    check(syn.opts[2], (1234).to_bytes(2, "big"), "MSS")
    check(syn.ts[1], 0, "echo of a SYN")
    true(abs(syn.ts[0] - s.tsval) > 1 or syn.ts[0] != s.tsval, "its own clock")
    check(syn.flags, SYN, "flags")


@case("without the sender's options the inner SYN has none either")
def inner_syn_bare():
    _, _, syn = ask(ts=False, sack=False, wscale=None, mss=None)
    check(sorted(syn.opts), [2], "options")
    check(syn.opts[2], (536).to_bytes(2, "big"), "MSS")


@case("K4.7: the inner SYN's MSS fits the sender's path")
def inner_mss():
    run("app", "ip", "link", "set", "eth0", "mtu", "1400")
    try:
        _, _, syn = ask()
        check(int.from_bytes(syn.opts[2], "big"), 1400 - HEADS, "MSS")
    finally:
        run("app", "ip", "link", "set", "eth0", "mtu", "1500")


@case("ECN: asked for, agreed to, passed on")
def ecn():
    client = NET.next_client()
    head, _ = header(client=client, port=8082)
    s = Sender(dport=8082)
    s.syn(flags=SYN | ECE | CWR)
    true(s.synack().flags & ECE, "our SYN-ACK agrees")
    s.seg()
    s.head = len(head)
    s.say(head)
    syn = RAW.expect(client, SYN)
    check(syn.flags & (ECE | CWR), ECE | CWR, "the inner SYN asks")
    answer(s, client, syn, flags=SYN | ACK | ECE)
    s.until_ack()
    s.say(b"data", ACK | PSH | CWR | NS, tos=2)
    seg = RAW.expect(client, ACK)
    check((seg.tos & 3, seg.flags & (CWR | NS)), (2, CWR | NS), "the IP bits, CWR and NS")
    RAW.send(client, ISN + 1, s.at(s.head + 4), ACK | ECE)
    true(s.expect(ACK).flags & ECE, "ECE towards the sender")


@case("one ECN bit alone asks for nothing")
def ecn_half():
    s = Sender()
    s.syn(flags=SYN | ECE)
    true(not s.synack().flags & ECE, "our SYN-ACK")
    s.seg(flags=RST, seq=s.at(0))


# --- no answer, and bad ones -----------------------------------------------------------

@case("the inner SYN is lost: it comes again with the same numbers")
def syn_lost():
    s, client, syn = ask(b"payload")
    start = time.monotonic()
    again = RAW.expect(client, SYN, "second SYN", seq=syn.seq)
    true(0.7 < time.monotonic() - start < 2 * SLOW, "after a second")
    check((again.ts, again.opts), (syn.ts, syn.opts), "options of the second SYN")
    answer(s, client, syn)
    check(RAW.expect(client, ACK).data, b"payload", "what was held")
    RAW.send(client, ISN + 1, s.nxt)
    s.until_ack()


@case("the sender's retransmission asks the application again, at once")
def retransmission_asks():
    s, client, syn = ask()
    s.seg(b"x" * s.head, seq=s.at(0))
    start = time.monotonic()
    RAW.expect(client, SYN, "SYN", seq=syn.seq)
    true(time.monotonic() - start < 0.6 * SLOW, "at once")


@case("first inner SYN dropped by the firewall: the connection opens all the same")
def syn_dropped():
    rejected("tcp flags syn limit rate 1/day burst 1 packets counter drop")
    try:
        s, conn, _ = connect(APP)
        talks(s, conn)
        rules = run("app", "nft", "list table inet w")
        true("counter packets 1 " in rules, rules)
    finally:
        run("app", "nft", "delete table inet w")


@case("refused by the application: the sender is reset")
def refused():
    with Counted("connect-refused"):
        s, client, syn = ask()
        RAW.send(client, 0, syn.seq + 1, RST | ACK)
        check(s.until_rst().seq, (s.iss + 1) % M32, "number of the reset")
    RAW.quiet(client, "after its refusal")


@case("refusals that acknowledge something else are not believed")
def refused_wrong():
    s, client, syn = ask()
    RAW.send(client, 0, syn.seq, RST | ACK)
    RAW.send(client, 0, syn.seq + 2, RST | ACK)
    RAW.send(client, 0, 0, RST)
    s.quiet("after resets of another connection")
    answer(s, client, syn)
    s.until_ack()
    drop(s, client)


@case("a SYN-ACK that acknowledges something else is not believed")
def synack_wrong():
    s, client, syn = ask()
    for ack in (syn.seq, syn.seq + 2, 0):
        RAW.send(client, 555, ack, SYN | ACK, opts=o_mss())
    s.quiet("after SYN-ACKs of another connection")
    answer(s, client, syn)
    s.until_ack()
    drop(s, client)


@case("a challenge ACK: refused, and the live connection it belongs to hears nothing")
def challenge():
    with Counted("client-in-use"):
        s, client, _ = ask()
        RAW.send(client, 1111, 2222, ACK)
        s.until_rst()
    RAW.quiet(client, "after the challenge")


def rejected(how):
    run("app", "nft", "-f", "-", stdin=f"""
table inet w {{
    chain in {{
        type filter hook input priority 0;
        tcp dport 8080 {how}
    }}
}}
""")


@case("ICMP port unreachable for the inner SYN: the sender is reset",
      "reject with icmpx port-unreachable")
@case("ICMP host prohibited for the inner SYN: the sender is reset",
      "reject with icmpx admin-prohibited")
@case("a reset of the firewall's for the inner SYN: the sender is reset",
      "reject with tcp reset")
def unreachable(how):
    head, _ = header()
    rejected(how)
    name = "connect-refused" if "reset" in how else "connect-unreachable"
    try:
        with Counted(name):
            s = Sender().open()
            s.say(head)
            s.until_rst()
        NET.pump(0.1)
        asked = [e for e in NET.errors if e.quote[HEADS - 7] & SYN]
        check(asked, [], "ICMP errors about the inner SYN on the wire")
    finally:
        run("app", "nft", "delete table inet w")


@case("no listener: the sender is reset")
def no_listener():
    APP.close()
    try:
        with Counted("connect-refused"):
            head, _ = header()
            s = Sender().open()
            s.say(head)
            s.until_rst()
    finally:
        APP.__init__()


@case_once("the backlog is full: connections open when there is room", 0)
@case_once("the backlog is full and the host sends cookies: the sender's words open them", 1)
def backlog(cookies):
    old = sysctl("app", tcp_syncookies=cookies)
    APP.close()
    APP.__init__(backlog=1)
    again = 0.0
    try:
        all_of_them = []
        for _ in range(5):
            head, who = header()
            s = Sender().open()
            s.say(head)
            all_of_them.append((s, who))
        seen = {}
        end = time.monotonic() + 30 * SLOW
        while len(seen) < 5:
            true(time.monotonic() < end, f"only {len(seen)} of 5 got through\n" +
                 sluice("flow", "show") + run("app", "ss", "-tan"))
            APP.sock.settimeout(0.2)
            try:
                conn, peer = APP.sock.accept()
                seen[pplib.show(peer)] = conn
            except TimeoutError:
                pass
            # A cookie's ACK that met a full queue is lost for good. Then what
            # the sender says, and says again, is what brings it back.
            if cookies and time.monotonic() > again:
                again = time.monotonic() + 1
                for s, _ in all_of_them:
                    s.seg(b"hi", ACK | PSH)
        check(set(seen), {who for _, who in all_of_them}, "who got through")
        for s, who in all_of_them:
            seen[who].sendall(b"hello")
            check(s.read(5), b"hello", "first words")
            seen[who].close()
    finally:
        sysctl("app", **old)
        NET.clean()
        APP.close()
        APP.__init__()


@case_once("an application that never answers is asked again after 1 and 2 seconds")
def asked_again():
    _, client, syn = ask()
    asked(client, syn, 1, 2)


def asked(client, syn, *waits):
    for wait in waits:
        start = time.monotonic()
        seg = RAW.recv(client, wait + 3)
        true(seg and seg.flags == SYN and seg.seq == syn.seq, f"got {seg}")
        took = time.monotonic() - start
        true(wait * 0.7 < took < (wait + 1) * SLOW, f"after {took:.1f} s")


@case_long("then after 4, 8 and 16, and after 32 more the sender is reset")
def never():
    with Counted("connect-timeout"):
        s, client, syn = ask()
        asked(client, syn, 1, 2, 4, 8, 16)
        start = time.monotonic()
        seg = s.recv(40)
        took = time.monotonic() - start
        true(seg and seg.flags & RST, f"got {seg}")
        check(seg.seq, (s.iss + 1) % M32, "number of the reset")
        # The kernel's timers may be late by an eighth.
        true(32 * 0.7 < took < 37 * SLOW, f"after {took:.1f} s")
        s.iss = None
    RAW.expect(client, RST, "reset of the half-open socket", seq=(syn.seq + 1) % M32)
    RAW.quiet(client, "after the reset")


# --- it speaks, it ends -------------------------------------------------------------------

@case("an application that speaks first is heard before the sender says anything")
def speaks_first():
    s, client, syn = ask()
    answer(s, client, syn)
    RAW.send(client, ISN + 1, syn.seq + 1, ACK | PSH, b"220 hello\r\n",
             opts=NOP * 2 + o_ts(77001, syn.ts[0]))
    check(s.read(11), b"220 hello\r\n", "its greeting")


@case("data right behind the SYN-ACK, before our ACK")
def data_at_once():
    s, client, syn = ask()
    opts = pad(o_mss() + SACKOK + o_ts(77000, syn.ts[0]) + o_ws(5))
    RAW.send(client, ISN, syn.seq + 1, SYN | ACK, opts=opts)
    RAW.send(client, ISN + 1, syn.seq + 1, ACK | PSH, b"quick",
             opts=NOP * 2 + o_ts(77000, syn.ts[0]))
    check(s.read(5), b"quick", "its data")


@case("the application closes at once")
def closes_at_once():
    s, client, syn = ask()
    answer(s, client, syn)
    RAW.send(client, ISN + 1, syn.seq + 1, FIN | ACK, opts=NOP * 2 + o_ts(77001, syn.ts[0]))
    seg = s.expect(what="FIN")
    while not seg.flags & FIN:
        seg = s.expect(what="FIN")
    check(seg.seq, (s.iss + 1) % M32, "number of the FIN")


@case("the application resets an established connection: exact at the sender")
def resets():
    s, client, _ = stand()
    RAW.send(client, ISN + 1, s.nxt, RST | ACK)
    check(s.until_rst().seq, (s.iss + 1) % M32, "number of the reset")


@case("the SYN-ACK again (our ACK was lost): the application gets our ACK")
def synack_again():
    s, client, syn = stand()
    RAW.send(client, ISN, syn.seq + 1, SYN | ACK,
             opts=pad(o_mss() + SACKOK + o_ts(77005, syn.ts[0]) + o_ws(5)))
    RAW.expect(client, ACK, "ACK", seq=s.nxt, ack=(ISN + 1) % M32,
               ts=(syn.ts[0], 77005), data=b"")
    # It would answer with times from before there were two legs.
    s.quiet("at the sender, after the SYN-ACK came again")
    RAW.quiet(client, "after the ACK")


# --- ends, said more than once ------------------------------------------------------

def fin_at(s, seg, off, data=b""):
    """A segment at the sender: the application's FIN, @off bytes into its stream"""
    check((seg.flags & 0xFF, seg.seq, seg.data),
          (FIN | ACK, (s.iss + 1 + off) % M32, data), "the application's FIN")


def both_closed(first):
    """A connection whose both FINs have passed; only the last ACK is missing"""
    s, client, _ = stand()
    for who in (first, "app" if first == "sender" else "sender"):
        if who == "sender":
            s.fin()
            RAW.expect(client, FIN | ACK, "FIN", seq=(s.nxt - 1) % M32,
                       ack=(s.rcv - s.iss + ISN) % M32)
            state = "fin-in"
        else:
            RAW.send(client, ISN + 1, s.nxt, FIN | ACK)
            fin_at(s, s.expect(), 0)
            s.rcv = (s.iss + 2) % M32
            state = "fin-out"
        check(flow_state(client), state if who == first else "closing", "state")
    return s, client


@case("a FIN of the sender's again: the application gets it again, at its number")
def fin_again_in():
    s, client, _ = stand()
    s.say(b"bye", FIN | ACK | PSH)
    first = RAW.expect(client, FIN | ACK, "FIN", data=b"bye")
    for data, flags, at in ((b"bye", FIN | ACK | PSH, s.head), (b"", FIN | ACK, s.head + 3)):
        s.seg(data, flags, seq=s.at(at))
        RAW.expect(client, FIN | ACK, "FIN again", seq=s.at(at), data=data, ack=first.ack)
    check(flow_state(client), "fin-in", "state")
    RAW.send(client, ISN + 1, s.nxt)
    s.until_ack()
    # Its other half is as open as before.
    RAW.send(client, ISN + 1, s.nxt, ACK, b"more")
    check(s.read(4), b"more", "the application's data")
    RAW.expect(client, ACK, "ACK", ack=(ISN + 5) % M32)
    drop_at(s, client, ISN + 5)


@case("a FIN of the application's again: the sender gets it again, at its number")
def fin_again_out():
    s, client, _ = stand()
    RAW.send(client, ISN + 1, s.nxt, FIN | ACK, b"bye")
    fin_at(s, s.expect(), 0, b"bye")
    RAW.send(client, ISN + 1, s.nxt, FIN | ACK, b"bye")
    fin_at(s, s.expect(), 0, b"bye")
    RAW.send(client, ISN + 4, s.nxt, FIN | ACK)
    fin_at(s, s.expect(), 3)
    check(flow_state(client), "fin-out", "state")
    s.rcv = (s.iss + 5) % M32
    s.say(b"more")
    RAW.expect(client, ACK, "data", data=b"more", ack=(ISN + 5) % M32)
    drop_at(s, client, ISN + 5)


def drop_at(s, client, seq):
    RAW.send(client, seq, s.nxt, RST | ACK)
    s.until_rst()
    s.iss = None


@case("the last ACK is lost, the sender closed first: FIN again, ACK again", "sender")
@case("the last ACK is lost, the application closed first: FIN again, ACK again", "app")
def last_ack_lost(first):
    s, client = both_closed(first)
    for _ in range(2):
        if first == "sender":
            RAW.send(client, ISN + 1, s.nxt, FIN | ACK)
            fin_at(s, s.expect(), 0)
            s.seg()
            RAW.expect(client, ACK, "last ACK", seq=s.nxt, ack=(ISN + 2) % M32)
        else:
            s.seg(flags=FIN | ACK, seq=(s.nxt - 1) % M32)
            RAW.expect(client, FIN | ACK, "FIN again", seq=(s.nxt - 1) % M32,
                       ack=(ISN + 2) % M32)
            RAW.send(client, ISN + 2, s.nxt)
            s.expect(ACK, what="last ACK", seq=s.rcv, ack=s.nxt)
    check(flow_state(client), "closing", "state")
    s.iss = None


def flow_state(client):
    flows = json.loads(sluice("-j", "flow", "show", "client", pplib.show(client)))
    return flows[0]["state"] if flows else None


@case("an application that calls its client from the service's port hears nothing")
def calls_out():
    s, client, _ = stand()
    with Counted("seq-invalid"):
        try:
            RAW.send(client, 4711, 0, SYN, opts=o_mss())
        except PermissionError:
            pass  # it is told that its packet did not leave
        RAW.quiet(client, "after a SYN of its own")
    s.quiet("after a SYN of the application's")
    check(flow_state(client), "established", "state")


@case("a reset that the sender would not believe ends no flow, one that it would does")
def reset_guess():
    s, client, _ = stand()
    RAW.send(client, ISN + 4000, s.nxt, RST | ACK)
    s.expect(RST, RST)
    check(flow_state(client), "established", "state after the first")
    RAW.send(client, ISN + 1, s.nxt, RST | ACK)
    s.expect(RST, RST)
    check(flow_state(client), "reset", "state after the second")


@case("a FIN is seen though the application's window is closed")
def fin_zero_window():
    s, client, _ = stand()
    RAW.send(client, ISN + 1, s.nxt, ACK, win=0)
    check(s.expect(ACK).win, 0, "window")
    s.fin()
    RAW.expect(client, FIN | ACK, "FIN")
    check(flow_state(client), "fin-in", "state")
    drop(s, client)


@case("a FIN is seen though a later acknowledgment overtook it")
def fin_overtaken():
    s, client, _ = stand()
    RAW.send(client, ISN + 1, s.nxt, ACK, data=b"x" * 100)
    s.expect(ACK)
    old, s.rcv = s.rcv, (s.iss + 101) % M32
    s.seg(ack=s.rcv)
    RAW.expect(client, ACK, "ACK", ack=(ISN + 101) % M32)
    s.seg(flags=FIN | ACK, ack=old)
    RAW.expect(client, FIN | ACK, "FIN")
    check(flow_state(client), "fin-in", "state")
    RAW.send(client, ISN + 101, s.nxt, RST | ACK)
    s.until_rst()
    s.iss = None


# --- numbers ------------------------------------------------------------------------------

@case("both directions are numbered right across 2^32")
def numbers():
    for isn in (0, 0xFFFFFFFF, 0x7FFFFFFE, random.randrange(M32)):
        s, client, syn = ask(isn=0xFFFFFFFF - 60)
        answer(s, client, syn, isn=isn)
        s.until_ack()
        there = back = 0
        for i in range(12):
            s.say(b"x" * 37)
            seg = RAW.expect(client, ACK, data=b"x" * 37)
            check((seg.seq, seg.ack), (s.at(s.head + there), (isn + 1 + back) % M32),
                  "numbers inward")
            there += 37
            RAW.send(client, isn + 1 + back, s.nxt, ACK, b"y" * 53,
                     opts=NOP * 2 + o_ts(77001 + i, syn.ts[0]))
            seg = s.expect(ACK, data=b"y" * 53)
            check((seg.seq, seg.ack), ((s.iss + 1 + back) % M32, s.nxt), "numbers outward")
            back += 53
            s.rcv = (s.iss + 1 + back) % M32
        drop(s, client)


@case("timestamps: own clock each way, echoes come home, zero stays zero")
def timestamps():
    s, client, syn = stand()
    base = s.tsval
    for step in (1, 5, 1000, 1 << 20):
        s.tsval = (base + step) % M32
        s.seg(b"t", opts=NOP * 2 + o_ts(s.tsval, s.tsecr))
        seg = RAW.expect(client, ACK, data=b"t")
        inner = seg.ts[0]
        check((inner - syn.ts[0]) % M32 - (s.tsval - base) % M32 in (-1, 0, 1), True,
              f"advance of {step}")
        echo = 77000 + step
        RAW.send(client, ISN + 1, s.at(s.head), opts=NOP * 2 + o_ts(echo, inner))
        seg = s.expect(ACK)
        check(seg.ts[1], s.tsval, "the sender's own value comes home")
        s.seg(opts=NOP * 2 + o_ts(s.tsval, seg.ts[0]))
        check(RAW.expect(client, ACK).ts[1], echo, "the application's too")
    s.seg(opts=NOP * 2 + o_ts(s.tsval, 0))
    check(RAW.expect(client, ACK).ts[1], 0, "echo of zero")


@case("our clock towards the sender never goes back")
def monotonic():
    client = NET.next_client()
    head, _ = header(client=client, port=8082)
    s = Sender(dport=8082)
    s.syn()
    seen = [s.synack().ts[0]]
    s.seg()
    for i in range(10):
        s.say(head[i:i + 1])
        seen.append(s.until_ack().ts[0])
        time.sleep(0.01)
    s.head = len(head)
    s.say(head[10:])
    syn = RAW.expect(client, SYN)
    answer(s, client, syn, opts=pad(o_mss() + o_ts(5, syn.ts[0])))
    seen.append(s.until_ack().ts[0])
    for i in range(5):
        RAW.send(client, ISN + 1, s.nxt, opts=NOP * 2 + o_ts(5 + i, syn.ts[0]))
        seen.append(s.expect(ACK).ts[0])
    for a, b in zip(seen, seen[1:]):
        true((b - a) % M32 < 1 << 31, f"went back: {seen}")


@case("SACK of the sender's names the application's bytes in its own numbers")
def sack_in():
    s, client, _ = stand()
    one = s.iss + 1
    for blocks in ((100, 200), (100, 200, 300, 400), (100, 200, 300, 400, 500, 0xFFF)):
        for lead in range(0, 3):
            opts = o_ts(s.tsval, s.tsecr) + NOP * lead + o_sack(*[one + b for b in blocks])
            if len(pad(opts)) > 40:
                continue
            s.seg(opts=pad(opts), ack=one)
            seg = RAW.expect(client, ACK)
            check([(x - ISN - 1) % M32 for x in seg.sacks], list(blocks), "blocks")


@case("D-SACK of the sender's: blocks below the acknowledgment too")
def dsack_in():
    s, client, _ = stand()
    s.seg(ack=s.iss + 1 + 1000,
          opts=pad(o_ts(s.tsval, s.tsecr) + o_sack(s.iss + 101, s.iss + 201)))
    seg = RAW.expect(client, ACK)
    check((seg.ack, seg.sacks), ((ISN + 1001) % M32, ((ISN + 101) % M32, (ISN + 201) % M32)),
          "numbers")


@case("four SACK blocks without timestamps")
def sack_four():
    s, client, _ = stand(ts=False, opts=pad(o_mss() + SACKOK + o_ws(5)))
    one = s.iss + 1
    edges = [10, 20, 30, 40, 50, 60, 70, 80]
    s.seg(opts=NOP * 2 + o_sack(*[one + e for e in edges]))
    check([(x - ISN - 1) % M32 for x in RAW.expect(client, ACK).sacks], edges, "blocks")


@case("SACK and D-SACK of the application's name the sender's bytes unchanged")
def sack_out():
    s, client, syn = stand()
    edges = tuple(s.at(s.head + x) for x in (50, 80, 100, 130))
    below = (s.at(s.head - 5), s.at(s.head))
    for want in (edges, below + edges[:2]):
        RAW.send(client, ISN + 1, s.at(s.head),
                 opts=pad(o_ts(77002, syn.ts[0]) + o_sack(*want)))
        check(s.expect(ACK).sacks, want, "blocks")


# --- windows -----------------------------------------------------------------------------

@case_once("the application's windows under every scale from 0 to 14")
def app_scales():
    for scale in range(15):
        s, client, syn = ask()
        answer(s, client, syn, opts=pad(o_mss() + SACKOK + o_ts(77000, syn.ts[0]) + o_ws(scale)))
        s.until_ack()
        for raw in (0, 1, 7, 100, 1000, 65535):
            RAW.send(client, ISN + 1, s.nxt, win=raw, opts=NOP * 2 + o_ts(77001, syn.ts[0]))
            seg = s.expect(ACK)
            promised, got = raw << scale, seg.win << s.peer_wscale
            most = min(promised, 65535 << s.peer_wscale)
            true(most - (1 << s.peer_wscale) < got <= promised,
                 f"scale {scale}: {promised} became {got}")
        drop(s, client)
        NET.clean()


@case_once("the sender's windows under every scale from 0 to 14")
def sender_scales():
    for scale in range(15):
        s, client, syn = ask(wscale=scale)
        check(syn.opts[3], bytes((scale,)), "scale of the inner SYN")
        true(syn.win <= 65535 and (scale == 0 or syn.win), "window of the inner SYN")
        answer(s, client, syn)
        s.until_ack()
        for raw in (0, 1, 500, 65535):
            s.seg(win=raw)
            check(RAW.expect(client, ACK).win, raw, f"window under scale {scale}")
        drop(s, client)
        NET.clean()


# --- declined ------------------------------------------------------------------------------

@case("K4.6: an application without window scale reads the sender's windows right")
def no_wscale():
    with Counted("downgraded"):
        s, client, syn = ask(wscale=7)
        answer(s, client, syn, opts=pad(o_mss() + SACKOK + o_ts(77000, syn.ts[0])))
        s.until_ack()
    for raw, want in ((0, 0), (1, 128), (500, 64000), (512, 65535), (65535, 65535)):
        s.seg(win=raw)
        check(RAW.expect(client, ACK).win, want, f"window {raw}")
    RAW.send(client, ISN + 1, s.nxt, win=6400, opts=NOP * 2 + o_ts(77001, syn.ts[0]))
    seg = s.expect(ACK)
    true(6400 - (1 << s.peer_wscale) < seg.win << s.peer_wscale <= 6400, f"window: {seg}")


@case("an application without timestamps gets none")
def no_ts():
    with Counted("downgraded"):
        s, client, syn = ask()
        answer(s, client, syn, opts=pad(o_mss() + SACKOK + o_ws(5)))
        s.until_ack()
    s.say(b"data")
    seg = RAW.expect(client, ACK, data=b"data")
    true(not seg.ts, f"got {seg}")
    RAW.send(client, ISN + 1, s.nxt, ACK, b"answer")
    check(s.read(6), b"answer", "its answer")


@case("an application without SACK gets none")
def no_sack():
    with Counted("downgraded"):
        s, client, syn = ask()
        answer(s, client, syn, opts=pad(o_mss() + o_ts(77000, syn.ts[0]) + o_ws(5)))
        s.until_ack()
    s.seg(opts=pad(o_ts(s.tsval, s.tsecr) + o_sack(s.iss + 11, s.iss + 21)))
    seg = RAW.expect(client, ACK)
    true(not seg.sacks and seg.ts, f"got {seg}")


@case("an application without any option")
def no_options():
    s, client, syn = ask(b"early")
    RAW.send(client, ISN, syn.seq + 1, SYN | ACK)
    seg = RAW.expect(client, ACK, "ACK", ack=(ISN + 1) % M32)
    check(seg.data or RAW.expect(client, ACK).data, b"early", "what was held")
    RAW.send(client, ISN + 1, s.nxt, ACK, b"z" * 536)
    check(s.read(536), b"z" * 536, "its data")


@case("an application with a smaller MSS")
def small_mss():
    s, client, _ = stand(opts=pad(o_mss(536)))
    s.say(b"m" * 1400)
    check(RAW.expect(client, ACK).data, b"m" * 1400, "payload")


@case("K4.6: what is promised to the sender is what the application's host would promise")
def host_declines():
    for key, kind in (("tcp_timestamps", 8), ("tcp_sack", 4), ("tcp_window_scaling", 3)):
        old = sysctl("app", **{key: 0})
        try:
            head, _ = header()
            s = Sender()
            s.syn()
            seg = s.synack()
            true(kind not in seg.opts, f"{key}=0: {seg}")
            s.use_ts = bool(seg.ts)
            s.seg()
            s.say(head)
            conn, _ = APP.accept()
            s.until_ack()
            talks(s, conn)
        finally:
            sysctl("app", **old)
            NET.clean()


@case("the host's mind changes between our promise and the application's answer")
def host_changes_its_mind():
    for key in ("tcp_timestamps", "tcp_sack", "tcp_window_scaling"):
        head, _ = header()
        s = Sender().open()
        old = sysctl("app", **{key: 0})
        try:
            s.say(head)
            conn, _ = APP.accept()
            s.until_ack()
            talks(s, conn)
            blob = random.randbytes(30000)
            conn.sendall(blob)
            check(s.read(len(blob)), blob, f"{key}=0: its data")
            talks(s, conn)
        finally:
            sysctl("app", **old)
            NET.clean()


@case("receive buffers of all sizes")
def rmem():
    for rmem_values in ("4096 8192 16384", "4096 32768 32768", "4096 131072 67108864"):
        old = sysctl("app", tcp_rmem=rmem_values)
        try:
            for _ in range(2):  # the second knows the application's scale
                APP.close()
                APP.__init__()
                s, conn, _ = connect(APP)
                for i in range(10):
                    s.say(b"%d" % i * 500)
                    check(take(conn, 500), b"%d" % i * 500, "payload")
                    s.until_ack()
                talks(s, conn)
                NET.clean()
        finally:
            sysctl("app", **old)


# --- held while it is asked --------------------------------------------------------------

def given(s, client, want):
    """The first copies of the bytes that are given to the application"""
    copies = {}
    for _ in range(5):
        seg = RAW.recv(client, 1)
        if not seg:
            break
        for i, byte in enumerate(seg.data):
            copies.setdefault((seg.seq + i - s.at(s.head)) % M32, bytes((byte,)))
    got = b"".join(copies.get(i, b"?") for i in range(len(want)))
    check(got, want, "first copies")
    check(set(copies), set(range(len(want))), "bytes of payload, none of the header")


@case("what came meanwhile is given in order, each byte's first copy")
def held():
    s, client, syn = ask(b"AAAA")
    s.seg(b"a" * 4 + b"BBBB", seq=s.at(s.head))  # overlaps AAAA with other content
    s.seg(b"DDDD", seq=s.at(s.head + 12))
    s.seg(b"CCCC", seq=s.at(s.head + 8))
    s.seg(b"d" * 4 + b"EEEE", seq=s.at(s.head + 12))
    s.nxt = s.at(s.head + 20)
    answer(s, client, syn)
    given(s, client, b"AAAABBBBCCCCDDDDEEEE")


@case("what comes in front of what came too early, and overlaps it by one byte to the right")
def held_right():
    s, client, syn = ask(b"AAAA")
    s.seg(b"CCCC", seq=s.at(s.head + 8))
    s.seg(b"BBBBx", seq=s.at(s.head + 4))
    s.nxt = s.at(s.head + 12)
    answer(s, client, syn)
    given(s, client, b"AAAABBBBCCCC")


@case("the header again with other content, while the application is asked")
def held_other_header():
    s, client, syn = ask(b"good")
    s.seg(b"\0" * s.head + b"evil", seq=s.at(0))
    s.seg(b"\0" * s.head + b"evilmore", seq=s.at(0))
    s.nxt = s.at(s.head + 8)
    answer(s, client, syn)
    first = RAW.expect(client, ACK)
    check((first.seq, first.data), (s.at(s.head), b"good"), "what is given first")


@case("keep-alive probes while the application is asked are not held")
def held_probe():
    s, client, syn = ask()
    for _ in range(3):
        s.seg(b"\xff", seq=(s.nxt - 1) % M32)
    answer(s, client, syn)
    seg = RAW.recv(client, 0.5)
    true(not seg or not seg.data, f"the application got {seg}")


@case("a reset of the sender's while the application is asked ends its half too")
def reset_while_asked():
    s, client, syn = ask()
    with Counted("flows-reset"), Counted("header-cut", 0):
        s.rst()
    RAW.expect(client, RST, "reset of the half-open socket", seq=(syn.seq + 1) % M32)
    s.iss = None


def flow_id(who):
    return str(json.loads(sluice("-j", "flow", "show", "client", who))[0]["id"])


@case("deleted while the application is asked: both legs are reset, by one reason")
def deleted_while_asked():
    s, client, syn = ask()
    with Counted("flows-flushed"), Counted("flows-reset", 0):
        sluice("flow", "del", flow_id(pplib.show(client)))
    s.until_rst()
    s.iss = None
    RAW.expect(client, RST, "reset of the half-open socket", seq=(syn.seq + 1) % M32)


@case("a flush counts the connections that it ends, and not those that were over")
def flushed():
    sluice("flow", "flush")
    s, client, _ = ask()
    live, conn, _ = connect(APP)
    half = Sender().open()
    half.say(b"PROXY ")
    half.until_ack()
    over, gone, who = connect(APP)
    farewell(over, gone)
    with Counted("flows-flushed", 0), Counted("flows-closed", 0):
        sluice("flow", "del", flow_id(who))
    over, gone, who = connect(APP)
    farewell(over, gone)
    with Counted("flows-flushed", 3), Counted("flows-reset", 0):
        check(json.loads(sluice("-j", "flow", "flush")), {"count": 3}, "what is said")
    check(json.loads(sluice("-j", "flow", "show")), [], "flows that are left")
    for each in (s, live, half):
        each.until_rst()
        each.iss = None
    was_reset(conn)
    RAW.inbox.clear()


@case("FIN of the sender's while the application is asked arrives behind the data")
def fin_while_asked():
    s, client, syn = ask(b"last words")
    s.fin()
    answer(s, client, syn)
    first = RAW.expect(client, ACK, data=b"last words")
    RAW.expect(client, ACK | FIN, seq=(first.seq + 10) % M32)


@case("an MTU of 1280 at the sender: big answers arrive in fitting segments")
def small_path():
    run("app", "ip", "route", "add", here("10.0.9.0/24"), "via", here("10.0.0.9"),
        "mtu", "1280")
    try:
        s, conn, _ = connect(APP)
        conn.sendall(b"q" * 5000)
        got = 0
        while got < 5000:
            seg = s.recv()
            true(seg, f"{got} of 5000 came")
            true(len(seg.data) + len(seg.raw) + HEADS <= 1280, f"too big: {seg}")
            if seg.seq == s.rcv:
                got += len(seg.data)
                s.rcv = (s.rcv + len(seg.data)) % M32
                s.seg()
        talks(s, conn)
    finally:
        run("app", "ip", "route", "del", here("10.0.9.0/24"))


def before():
    NET.open()
    # The kernel knows of no connection there; RAW's own resets bear its mark.
    run("app", "nft", "-f", "-", stdin="""
table inet keep {
    chain out {
        type filter hook output priority 0;
        tcp flags & rst == rst tcp sport 8082 meta mark != 0x51 drop
    }
}
""")


main(before)
