// SPDX-License-Identifier: GPL-2.0
/*
 * packets: a generator of UDP packets and the sink that counts them, in one process,
 * so that who runs when is not chance.
 *
 *	packets open DST PORT FLOWS		a question in each flow, and its answer
 *	packets send DST PORT FLOWS COUNT	COUNT packets, the flows taking turns
 *	packets warm DST PORT FLOWS COUNT	the same, not counted
 *	packets flood DST PORT FLOWS COUNT	the same, and nobody receives
 *
 * DST and PORT may be ADDR+N, PORT+N: flows take turns with N of them. Flows are
 * counted from PACKETS_FIRST in the environment up; each has a source of its own
 * (198.18.0.0/15, 16 ports each). Namespaces are client1, or what PACKETS_CLIENT says
 * instead of 1, and backend.
 *
 * Frames of 64 bytes, checksums and all, are made here and leave by a packet socket on
 * the client's eth0, 16 at a time; what becomes of them the kernel does before
 * sendmmsg() returns. Then the sink, a UDP socket at port 5300 of whatever address
 * the backend has, receives those 16, or the run fails: what is measured has been
 * delivered. With open, the client looks at the answer as well: it must come from
 * where it asked.
 *
 * send and flood print nanoseconds for a packet on CLOCK_MONOTONIC, which under an
 * emulator that counts instructions are instructions.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "mark.h"

/* Few: where the packets under way fill slabs, whether these are given back each time
 * is chance, and clearing their pages costs hundreds of instructions for each packet.
 */
#define BATCH		16
/* A prime: flows are not met in the order they were made in, but each once a turn. */
#define STEP		1000003
#define SINK_PORT	5300
#define SOURCES		0xc6120000u	/* 198.18.0.0/15 */
#define ETHERTYPE_IPV4	0x0800

#pragma pack(push, 1)
struct frame {
	uint8_t to[6], from[6];
	uint16_t type;
	struct iphdr ip;
	struct udphdr udp;
	uint32_t flow;
	char rest[18];
};

#pragma pack(pop)

_Static_assert(sizeof(struct frame) == 64, "a frame is 64 bytes");

/* Where flows lead */
static uint32_t dst_addr, dst_addrs = 1, dst_port, dst_ports = 1;
static uint32_t first;

static char client_name[sizeof("client1")];

static struct frame frames[BATCH];
static struct iovec frame_iov[BATCH];
static struct mmsghdr frame_msg[BATCH];

static char sunk[BATCH][64];
static struct iovec sunk_iov[BATCH];
static struct mmsghdr sunk_msg[BATCH];

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;
	uint16_t w;

	for (i = 0; i < len; i += 2) {
		memcpy(&w, p + i, 2);
		sum += w;
	}
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static uint32_t flow_source(uint32_t flow)
{
	return htonl(SOURCES + (flow >> 4));
}

static uint16_t flow_sport(uint32_t flow)
{
	return htons(20000 + (flow & 15));
}

static uint32_t flow_dst(uint32_t flow)
{
	return htonl(dst_addr + flow % dst_addrs);
}

static uint16_t flow_dport(uint32_t flow)
{
	return htons(dst_port + flow % dst_ports);
}

static void frame_fill(struct frame *f, uint32_t flow)
{
	struct frame copy = *f;
	uint32_t sum;

	copy.ip.saddr = flow_source(flow);
	copy.ip.daddr = flow_dst(flow);
	copy.ip.check = 0;
	copy.ip.check = fold(sum16(&copy.ip, sizeof(copy.ip), 0));
	copy.udp.source = flow_sport(flow);
	copy.udp.dest = flow_dport(flow);
	copy.udp.check = 0;
	copy.flow = flow;
	sum = sum16(&copy.ip.saddr, 8, htons(IPPROTO_UDP) + copy.udp.len);
	copy.udp.check = fold(sum16(&copy.udp, ntohs(copy.udp.len), sum)) ?: 0xffff;
	*f = copy;
}

static void frames_init(int number)
{
	static const struct frame model = {
		.to = { 2, 0, 0, 0, 0, 2 },
		.from = { 2, 0, 0, 0, 0, 1 },
		.ip = {
			.version = 4,
			.ihl = 5,
			.ttl = 64,
			.protocol = IPPROTO_UDP,
		},
	};
	int i;

	for (i = 0; i < BATCH; i++) {
		frames[i] = model;
		frames[i].to[4] = number;
		frames[i].from[4] = number;
		frames[i].type = htons(ETHERTYPE_IPV4);
		frames[i].ip.tot_len = htons(sizeof(struct frame) - 14);
		frames[i].udp.len = htons(sizeof(struct frame) - 14 - 20);
		frame_iov[i] = (struct iovec){ &frames[i], sizeof(struct frame) };
		frame_msg[i].msg_hdr.msg_iov = &frame_iov[i];
		frame_msg[i].msg_hdr.msg_iovlen = 1;
		sunk_iov[i] = (struct iovec){ sunk[i], sizeof(sunk[i]) };
		sunk_msg[i].msg_hdr.msg_iov = &sunk_iov[i];
		sunk_msg[i].msg_hdr.msg_iovlen = 1;
	}
}

static void enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

/* A packet socket on the client's device; it receives if it is to hear answers. */
static int client_open(int hears)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(hears ? ETHERTYPE_IPV4 : 0),
		.sll_ifindex = if_nametoindex("eth0"),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	int one = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&ll, sizeof(ll)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)))
		err(1, "packet socket");
	return fd;
}

static int sink_open(void)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(SINK_PORT),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int one = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one)))
		err(1, "sink");
	return fd;
}

static void wait_readable(int fd, const char *who)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, 1000) != 1)
		errx(1, "%s is short of packets", who);
}

/* n packets into in[], as they come */
static void take_batch(int fd, struct mmsghdr *in, int n, const char *who)
{
	int have, done;

	for (have = 0; have < n; have += done) {
		done = recvmmsg(fd, in + have, n - have, MSG_DONTWAIT, NULL);
		if (done < 0 && errno != EAGAIN)
			err(1, "recvmmsg");
		if (done < 0) {
			wait_readable(fd, who);
			done = 0;
		}
	}
}

static void give_batch(int fd, struct mmsghdr *out, int n)
{
	int i, done;

	for (i = 0; i < n; i += done) {
		done = sendmmsg(fd, out + i, n - i, 0);
		if (done < 0)
			err(1, "sendmmsg");
	}
}

/* n packets of those of the flows that follow at, one in so many steps */
static void send_batch(int fd, uint32_t at, uint64_t step, uint32_t flows, int n)
{
	int i;

	for (i = 0; i < n; i++)
		frame_fill(&frames[i], first + (at + i) * step % flows);
	give_batch(fd, frame_msg, n);
}

static void sink_batch(int fd, int n)
{
	take_batch(fd, sunk_msg, n, "the sink");
}

/* Each of n questions gets its answer, from the address it was sent to. */
static void answer_batch(int fd, int n)
{
	static struct sockaddr_in from[BATCH];
	static char control[BATCH][64];
	int i;

	for (i = 0; i < n; i++) {
		struct msghdr *m = &sunk_msg[i].msg_hdr;

		m->msg_name = &from[i];
		m->msg_namelen = sizeof(from[i]);
		m->msg_control = control[i];
		m->msg_controllen = sizeof(control[i]);
		sunk_iov[i].iov_len = sizeof(sunk[i]);
	}
	take_batch(fd, sunk_msg, n, "the sink");
	for (i = 0; i < n; i++) {
		struct cmsghdr *c = CMSG_FIRSTHDR(&sunk_msg[i].msg_hdr);
		struct in_pktinfo *info;

		if (!c || c->cmsg_type != IP_PKTINFO)
			errx(1, "the sink is not told by what address");
		info = (struct in_pktinfo *)CMSG_DATA(c);
		info->ipi_ifindex = 0;
		info->ipi_spec_dst = info->ipi_addr;
		sunk_iov[i].iov_len = sunk_msg[i].msg_len;
	}
	give_batch(fd, sunk_msg, n);
}

/* The client's device hears nothing but n answers, each from where it asked. */
static void hear_batch(int fd, int n)
{
	static struct frame heard[BATCH];
	static struct iovec iov[BATCH];
	static struct mmsghdr msg[BATCH];
	int i;

	for (i = 0; i < n; i++) {
		iov[i] = (struct iovec){ &heard[i], sizeof(heard[i]) };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	take_batch(fd, msg, n, "the client");
	for (i = 0; i < n; i++) {
		const struct frame *f = &heard[i];

		if (f->ip.protocol != IPPROTO_UDP || f->ip.saddr != flow_dst(f->flow) ||
		    f->udp.source != flow_dport(f->flow) ||
		    f->ip.daddr != flow_source(f->flow) ||
		    f->udp.dest != flow_sport(f->flow))
			errx(1, "flow %u is answered by another or for another", f->flow);
	}
}

static void open_flows(uint32_t flows)
{
	int client, sink;
	uint32_t i;

	enter(client_name);
	client = client_open(1);
	enter("backend");
	sink = sink_open();
	for (i = 0; i < flows; i += BATCH) {
		int n = flows - i < BATCH ? flows - i : BATCH;

		send_batch(client, i, 1, flows, n);
		answer_batch(sink, n);
		hear_batch(client, n);
	}
}

static void send_packets(uint32_t flows, long count, int counted, int sinks)
{
	int client, sink = -1, zero = 0;
	uint32_t at = 0;
	long long t;
	long i;

	enter(client_name);
	client = client_open(0);
	if (sinks) {
		enter("backend");
		sink = sink_open();
		setsockopt(sink, IPPROTO_IP, IP_PKTINFO, &zero, sizeof(zero));
	}

	t = now_ns();
	if (counted)
		mark_start();
	for (i = 0; i < count; i += BATCH) {
		int n = count - i < BATCH ? count - i : BATCH;

		send_batch(client, at, STEP, flows, n);
		if (sinks)
			sink_batch(sink, n);
		at = (at + n) % flows;
	}
	if (!counted)
		return;
	mark_stop();
	t = now_ns() - t;
	printf("%lld\n", (t + count / 2) / count);
}

/* VALUE or VALUE+N */
static char *split(char *arg, uint32_t *n)
{
	char *plus = strchr(arg, '+');

	if (plus) {
		*plus = 0;
		*n = atol(plus + 1);
	}
	return arg;
}

int main(int argc, char **argv)
{
	const char *number = getenv("PACKETS_CLIENT") ?: "1";
	int is_open = argc == 5 && !strcmp(argv[1], "open");
	int is_send = argc == 6 && !strcmp(argv[1], "send");
	int is_warm = argc == 6 && !strcmp(argv[1], "warm");
	int is_flood = argc == 6 && !strcmp(argv[1], "flood");
	struct in_addr in;
	long flows;

	if (!is_open && !is_send && !is_warm && !is_flood)
		errx(1, "usage: packets open|send|warm|flood DST[+N] PORT[+N] FLOWS [COUNT]");
	if (inet_pton(AF_INET, split(argv[2], &dst_addrs), &in) != 1)
		errx(1, "%s: not an IPv4 address", argv[2]);
	dst_addr = ntohl(in.s_addr);
	dst_port = atol(split(argv[3], &dst_ports));
	flows = atol(argv[4]);
	if (flows < 1 || !dst_addrs || !dst_ports)
		errx(1, "no flows, or nowhere to go");
	first = getenv("PACKETS_FIRST") ? atol(getenv("PACKETS_FIRST")) : 0;

	snprintf(client_name, sizeof(client_name), "client%c", number[0]);
	frames_init(number[0] - '0');
	if (is_open)
		open_flows(flows);
	else
		send_packets(flows, atol(argv[5]), !is_warm, !is_flood);
	return 0;
}
