# SPDX-License-Identifier: GPL-2.0
"""What a cookie is good for: not in another namespace, not for ever, not after the
module was loaded anew. See also hostile.py.
"""
import os
import time

from budget import Cookies
from wire import (ACK, NET, PSH, App, Counted, Net, Sender, arrives, case, case_once,
                  check, header, here, main, netns, rtt, run, true, V6)

APP = App()
PERIOD = 64  # SLC_COOKIE_PERIOD_S
TWIN = Net()


class Twin:
    """with Twin(): the other host that has this address, in the place of app"""

    def __enter__(self):
        netns.alias["app"] = "twin"
        self.was = NET.raw, NET.mac, NET.app_mac
        NET.raw, NET.mac, NET.app_mac = TWIN.raw, TWIN.mac, TWIN.app_mac

    def __exit__(self, *_):
        netns.alias.clear()
        NET.raw, NET.mac, NET.app_mac = self.was


def fetch(ts=True):
    """A sender that has a cookie, and has not answered it"""
    s = Sender(ts=ts)
    with Counted("cookie-sent"):
        s.syn()
        s.synack()
    return s


def refused(s, what):
    head, _ = header()
    with Counted("cookie-accepted", 0), Counted("cookie-refused", None):
        s.seg(head, ACK | PSH)
        s.quiet("to " + what)
    APP.lonely("by " + what)


def taken(s):
    head, who = header()
    with Counted("cookie-accepted"):
        s.say(head)
        arrives(APP, s, who)
    check(rtt(who), None, "round trip, of which a cookie keeps nothing")


def until(count):
    """Sleep until the cookies' clock has come so far. It is the monotonic one."""
    while int(time.monotonic()) // PERIOD < count:
        time.sleep(max(0.1, count * PERIOD - time.monotonic()))


@case("a cookie of another namespace is not taken", True)
@case("nor one without timestamps", False)
def other_namespace(ts):
    with Cookies():
        with Twin(), Cookies():
            s = fetch(ts)
        refused(s, "a cookie of another namespace")
        # Same tuple, same numbers: with this namespace's cookie it is taken.
        with Counted("cookie-sent"):
            s.syn()
            s.synack()
        taken(s)


@case("a cookie agrees to nothing that this host has turned off", "timestamps", [2])
@case("nor to SACK", "sack", [2, 3, 8])
@case("nor to windows over 64 kB", "window_scaling", [2, 4, 8])
def turned_off(what, agreed):
    run("app", "sysctl", "-qw", f"net.ipv4.tcp_{what}=0")
    try:
        with Cookies(), Counted("cookie-sent"):
            s = Sender()
            s.syn()
            seg = s.synack()
            check(sorted(seg.opts), agreed, "options of the SYN-ACK")
            s.use_ts = seg.ts is not None
            taken(s)
    finally:
        run("app", "sysctl", "-qw", f"net.ipv4.tcp_{what}=1")


@case_once("a cookie is good for a minute, and no more after two")
def age():
    with Cookies() as full:
        while time.monotonic() % PERIOD > PERIOD - 15:
            time.sleep(1)
        full.fill()
        start = int(time.monotonic()) // PERIOD
        old = [fetch(), fetch(), fetch(False), fetch(False)]
        check(int(time.monotonic()) // PERIOD, start, "all of one period")
        until(start + 1)
        full.fill()
        taken(old[0])
        taken(old[2])
        until(start + 2)
        full.fill()
        fresh = fetch(), fetch(False)
        refused(old[1], "an old cookie")
        refused(old[3], "an old cookie without timestamps")
        for s in fresh:
            taken(s)


@case("a cookie from before the module was loaded anew is not taken")
def reloaded():
    with Cookies():
        old = [fetch(), fetch(False)]
        taken(fetch())
    NET.clean()
    run("app", os.environ.get("SLUICE", "/sluice/cli/sluice"), "flow", "flush")
    run("app", "rmmod", "sluice")
    true("sluice " not in run("app", "cat", "/proc/modules"), "the module is gone")
    run("app", "sluice-insmod")
    services()
    with Cookies():
        for s in old:
            NET.senders[(s.src, s.sport, s.dst, s.dport)] = s
            refused(s, "a cookie from before")
    with Cookies():
        for s in fetch(), fetch(False):
            taken(s)


def services():
    for ns in ("app", "twin"):
        run(ns, os.environ.get("SLUICE", "/sluice/cli/sluice"), "service", "add",
            "web6" if V6 else "web", "tcp",
            "[fd00::2]:8080" if V6 else "10.0.0.2:8080", "accept-proxy",
            "trust", ",".join(here(f"10.0.{n}.0/24") for n in (7, 8, 9)),
            "header-timeout", "30", "forward", "local")


def before():
    NET.open()
    netns.alias["app"] = "twin"
    TWIN.open("eth1")
    netns.alias.clear()
    services()


main(before)
