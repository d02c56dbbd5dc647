# SPDX-License-Identifier: GPL-2.0
"""The section of docs/benchmarks.md about balancing: see report."""
import re
import statistics

# Packets of a round: COUNT of tests/bench/balance
COUNT = 5000
# What Sluice may add to a packet of an established flow
AIM = 600

ROWS = [
    ('plain', 'forwarded, no balancer'),
    ('beside', 'forwarded, other ports than those of a service of Sluice'),
    ('nat', '**Sluice, `forward nat`**'),
    ('fullnat', '**Sluice, `forward fullnat`**'),
    ('nft', 'nft, DNAT'),
    ('ipvs', 'IPVS, NAT'),
]

METHOD = '''
Instructions for one UDP packet in a frame of 64 bytes, from the client to a backend,
in guests of the same kind, all rows of a table in one boot.
There are three namespaces, client, balancer and backend, and veth pairs between them;
neighbours and routes are known. The client and the sink are one process,
`tests/bench/packets.c`, whose work is in each row and the same in each: it makes 16
frames and sends them by a packet socket, the kernel does all that comes of it at once,
and then it receives 16 datagrams from a socket of the backend's, or the run fails.
Flows take turns packet by packet, and so do services.

- **Established**: so many flows have had a question and an answer each, which the
  client has found to come from where it asked. Median of {rounds} rounds of {count}
  packets; one packet of each flow, once, if these are more.
- **New**: each packet is of a flow that is not known yet: the backend is chosen, and
  what remembers the flow is made. {count} packets, among which are those that made
  tables grow.

All choose backends in turn (`rr`, `numgen inc`); each service has as many of its own.
What peers find flows in was made large enough for a hundred thousand before they
began, `conn_tab_bits=17` and `nf_conntrack_buckets=131072`; Sluice's grows. nft has one
map of all services. conntrack is there for nft alone: with Sluice or IPVS it would
cost what it costs with nothing. ipvsadm is {ipvsadm}, nft {nftables}.

A packet of an established flow has its route from the flow: what forwarding is spared
pays for most of what the module does. Whether slabs that packets fill are given back
and cleared anew is chance, and up to 300 instructions a packet if many are under way.

What is said of instructions above holds here, too: 40,000 flows miss the caches of a
CPU more often than 1,000, of which nothing is seen here. Module as of commit
{module}, {date}.
'''


def mid(rows, row, what):
    return statistics.median(rows[row][what])


def best(rows, row, what):
    """Of what the machine's other work can only make worse"""
    return (min if what.startswith('packet/') else max)(rows[row][what])


def many(rows):
    """The larger number of established flows."""
    return max(int(w.split('/')[2]) for w in rows['plain']
               if not w.endswith('new'))


def flows_table(rows, named):
    cols = ['1000', str(many(rows)), 'new']
    out = ['| | established, 1,000 flows | added | {:,} flows | added | new | '
           'added |'.format(int(cols[1])), '|---' + '|--:' * 6 + '|']
    for row, name in named:
        cells = []
        for c in cols:
            v = mid(rows, row, '1/10/' + c)
            added = v - mid(rows, 'plain', '1/10/' + c)
            cells += ['%.0f' % v, '' if row == 'plain' else '%+.0f' % added]
        out.append('| %s | %s |' % (name, ' | '.join(cells)))
    return out


def size_table(rows, state, title):
    cols = [('1/10/', '1 service, 10 backends'), ('100/10/', '100 services'),
            ('1000/10/', '1,000 services'),
            ('1/1000/', '1 service, 1,000 backends')]
    out = ['| %s | %s |' % (title, ' | '.join(c[1] for c in cols)),
           '|---' + '|--:' * len(cols) + '|']
    for row, name in ROWS:
        if row in ('plain', 'beside'):
            continue
        out.append('| %s | %s |' % (name, ' | '.join(
            '%.0f' % mid(rows, row, c[0] + state) for c in cols)))
    return out


def aim(rows, row):
    """What it adds, and whether that is little enough"""
    out = []
    for what in ('1000', str(many(rows))):
        added = (mid(rows, row, '1/10/' + what) -
                 mid(rows, 'plain', '1/10/' + what))
        out.append('%s: %.0f with %s flows' % (
            'met' if added <= AIM else 'missed', added,
            '{:,}'.format(int(what))))
    return '(%s)' % '; '.join(out)


def aims(rows):
    return ['Aims: `forward nat` adds at most %d to a packet of an established '
            'flow' % AIM, aim(rows, 'nat') + '.']


def packets(rows, versions, sizes):
    out = METHOD.format(rounds=len(rows['nat']['1/10/1000']),
                        count='{:,}'.format(COUNT), **versions).split('\n')
    out += flows_table(rows, ROWS) + [''] + aims(rows)
    if not sizes:
        return out
    out += ['', 'By what is configured, ten backends to a service but for the '
            'last column:', '']
    out += size_table(rows, '1000', 'established, 1,000 flows') + ['']
    out += size_table(rows, 'new', 'new')
    return out


PROFILE = ['', '### A packet of an established flow', '',
           'Function by function, as above: forwarded without a balancer against '
           '`forward nat`.', '']

FLOWS = '''
What a connection is remembered in, in bytes, by `pahole` on stock 6.1
(`tests/bench/layout.c`), of which `SLAB_HWCACHE_ALIGN` and what conntrack adds for
translation (`nf_ct_ext`) are not yet part. A flow of Sluice is two halves, each found by
its tuple and in two cache lines, and what they share.

| | bytes | cache lines |
|---|--:|--:|
| `struct slc_flow` | {slc_flow} | {slc_flow_lines} |
| of which the two halves | {halves} | {halves_lines} |
| `struct nf_conn` | {nf_conn} | {nf_conn_lines} |
| `struct ip_vs_conn` | {ip_vs_conn} | {ip_vs_conn_lines} |
'''

CLOCK = '''
A packet, in nanoseconds of User Mode Linux 7.2 on a machine with two processors and
other work: the best of {rounds} rounds in which each flow has a packet, in another
order than they were made in. Read the ratios, to the first column. All flows have
had two questions and two answers. Bytes are what memory of the kernel's has grown
by, tables and all, divided by the number of flows; but for conntrack's table, which
was made for two million before (16 MiB).

'''


def sizes(text):
    """{struct: bytes}, {struct: cache lines}"""
    out = {}
    for block in text.split('\nstruct '):
        name = block.split()[1] if block.startswith('struct') else block.split()[0]
        size = re.search(r'size: (\d+), cachelines: (\d+)', block)
        out[name] = int(size[1])
        out[name + '_lines'] = int(size[2])
    out['halves'] = 2 * out['slc_half']
    out['halves_lines'] = 2 * out['slc_half_lines']
    return out


def layout(text):
    return FLOWS.format(**sizes(text)).split('\n')[:-1]


def flows(rows, versions):
    ns = sorted(int(w.split('/')[1]) for w in rows['nat'] if
                w.startswith('packet/'))
    out = CLOCK.format(
        rounds=len(rows['nat']['packet/%d' % ns[0]])).split('\n')[:-1]
    out += ['| | %s |' % ' | '.join(
        ['{:,} flows'.format(n) for n in ns] +
        ['bytes a flow, of {:,}'.format(n) for n in ns[1:]]),
        '|---' + '|--:' * (2 * len(ns) - 1) + '|']
    for row, name in ROWS:
        if row not in rows:
            continue
        first = best(rows, row, 'packet/%d' % ns[0])
        cells = ['%.0f (%.2f)' % (v, v / first) for v in
                 (best(rows, row, 'packet/%d' % n) for n in ns)]
        cells += ['%.0f' % mid(rows, row, 'bytes/%d' % n)
                  if rows[row]['bytes/%d' % n] else '' for n in ns[1:]]
        out.append('| %s | %s |' % (name, ' | '.join(cells)))
    out += ['', '`flow flush` of {:,} flows took {:.0f} ms, and left {:.0f} bytes '
            'of memory for each; the'.format(
                ns[-1], mid(rows, 'nat', 'flush/%d' % ns[-1]),
                mid(rows, 'nat', 'left/%d' % ns[-1])),
            'module was unloaded then. Module as of commit {module}, '
            '{date}.'.format(**versions)]
    return out


RATES = '''
User Mode Linux 7.2 on a machine with two processors and other work: ratios to the
first row, not what hardware would do. The best of {rounds} rounds each.

- **Packets**: as above, of {flows} established flows; the backend's device counts them,
  and they go no further. With two processors there are two clients, each with its
  packets on a processor of its own, and one service.
- **Connections**: connect, 100 bytes there, 100 back, close, one after the other, by a
  client and an application on the same processor.

UML's nft has no `numgen`: there is one backend.

'''


def rates(rows, versions):
    out = RATES.format(rounds=len(rows['nat']['packets/1']),
                       flows='1,000').split('\n')[:-1]
    out += ['| | packets, one processor | two | gain | connections, one '
            'processor | two | gain |', '|---' + '|--:' * 6 + '|']
    for row, name in ROWS:
        if row not in rows:
            continue
        cells = []
        for what in ('packets', 'connections'):
            if not rows[row][what + '/1']:
                cells += [''] * 3
                continue
            one, two = (best(rows, row, '%s/%d' % (what, n)) for n in (1, 2))
            cells += ['%.2f' % (one / best(rows, 'plain', what + '/1')),
                      '%.2f' % (two / best(rows, 'plain', what + '/1')),
                      '%.2f' % (two / one)]
        out.append('| %s | %s |' % (name, ' | '.join(cells)))
    out += ['', 'The first row: {:,.0f} packets and {:,.0f} connections a second. '
            'Module as of commit'.format(best(rows, 'plain', 'packets/1'),
                                         best(rows, 'plain', 'connections/1')),
            '{module}, {date}.'.format(**versions)]
    return out
