# SPDX-License-Identifier: GPL-2.0
"""The parser's table (tests/kunit/pp_vectors.h, written down in vectors.txt), end
to end: each row through a connection of its own, in single bytes. Every prefix
must be acknowledged at once and decide nothing; the byte that settles a row must
settle it at once; what follows a good header, be it another one, is payload.
"""
import collections
import os

from wire import (ACK, NET, PSH, RST, SMALL, App, Sender, Wrong, case, check, main,
                  stats, take, true)
import pplib

APP = App()
STEP = 7 if SMALL else 1
TAIL = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"


def rows():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.txt")
    with open(path, encoding="utf-8") as f:
        for line in f:
            kind, what, data, name = line.rstrip("\n").split("\t")
            yield kind, what, bytes.fromhex(data), name


ROWS = list(rows())


def pieces(s, data, first):
    """A prefix: each piece of it asks for more. The first has @first bytes"""
    at, n = 0, first
    while at < len(data):
        s.say(data[at:at + n])
        seg = s.recv()
        true(seg, f"no answer to {at + n} bytes")
        true(not seg.flags & RST, f"refused after {at + n} bytes of {len(data) + 1}")
        check(seg.ack, s.nxt, f"acknowledgment of {at + n} bytes")
        at, n = at + n, STEP


def reset(s, what):
    seg = s.recv()
    true(seg, f"{what}: silence")
    true(seg.flags & RST, f"{what}: want a reset, got {seg}")
    s.iss = None


def good(what, data, first):
    s = Sender().open()
    pieces(s, data[:-1], first)
    s.say(data[-1:] + TAIL, ACK | PSH)
    if what == "refused":
        reset(s, "a client that cannot be")
        return
    conn, peer = APP.accept()
    check(peer, pplib.show((s.src, s.sport)) if what == "sender" else what, "peer")
    check(take(conn, len(TAIL)), TAIL, "what follows the header")


def bad(_, data, first):
    s = Sender().open()
    pieces(s, data[:-1], first)
    s.say(data[-1:])
    reset(s, "the byte that settles it")


def run_rows(kind, version, fn):
    chosen = [r for r in ROWS if r[0] == kind and r[3].startswith(version)]
    true(len(chosen) > 20, f"only {len(chosen)} rows")
    want = collections.Counter(
        "client-refused" if kind == "good" else r[1]
        for r in chosen if kind == "bad" or r[1] == "refused")
    before = stats()
    wrong = []
    for i, (_, what, data, name) in enumerate(chosen):
        try:
            fn(what, data, 1 + i % STEP)
        except Wrong as e:
            wrong.append(f"{name}: {e}")
        NET.clean()
    true(not wrong, "\n".join(wrong[:10]))
    after = stats()
    for counter, n in want.items():
        check(after.get(counter, 0) - before.get(counter, 0), n, f"counter {counter}")
    APP.lonely("by a row that is bad")


@case("every good row of v1 reaches the application as it says, each prefix waits", "v1")
@case("every good row of v2 reaches the application as it says, each prefix waits", "v2")
def good_rows(version):
    run_rows("good", version, good)


@case("every bad row of v1 is refused by the byte that settles it, each prefix waits", "v1")
@case("every bad row of v2 is refused by the byte that settles it, each prefix waits", "v2")
def bad_rows(version):
    run_rows("bad", version, bad)


main(NET.open)
