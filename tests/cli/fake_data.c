// SPDX-License-Identifier: GPL-2.0
/* What the fake kernel knows: services, flows, counters. */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fake_data.h"

void fake_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	struct in6_addr addr;

	inet_pton(AF_INET6, text, &addr);
	mnl_attr_put(nlh, type, sizeof(addr), &addr);
}

static void put_trust(struct nlmsghdr *nlh, const char *text, uint8_t plen)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SLUICE_A_SERVICE_TRUST);

	fake_addr(nlh, SLUICE_A_PREFIX_ADDR, text);
	mnl_attr_put_u8(nlh, SLUICE_A_PREFIX_PLEN, plen);
	mnl_attr_nest_end(nlh, nest);
}

static void put_rules(struct nlmsghdr *nlh, uint32_t untrusted,
		      uint32_t timeout, uint32_t max)
{
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ACCEPT_PROXY,
			 SLUICE_ACCEPT_PROXY_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_UNTRUSTED, untrusted);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_HEADER_TIMEOUT, timeout);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_HEADER_MAX, max);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_FORWARD, "local");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_BIND, SLUICE_BIND_HEADER);
}

static void put_ports(struct nlmsghdr *nlh, uint16_t port, uint16_t port_end)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SLUICE_A_SERVICE_PORTS);

	mnl_attr_put_u16(nlh, SLUICE_A_PORT_RANGE_PORT, port);
	mnl_attr_put_u16(nlh, SLUICE_A_PORT_RANGE_PORT_END, port_end);
	mnl_attr_nest_end(nlh, nest);
}

/* With a pool of its own and several ports */
static void put_pooled(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_SERVICE);

	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "dns");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 8);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_UDP);
	fake_addr(nlh, SLUICE_A_SERVICE_ADDR, "2001:db8::53");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 53);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 53);
	put_ports(nlh, 853, 853);
	put_ports(nlh, 5300, 5310);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_POOL, "dns");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_IDLE_TIMEOUT, 60);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_FLOWS, 0);
	mnl_attr_put(nlh, SLUICE_A_SERVICE_USER_DATA, 2, "{}");
	fake_end(nlh);
}

static bool asks_for(const struct nlmsghdr *rq, const char *name)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		return !strcmp(mnl_attr_get_str(attr), name);
	return false;
}

void fake_services(const struct nlmsghdr *rq, bool pooled)
{
	struct nlmsghdr *nlh;

	if (pooled && asks_for(rq, "dns")) {
		put_pooled(rq);
		return;
	}
	nlh = fake_genl(rq, SLUICE_CMD_GET_SERVICE);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "web");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 1);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	fake_addr(nlh, SLUICE_A_SERVICE_ADDR, "::ffff:10.0.0.2");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 8080);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 8080);
	put_rules(nlh, SLUICE_UNTRUSTED_DROP, 5000, 4096);
	put_trust(nlh, "::ffff:10.0.0.0", 120);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_FLOWS, 2);
	fake_end(nlh);
	if (!(rq->nlmsg_flags & NLM_F_DUMP))
		return;

	nlh = fake_genl(rq, SLUICE_CMD_GET_SERVICE);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "everything");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 7);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	mnl_attr_put(nlh, SLUICE_A_SERVICE_ANY, 0, NULL);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 90);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 99);
	put_rules(nlh, SLUICE_UNTRUSTED_PASS, 7500, 536);
	put_trust(nlh, "2001:db8::", 32);
	put_trust(nlh, "::ffff:192.0.2.1", 128);
	put_trust(nlh, "::", 0);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_MARK, 0x10);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_MARK_MASK, 0xff);
	fake_addr(nlh, SLUICE_A_SERVICE_TO_ADDR, "::1");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_TO_PORT, 443);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_FLOWS, 0);
	fake_end(nlh);
	if (pooled)
		put_pooled(rq);
}

static void put_ends(struct nlmsghdr *nlh, const char *sender,
		     const char *client, const char *here)
{
	fake_addr(nlh, SLUICE_A_FLOW_SENDER_ADDR, sender);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SENDER_PORT, 40000);
	fake_addr(nlh, SLUICE_A_FLOW_SERVICE_ADDR, here);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SERVICE_PORT, 8080);
	fake_addr(nlh, SLUICE_A_FLOW_CLIENT_ADDR, client);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_CLIENT_PORT, 5555);
	fake_addr(nlh, SLUICE_A_FLOW_BACKEND_ADDR, here);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_BACKEND_PORT, 8080);
	fake_addr(nlh, SLUICE_A_FLOW_HEADER_ADDR, client);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_HEADER_PORT, 443);
}

void fake_whoami(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_WHOAMI);

	fake_addr(nlh, SLUICE_A_WHOAMI_SENDER_ADDR, "::ffff:10.0.0.1");
	mnl_attr_put_u16(nlh, SLUICE_A_WHOAMI_SENDER_PORT, 40000);
	fake_addr(nlh, SLUICE_A_WHOAMI_SERVICE_ADDR, "::ffff:10.0.0.2");
	mnl_attr_put_u16(nlh, SLUICE_A_WHOAMI_SERVICE_PORT, 8080);
	fake_addr(nlh, SLUICE_A_WHOAMI_CLIENT_ADDR, "2001:db8:5::9");
	mnl_attr_put_u16(nlh, SLUICE_A_WHOAMI_CLIENT_PORT, 5555);
	fake_addr(nlh, SLUICE_A_WHOAMI_HEADER_ADDR, "2001:db8::443");
	mnl_attr_put_u16(nlh, SLUICE_A_WHOAMI_HEADER_PORT, 443);
	mnl_attr_put_u8(nlh, SLUICE_A_WHOAMI_VERSION, 2);
	mnl_attr_put(nlh, SLUICE_A_WHOAMI_LOCAL, 0, NULL);
	mnl_attr_put(nlh, SLUICE_A_WHOAMI_TLVS, 14, "\x02\0\x0b" "example.com");
	mnl_attr_put_strz(nlh, SLUICE_A_WHOAMI_SERVICE, "web");
	fake_end(nlh);
}

char fake_device[IF_NAMESIZE];

/* Not this machine's */
char *if_indextoname(unsigned int ifindex, char name[IF_NAMESIZE])
{
	(void)ifindex;
	return *fake_device ? memcpy(name, fake_device, IF_NAMESIZE) : NULL;
}

/* What flows carry beyond what they did at first */
static uint64_t carried;

static void put_flow(const struct nlmsghdr *rq, uint64_t id, uint32_t state,
		     const char *sender, const char *client, const char *here,
		     uint8_t version, bool local, const void *tlvs, size_t len)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_FLOW);

	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_ID, id);
	mnl_attr_put_strz(nlh, SLUICE_A_FLOW_SERVICE, "web");
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_PROTO, IPPROTO_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_STATE, state);
	put_ends(nlh, sender, client, here);
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_VERSION, version);
	if (local)
		mnl_attr_put(nlh, SLUICE_A_FLOW_LOCAL, 0, NULL);
	if (len)
		mnl_attr_put(nlh, SLUICE_A_FLOW_TLVS, len, tlvs);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_IN, 10 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_OUT, 20 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_IN, 1000 * id + carried);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_OUT, 5000000000 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_AGE, 61000 + id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_IDLE, 1000);
	/* The second began by a cookie, the third is from nearby. */
	if (id != 2)
		mnl_attr_put_u32(nlh, SLUICE_A_FLOW_RTT, id == 3 ? 85 :
				 50000 + 123 * (id % 50));
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_IFINDEX, 4000000);
	fake_end(nlh);
}

void fake_flows(const struct nlmsghdr *rq)
{
	/* authority, an escape sequence, one beyond its end */
	static const char tlvs[] = "\x02\0\x0b" "example.com"
				   "\x05\0\x04" "a\033[m"
				   "\xea\0\0"
				   "\x04\0\x09" "z";

	put_flow(rq, 1, SLUICE_FLOW_STATE_ESTABLISHED, "::ffff:10.0.0.1",
		 "::ffff:203.0.113.7", "::ffff:10.0.0.2", 2, false, tlvs,
		 sizeof(tlvs) - 1);
	put_flow(rq, 2, SLUICE_FLOW_STATE_CONNECT, "2001:db8::1",
		 "2001:db8::1", "2001:db8::2", 2, true, NULL, 0);
	put_flow(rq, 3, 99, "::ffff:10.0.0.1", "2001:db8:5::9", "2001:db8::2",
		 1, false, NULL, 0);
}

unsigned int fake_moving;
bool fake_wound;

/*
 * Flows that carry more each time they are listed, each at its own rate; 7777
 * is the fastest
 */
void fake_many(const struct nlmsghdr *rq, unsigned int id)
{
	static const char tlvs[] = "\x02\0\x0b" "example.com";
	static uint64_t times;
	char client[48];

	times += id == 1;
	snprintf(client, sizeof(client), "::ffff:198.%u.%u.%u",
		 18 + (id >> 16), id >> 8 & 0xff, id & 0xff);
	carried = times * 1000 * (id == 7777 ? 1000000 :
					id * 7919ull % 10007);
	put_flow(rq, id, SLUICE_FLOW_STATE_ESTABLISHED, "::ffff:10.0.0.1",
		 client, "::ffff:10.0.0.2", 2, false, tlvs, sizeof(tlvs) - 1);
}

uint64_t fake_count(uint32_t id, uint64_t from, uint64_t times)
{
	if (fake_wound && times > 1)
		from = 0;
	/* packets, bytes, flows opened, and one in twenty */
	if (id > SLUICE_STAT_FLOWS_OPENED && id % 20)
		return from;
	return from + times * fake_moving * (id + 1);
}

void fake_stats(const struct nlmsghdr *rq)
{
	static uint64_t times;
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_STATS);
	struct nlattr *nest;
	uint32_t i;

	times++;
	if (mnl_nlmsg_get_payload_len(rq) > sizeof(struct genlmsghdr) ||
	    rq->nlmsg_flags & NLM_F_DUMP)
		mnl_attr_put_strz(nlh, SLUICE_A_STATS_SERVICE, "web");
	/* one more than this tool knows of */
	for (i = 0; i <= SLUICE_STAT_MAX + 1; i++) {
		nest = mnl_attr_nest_start(nlh, SLUICE_A_STATS_COUNTER);
		mnl_attr_put_u32(nlh, SLUICE_A_COUNTER_ID, i);
		mnl_attr_put_u64(nlh, SLUICE_A_COUNTER_VALUE,
				 fake_count(i, i % 20 ? 0 : 1000000000000 + i,
					    times));
		mnl_attr_nest_end(nlh, nest);
	}
	fake_end(nlh);
}

void fake_info(const struct nlmsghdr *rq, unsigned int flows,
	       unsigned int everywhere, bool draining)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_INFO);

	mnl_attr_put_strz(nlh, SLUICE_A_INFO_VERSION, "1.2.3");
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_SERVICES, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_FLOWS, flows);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_FLOWS_EVERYWHERE, everywhere);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_HALF_OPEN, 0);
	mnl_attr_put_u64(nlh, SLUICE_A_INFO_HALF_OPEN_BYTES, 0);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_MAX_FLOWS, 1048576);
	mnl_attr_put_u64(nlh, SLUICE_A_INFO_MAX_HALF_OPEN_BYTES, 67108864);
	mnl_attr_put_u8(nlh, SLUICE_A_INFO_DRAINING, draining);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_GENERATION, 7);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_POOLS, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_BACKENDS, 3);
	mnl_attr_put_u8(nlh, SLUICE_A_INFO_USER_NAMESPACES, 0);
	fake_end(nlh);
}
