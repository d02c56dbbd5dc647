# SPDX-License-Identifier: GPL-2.0
"""What may not be guessed from elsewhere: cookies and initial sequence numbers of
another namespace, or of the module as it was loaded before. Called three times by
51-secrets.sh: "take" a cookie and a number, then "other" and "again" with what
was taken.
"""
import json
import os
import sys
import time

from wire import (ACK, NET, PSH, App, Genl, Sender, Wrong, case, check, half_open_gone,
                  header, main, sluice, stats, true, INFO_HALF_OPEN,
                  INFO_MAX_HALF_OPEN_BYTES, M32)

STEP = os.environ["SLUICE_STEP"]
KEEP = os.environ["SLUICE_KEEP"]
APP = App()
GENL = Genl()
ISN, PORT = 1000000, 30000


def fixed(**kw):
    return Sender(src="10.0.9.77", sport=PORT, isn=ISN, **kw)


def number():
    """The initial sequence number that the tuple gets, with state"""
    sluice("flow", "flush")
    half_open_gone(GENL)
    GENL.set_info(INFO_MAX_HALF_OPEN_BYTES, 64 << 20)
    s = fixed()
    s.syn()
    s.synack()
    at = time.monotonic()
    s.seg(flags=4, seq=s.at(0))  # RST
    half_open_gone(GENL)
    return s.iss, at


def cookies():
    """From now on every SYN is answered with a cookie"""
    GENL.set_info(INFO_MAX_HALF_OPEN_BYTES, 65536)
    # No network takes more than half of it.
    for src in ("10.0.9.200", "10.0.8.200", "10.0.7.200"):
        before = -1
        while GENL.info()[INFO_HALF_OPEN] > before:
            before = GENL.info()[INFO_HALF_OPEN]
            for _ in range(20):
                Sender(src=src).syn()
            NET.pump(0.02)


def cookie():
    s = fixed()
    s.syn()
    seg = s.synack()
    return s.iss, seg.ts[0]


def kept():
    with open(KEEP, encoding="ascii") as f:
        return json.load(f)


def take():
    iss, at = number()
    cookies()
    before = stats().get("cookie-sent", 0)
    c = cookie()
    true(stats()["cookie-sent"] > before, "it is a cookie")
    with open(KEEP, "w", encoding="ascii") as f:
        json.dump({"iss": iss, "at": at, "cookie": c}, f)


def foreign():
    old = kept()
    iss, at = number()
    # The clock alone moves a number by 2^24 and less a second.
    moved = (iss - old["iss"]) % M32
    clock = (at - old["at"]) * 1e9 / 64
    true(abs((moved - clock + M32 // 2) % M32 - M32 // 2) > 1 << 20,
         f"the number follows from the one before: {moved} after {clock:.0f} ticks")
    cookies()
    mine = cookie()
    check(mine[0] >> 29, old["cookie"][0] >> 29 & 3 | mine[0] >> 31 << 2, "step")
    true(mine[0] != old["cookie"][0] and mine[1] != old["cookie"][1],
         "the same cookie once more")
    # Presented here, with the header, it is worth nothing.
    before = stats().get("cookie-accepted", 0)
    s = fixed()
    head, _ = header()
    s.iss, s.nxt = old["cookie"][0], s.at(0)
    s.rcv, s.tsecr = (s.iss + 1) % M32, old["cookie"][1]
    s.seg(head, ACK | PSH)
    s.iss = None
    NET.pump(0.2)
    APP.lonely("by a cookie from elsewhere")
    check(stats().get("cookie-accepted", 0), before, "cookies accepted")
    # One's own is taken.
    s = fixed()
    s.iss, s.nxt = mine[0], s.at(0)
    s.rcv, s.tsecr = (s.iss + 1) % M32, mine[1]
    s.seg(head, ACK | PSH)
    APP.accept()


TEXT = {
    "take": ("a cookie and a number are taken down", take),
    "other": ("another namespace's cookie and number are worth nothing", foreign),
    "again": ("those of before the module was loaded anew are worth nothing", foreign),
}
text, fn = TEXT[STEP]
case(text)(fn)
try:
    main(NET.open)
except Wrong as e:
    sys.exit(str(e))
