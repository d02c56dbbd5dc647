# SPDX-License-Identifier: GPL-2.0
"""flood.py: SYNs of many senders to 10.0.0.2:8080 without end; says "flooding" when
the first thousand are out. For the network of wire.sh.
"""
import random
import struct
import time

from blast import Blaster
from wire import NET, SYN, Sender

SOME = 100


def main():
    NET.open()
    b = Blaster()
    rnd = random.Random(1)
    i = 0
    while True:
        s = Sender(src=f"10.0.9.{10 + i % 200}", ts=False)
        ports = [struct.pack("!H", rnd.randrange(1024, 65536)) for _ in range(SOME)]
        numbers = [rnd.randbytes(4) for _ in range(SOME)]
        b.blast(s.packet(flags=SYN, seq=0), 0, [], [(0, ports), (4, numbers)])
        NET.pump()
        NET.strays.clear()
        i += 1
        if i * SOME == 1000:
            print("flooding", flush=True)
        time.sleep(0.05)


main()
