# SPDX-License-Identifier: GPL-2.0
"""Room for half-finished handshakes: less of it, or none, as long as a case runs."""
from wire import (NET, RST, Genl, Sender, half_open_gone, true, INFO_HALF_OPEN,
                  INFO_HALF_OPEN_BYTES, INFO_MAX_HALF_OPEN_BYTES)


class Cap:
    """with Cap(bytes): so much for half-finished handshakes"""

    def __init__(self, size):
        self.size = size
        self.genl = Genl()

    def __enter__(self):
        self.genl.set_info(INFO_MAX_HALF_OPEN_BYTES, self.size)

    def __exit__(self, *_):
        self.genl.set_info(INFO_MAX_HALF_OPEN_BYTES, 64 << 20)


class Cookies(Cap):
    """with Cookies(): every SYN is answered with a cookie"""

    def __init__(self):
        super().__init__(65536)

    def __enter__(self):
        super().__enter__()
        self.fillers = []
        # No network takes more than half of it.
        for src in ("10.0.9.200", "10.0.8.200", "10.0.7.200"):
            for _ in range(110):
                self.filler(src)
        return self.fill()

    def filler(self, src):
        s = Sender(src=src)
        s.syn()
        self.fillers.append(s)

    def fill(self):
        """Until no SYN takes memory any more"""
        for src in ("10.0.9.200", "10.0.8.200", "10.0.7.200"):
            while True:
                before = self.genl.info()[INFO_HALF_OPEN]
                self.filler(src)
                if self.genl.info()[INFO_HALF_OPEN] <= before:
                    break
        NET.pump()
        true(self.genl.info()[INFO_HALF_OPEN_BYTES] > 60000, "the budget is used up")
        return self

    def __exit__(self, *_):
        for s in self.fillers:
            s.seg(flags=RST, seq=s.at(0))
        super().__exit__()
        half_open_gone(self.genl)
