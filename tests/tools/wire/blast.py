# SPDX-License-Identifier: GPL-2.0
"""Many packets that differ in a few bytes, through a ring shared with the kernel:
an emulated guest makes few system calls a second.
"""
import errno
import mmap
import socket
import struct
import time

from wire import NET, csum, netns

FRAME = 256
FRAMES = 4096
AT = 32  # of the packet in a frame: behind struct tpacket2_hdr
VNET = 10


class Blaster:
    def __init__(self):
        with netns("lb"):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(263, 10, 1)  # PACKET_VERSION: TPACKET_V2
        self.sock.setsockopt(263, 15, 1)  # PACKET_VNET_HDR
        self.sock.setsockopt(263, 13,  # PACKET_TX_RING
                             struct.pack("IIII", 65536,
                                         FRAMES * FRAME // 65536, FRAME, FRAMES))
        with netns("lb"):
            self.sock.bind(("eth0", 0))
        self.ring = mmap.mmap(self.sock.fileno(), FRAMES * FRAME)
        self.sent = 0
        self.slot = 0

    def close(self):
        self.ring.close()
        self.sock.close()

    def blast(self, packet, offset, values, fields=None):
        """Send @packet once for each of @values, which go into it at @offset (of
        the TCP header). @fields instead: several (offset, values). TCP's checksum
        is the kernel's work, from the sum of the pseudo-header.
        """
        fields = fields or ((offset, values),)
        frame = bytearray(NET.frame(packet))
        v6 = packet[0] >> 4 == 6
        l4 = 14 + (40 if v6 else (packet[0] & 15) * 4)
        addrs = packet[8:40] if v6 else packet[12:20]
        part = ~csum(addrs + struct.pack("!HH", 6, len(frame) - l4)) & 0xFFFF
        frame[l4 + 16:l4 + 18] = struct.pack("!H", part)
        head = struct.pack("<BBHHHH", 1, 0, l4 + 20, 0, l4, 16)
        whole = head + bytes(frame)
        hdr = struct.pack("III", 0, len(whole), len(whole))
        ring = self.ring
        for i in range(FRAMES):
            at = i * FRAME
            ring[at:at + 12] = hdr
            ring[at + AT:at + AT + len(whole)] = whole
        want = struct.pack("I", 1)  # TP_STATUS_SEND_REQUEST
        total = len(fields[0][1])
        places = [(AT + VNET + l4 + off, len(vals[0]), vals) for off, vals in fields]
        for start in range(0, total, FRAMES):
            some = min(FRAMES, total - start)
            for i in range(some):
                at = (self.slot + i) % FRAMES * FRAME
                for off, width, vals in places:
                    ring[at + off:at + off + width] = vals[start + i]
                ring[at:at + 4] = want
            self.slot = (self.slot + some) % FRAMES
            self.kick()
            self.sent += some

    def kick(self):
        """Send what is in the ring; a full queue is waited for"""
        while True:
            try:
                self.sock.send(b"")
                return
            except OSError as e:
                if e.errno != errno.ENOBUFS:
                    raise
            time.sleep(0.01)
