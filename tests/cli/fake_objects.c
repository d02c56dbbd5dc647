// SPDX-License-Identifier: GPL-2.0
/* What the fake kernel knows: pools, backends, rules. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <string.h>

#include "fake_data.h"

static bool is_dump(const struct nlmsghdr *rq)
{
	return rq->nlmsg_flags & NLM_F_DUMP;
}

static bool asks_for(const struct nlmsghdr *rq, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == type)
			return true;
	return false;
}

static void put_tlv(struct nlmsghdr *nlh, uint8_t type, const char *value)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SLUICE_A_POOL_TLV);

	mnl_attr_put_u8(nlh, SLUICE_A_TLV_TYPE, type);
	if (value)
		mnl_attr_put(nlh, SLUICE_A_TLV_VALUE, strlen(value), value);
	mnl_attr_nest_end(nlh, nest);
}

static void put_pool(struct nlmsghdr *nlh, const char *name, uint32_t id,
		     const char *scheduler, const char *forward)
{
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_NAME, name);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_ID, id);
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_SCHEDULER, scheduler);
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_FORWARD, forward);
}

void fake_pools(const struct nlmsghdr *rq)
{
	static const char data[] = "{\"health\":{\"type\":\"tcp\"}}";
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_POOL);

	put_pool(nlh, "static-files", 3, "maglev", "nat");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_SEND_PROXY, SLUICE_SEND_PROXY_V2);
	put_tlv(nlh, 0x02, NULL);
	put_tlv(nlh, 0xea, "\x01\xff");
	put_tlv(nlh, 0x05, "");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_RETRIES, 0);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_MAX_FAILS, 5);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_FAIL_TIMEOUT, 60);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_PERSIST, 300);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_SLOW_START, 30);
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_SORRY, "busy");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_ON_DOWN, SLUICE_ON_DOWN_RESET);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_BACKENDS, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_MIN_UP, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_UP, 1);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_HASH, SLUICE_HASH_FIELD_SRC |
			 SLUICE_HASH_FIELD_DST_PORT);
	mnl_attr_put(nlh, SLUICE_A_POOL_HASH_KEY, 16, "secret of sixtee");
	mnl_attr_put(nlh, SLUICE_A_POOL_USER_DATA, sizeof(data) - 1, data);
	fake_end(nlh);
	if (!is_dump(rq))
		return;

	nlh = fake_genl(rq, SLUICE_CMD_GET_POOL);
	put_pool(nlh, "busy", 4, "rr", "local");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_SEND_PROXY,
			 SLUICE_SEND_PROXY_NONE);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_RETRIES, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_MAX_FAILS, 3);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_FAIL_TIMEOUT, 10);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_PERSIST, 0);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_SLOW_START, 0);
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_SORRY, "");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_ON_DOWN, SLUICE_ON_DOWN_KEEP);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_BACKENDS, 1);
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_HASH, SLUICE_HASH_FIELD_SRC);
	fake_end(nlh);
}

/* Each of 1,000 times its id, but for what seldom is */
static void put_counts(struct nlmsghdr *nlh, uint32_t id, uint64_t times)
{
	unsigned int i;

	for (i = 0; i <= SLUICE_A_BACKEND_FLOWS_CLOSED -
			 SLUICE_A_BACKEND_PACKETS_IN; i++)
		mnl_attr_put_u64(nlh, SLUICE_A_BACKEND_PACKETS_IN + i,
				 fake_count(i, 1000 * id + i, times));
	for (i = SLUICE_A_BACKEND_FLOWS_RESET;
	     i <= SLUICE_A_BACKEND_CONNECT_RETRIED; i++)
		mnl_attr_put_u64(nlh, i, id == 12 &&
				 i == SLUICE_A_BACKEND_CONNECT_REFUSED ?
				 fake_count(20, 7, times) : 0);
}

struct fake_backend fake_backend = {
	.id	= 11,
	.state	= SLUICE_BACKEND_STATE_UP,
	.flows	= 2,
};

void fake_set_backend(const struct nlmsghdr *rq)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == SLUICE_A_BACKEND_STATE)
			fake_backend.state = mnl_attr_get_u32(attr);
}

/* How often backends were listed */
static uint64_t times;

static void put_backend(const struct nlmsghdr *rq, const char *pool,
			const char *addr, uint16_t port, uint32_t id,
			uint32_t flows, uint32_t weight, uint32_t state, uint32_t health,
			uint32_t max_flows, const char *forward,
			uint16_t tunnel_port)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_BACKEND);

	mnl_attr_put_strz(nlh, SLUICE_A_BACKEND_POOL, pool);
	fake_addr(nlh, SLUICE_A_BACKEND_ADDR, addr);
	mnl_attr_put_u16(nlh, SLUICE_A_BACKEND_PORT, port);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_ID, id);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_WEIGHT, weight);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_STATE, state);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_HEALTH, health);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_MAX_FLOWS, max_flows);
	if (forward)
		mnl_attr_put_strz(nlh, SLUICE_A_BACKEND_FORWARD, forward);
	mnl_attr_put_u16(nlh, SLUICE_A_BACKEND_TUNNEL_PORT, tunnel_port);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_FLOWS, flows);
	put_counts(nlh, id, times);
	if (health == SLUICE_HEALTH_UP)
		mnl_attr_put(nlh, SLUICE_A_BACKEND_SUSPECT, 0, NULL);
	fake_end(nlh);
}

void fake_backends(const struct nlmsghdr *rq)
{
	times++;
	put_backend(rq, "static-files", "::ffff:10.0.2.1", 80, fake_backend.id,
		    fake_backend.flows, 2, fake_backend.state, SLUICE_HEALTH_UP,
		    100, NULL, 0);
	if (!is_dump(rq))
		return;
	put_backend(rq, "static-files", "2001:db8::21", 0, 12, 3, 0,
		    SLUICE_BACKEND_STATE_DRAIN, SLUICE_HEALTH_DOWN, 0, "gue",
		    6081);
	if (!asks_for(rq, SLUICE_A_BACKEND_POOL))
		put_backend(rq, "busy", "::ffff:127.0.0.1", 8080, 9, 0, 1,
			    SLUICE_BACKEND_STATE_UP, SLUICE_HEALTH_UNKNOWN, 0,
			    NULL, 0);
}

static void put_rule(const struct nlmsghdr *rq, uint32_t id,
		     const char *service, uint32_t kind, const char *pattern)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_RULE);

	mnl_attr_put_u32(nlh, SLUICE_A_RULE_ID, id);
	mnl_attr_put_strz(nlh, SLUICE_A_RULE_SERVICE, service);
	mnl_attr_put_u32(nlh, SLUICE_A_RULE_KIND, kind);
	mnl_attr_put_strz(nlh, SLUICE_A_RULE_PATTERN, pattern);
	mnl_attr_put_strz(nlh, SLUICE_A_RULE_POOL, "static-files");
	fake_end(nlh);
}

void fake_rules(const struct nlmsghdr *rq)
{
	put_rule(rq, 21, "web", SLUICE_RULE_KIND_SNI, "*.example.org");
	put_rule(rq, 22, "web", SLUICE_RULE_KIND_TLV, "0xea=0102");
	if (!asks_for(rq, SLUICE_A_RULE_SERVICE))
		put_rule(rq, 23, "everything", SLUICE_RULE_KIND_HOST, "h");
}

void fake_batch(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_BATCH);
	const struct nlattr *attr;
	uint32_t n = 0;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		n += mnl_attr_get_type(attr) <= SLUICE_A_BATCH_DEL_RULE;
	mnl_attr_put_u32(nlh, SLUICE_A_BATCH_GENERATION, 8);
	mnl_attr_put_u32(nlh, SLUICE_A_BATCH_COUNT, n);
	fake_end(nlh);
}
