# SPDX-License-Identifier: GPL-2.0
"""The section of docs/benchmarks.md about backends that answer clients: see report."""
import report_balance as balance

TITLE = 'Backends that answer the client'

ROWS = [
    ('plain', 'forwarded, no balancer'),
    ('dsr', '**Sluice, `forward dsr`**'),
    ('ipvs-dr', 'IPVS, DR'),
    ('ipip', '**Sluice, `forward ipip`**'),
    ('ipvs-tun', 'IPVS, TUN'),
    ('gue', '**Sluice, `forward gue`**'),
    ('ipvs-gue', 'IPVS, TUN by GUE without checksum'),
]

PROFILED = [('dsr', 'dsr'), ('ipip', 'ipip')]

METHOD = '''
As above, by `tests/bench/guest 6.1 balance direct` (with the profiles, by `balance
direct-profile`); but

- backends are on the balancer's link and have the VIP themselves, ends of tunnels, and
  the service's port. What they answer is forwarded by the balancer, for there is no other
  way, and is not measured: the client has found two answers in each established flow to
  come from the VIP;
- what is measured ends where the backend's device has received it: a rule of nft there
  counts the packets whose length is as it should be, with the tunnel's headers if there
  are any, and drops them, or the run fails. It is the same in each row, as is what the
  client does, and what the end of a tunnel does is in none of them;
- packets come to the balancer with room before them, as from a network card: the
  client's device is a bridge that one port wants 50 bytes of. Otherwise what tunnels need
  would have to be made room for in each packet.

So the first row is another than above. All choose backends in turn, of which there are
ten. Sluice looks each second for flows that are over, for some 100 instructions each:
whether that falls into the fraction of a second that 40,000 packets take is chance, and
so much a packet. ipvsadm is {ipvsadm}. Module as of commit {module}, {date}.

A packet of an established flow is sent by the flow's route: what forwarding is spared,
an input route, a look for its socket and its own work, is some 1,000. IPVS takes a packet
for this host first, and has it from there. A new flow costs Sluice more than IPVS, as by
`nat`: there is more memory to be cleared, and each looks up a route, by `dsr` one of its
own, and draws a random number.
'''


def packets(rows, versions):
    out = METHOD.format(**versions).split('\n')
    out += balance.flows_table(rows, ROWS) + ['']
    out += ['Aims: `forward dsr` and `forward ipip` add at most %d to a packet of an '
            'established' % balance.AIM, 'flow: dsr %s,' % balance.aim(rows, 'dsr'),
            'ipip %s.' % balance.aim(rows, 'ipip')]
    return out
