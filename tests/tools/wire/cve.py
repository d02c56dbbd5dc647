# SPDX-License-Identifier: GPL-2.0
"""What broke other receivers of the PROXY protocol, end to end: each against the
running service, which must give its verdict at once and go on.
"""
import random
import struct

from wire import (NET, RST, SMALL, App, Counted, Genl, Sender, Wrong, arrives,
                  case, case_once, check, connect, half_open_gone, header, main, run, stats,
                  take, talks, true)
import pplib

APP = App()
GENL = Genl()
SIG = pplib.SIGNATURE
ADDR4 = bytes((203, 0, 113, 7, 10, 0, 0, 2)) + struct.pack("!HH", 4567, 8080)


def v2(body, family=0x11, command=0x21, size=None):
    return SIG + bytes((command, family)) + struct.pack(
        "!H", len(body) if size is None else size) + body


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


def refused(counter, data, what=""):
    """Reset, counted, and the application knows nothing of it"""
    try:
        with Counted(counter):
            s = Sender().open()
            s.say(data)
            s.until_rst()
            s.iss = None
    except Wrong as e:
        raise Wrong(f"{what}: {e}") from None


def fine():
    """A good connection still goes through"""
    APP.lonely("by a bad header")
    s, conn, _ = connect(APP)
    talks(s, conn)


@case("CVE-2019-14243: an address block shorter than its family")
def short_block():
    for size in range(12):
        # What follows is payload that would make the block whole.
        refused("bad-length", v2(ADDR4[:size], size=size) + ADDR4 * 3, f"length {size}")
    for size in (0, 11, 12, 20, 35):
        refused("bad-length", v2(bytes(size), 0x21) + bytes(80), f"IPv6 length {size}")
    fine()


@case("CVE-2019-10097: a header longer than any buffer, with no end")
def overlong():
    refused("header-too-long", v2(ADDR4 + b"\4\xff\xff", size=65535), "v2 of 65535")
    refused("header-too-long", v2(ADDR4, size=4081), "one over header-max")
    refused("bad-v1", b"PROXY TCP4 " + b"1" * 96 + b"\r\n", "v1 of 109 bytes")
    fine()


@case("CVE-2021-23351: a v1 line without an end is refused at 107 bytes")
def endless():
    s = Sender().open()
    line = b"PROXY UNKNOWN " + b"a" * 200
    before = GENL.info()[7]
    with Counted("header-too-long"):
        for i in range(0, 200, 10):
            s.say(line[i:i + 10])
            seg = s.recv(2)
            true(seg, "no answer")
            if seg.flags & RST:
                break
        check(i, 100, "bytes before the reset")
    s.iss = None
    true(GENL.info()[7] <= before + 4096, "memory")
    fine()


@case("CVE-2021-23409: a sender that says nothing is not waited for for ever")
def no_header():
    with Counted("header-timeout", 5):
        pack = [Sender().open() for _ in range(5)]
        for s in pack:
            s.until_rst()
            s.iss = None
    half_open_gone(GENL, 5)
    fine()


@case("CVE-2022-41881, GHSA-h2qv-fj59-j46j: SSL TLVs nested 60 deep")
def nested():
    inner = b""
    for _ in range(60):
        inner = tlv(0x20, b"\1\0\0\0\0" + inner)
    head = v2(ADDR4 + inner)
    s = Sender().open()
    s.say(head)
    arrives(APP, s, "203.0.113.7:4567")
    NET.clean()
    # The same, whose innermost is one byte too long for its place
    bad = v2(ADDR4 + tlv(0x20, b"\1\0\0\0\0" + b"\x21\0\5abcd"))
    refused("bad-tlv", bad, "a sub-TLV that overruns")
    refused("bad-tlv", v2(ADDR4 + tlv(0x20, b"\1\0\0")), "an SSL TLV of 3 bytes")
    fine()


@case_once("CVE-2024-23325: an IPv6 header on a host without IPv6")
def without_ipv6():
    run("app", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    try:
        for make in (pplib.v1, pplib.v2):
            refused("family-refused", make(("2001:db8:c::7", 999), ("fd00::2", 8080)))
    finally:
        run("app", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=0")
        run("app", "ip", "addr", "add", "fd00::2/64", "dev", "eth0", "nodad", check=False)
        run("app", "ip", "route", "add", "default", "via", "fd00::9", check=False)
    fine()


@case("payload that looks like a TLV stays payload")
def payload_tlv():
    for more in (tlv(2, b"evil.example"), tlv(3, b"abcd"), b"\x20\0\x05" + bytes(5),
                 SIG + b"\x21\x11\0\x0c" + ADDR4, b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"):
        client = NET.next_client()
        head, who = header(version=2, client=client)
        s = Sender().open()
        s.say(head + more)
        conn, peer = APP.accept()
        check(peer, who, "peer")
        check(take(conn, len(more)), more, "payload")
        NET.clean()


@case("a TLV may not reach into the payload")
def tlv_overrun():
    for tail in (b"\2", b"\2\0", b"\2\0\1", b"\2\0\5abcd", b"\4\xff\xff", b"\0\0\0\1"):
        refused("bad-tlv", v2(ADDR4 + tail) + b"x" * 100, tail.hex())
    fine()


@case("a unique id of 129 bytes, a CRC of 3, two CRCs, a wrong CRC")
def tlv_rules():
    refused("bad-tlv", v2(ADDR4 + tlv(5, b"u" * 129)), "unique id")
    refused("bad-crc", v2(ADDR4 + tlv(3, b"abc")), "CRC of 3 bytes")
    refused("bad-crc", v2(ADDR4 + tlv(3, bytes(4)) * 2), "two CRCs")
    good = pplib.v2(("203.0.113.7", 4567), ("10.0.0.2", 8080), [(2, b"a")], True)
    refused("bad-crc", good[:-1] + bytes((good[-1] ^ 1,)), "wrong CRC")
    fine()


@case("numbers that wrap, leading zeros, signs, spaces in v1")
def v1_numbers():
    for line in ("TCP4 299.168.0.1 10.0.0.2 1 2", "TCP4 16909060 10.0.0.2 1 2",
                 "TCP4 1.2.3.4 10.0.0.2 131152 80", "TCP4 1.2.3.4 10.0.0.2 080 80",
                 "TCP4 01.2.3.4 10.0.0.2 1 2", "TCP4 1.2.3.4 10.0.0.2 -1 2",
                 "TCP4 1.2.3.4  10.0.0.2 1 2", "TCP4 1.2.3.4 10.0.0.2 1 2 ",
                 "TCP4 ::1 10.0.0.2 1 2", "TCP6 1.2.3.4 1.2.3.4 1 2",
                 "TCP4 1.2.3.4 10.0.0.2 18446744073709551696 80", "tcp4 1.2.3.4 10.0.0.2 1 2",
                 "TCP4 1.2.3 10.0.0.2 1 2", "TCP4\t1.2.3.4 10.0.0.2 1 2",
                 "TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2", "TCP6 1::2::3 ::1 1 2"):
        refused("bad-v1", f"PROXY {line}\r\n".encode(), line)
    fine()


@case("versions, commands and families that do not exist")
def undefined():
    for version in (0, 1, 3, 15):
        refused("bad-version", v2(ADDR4, command=version << 4 | 1), f"version {version}")
    for command in (2, 3, 15):
        refused("bad-command", v2(ADDR4, command=0x20 | command), f"command {command}")
    for family in (0x13, 0x1F, 0x41, 0xF1, 0xFF):
        refused("bad-family", v2(ADDR4, family=family), f"family {family:#x}")
    fine()


@case("not a header: HTTP, TLS, SSH, nothing but zeros, a signature cut off by junk")
def junk():
    for data in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\3\1\2\0\1\0", b"SSH-2.0-x\r\n",
                 bytes(100), SIG[:11] + b"X" + bytes(20), b"PROXYTCP4", b"\xff" * 300):
        with Counted("client-refused", 0):
            s = Sender().open()
            s.say(data)
            s.until_rst()
            s.iss = None
    fine()


@case("headers with one bit wrong, and whatever behind: each is refused at once")
def fuzz():
    rnd = random.Random(6)
    before = stats()
    for _ in range(200 if SMALL else 500):
        version = 1 + rnd.randrange(2)
        good, _ = header(version=version)
        data = bytearray(good)
        # What no header may have: a byte over 127 in a line, another signature
        at = rnd.randrange(len(data) if version == 1 else 12)
        data[at] ^= 0x80 if version == 1 else 1 << rnd.randrange(8)
        if rnd.randrange(4) == 0:
            data += rnd.randbytes(rnd.randrange(100))
        s = Sender().open()
        s.say(bytes(data))
        # At once, and not because it was late
        true(s.expect(what=f"to {data.hex()}").flags & RST, f"no reset after {data.hex()}")
        s.iss = None
        NET.clean()
    after = stats()
    check(after.get("flows-opened", 0) - before.get("flows-opened", 0), 0, "connections")
    fine()


main(NET.open)
