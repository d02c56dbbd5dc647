// SPDX-License-Identifier: GPL-2.0
/* Events of the fake kernel. */
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../../cli/cmd.h"
#include "fake.h"
#include "fake_data.h"

#define FIRST_GROUP	0x21
#define EVENTS_MAX	16
/* 2026-11-25 12:34:56.789 */
#define TIME_NS		1795610096789000000ull

static const char *const groups[] = {
	SLUICE_MCGRP_CONFIG, SLUICE_MCGRP_HEALTH, SLUICE_MCGRP_FLOW,
};

enum { CONFIG, HEALTH, FLOW, ANY };

static void service(const struct nlmsghdr *rq, uint32_t event)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_SERVICE_EVENT);

	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "web");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 1);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	fake_addr(nlh, SLUICE_A_SERVICE_ADDR, "::ffff:10.0.0.2");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 8080);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 8080);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ACCEPT_PROXY,
			 SLUICE_ACCEPT_PROXY_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_EVENT, event);
	fake_end(nlh);
}

static void pool(const struct nlmsghdr *rq, uint32_t event)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_POOL_EVENT);

	mnl_attr_put_strz(nlh, SLUICE_A_POOL_NAME, "files");
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_SCHEDULER, "maglev");
	mnl_attr_put_strz(nlh, SLUICE_A_POOL_FORWARD, "nat");
	mnl_attr_put(nlh, SLUICE_A_POOL_HASH_KEY, 16, "secret of sixtee");
	mnl_attr_put_u32(nlh, SLUICE_A_POOL_EVENT, event);
	fake_end(nlh);
}

static void put_backend(const struct nlmsghdr *rq, uint8_t cmd,
			uint32_t event, uint32_t health)
{
	struct nlmsghdr *nlh = fake_genl(rq, cmd);

	mnl_attr_put_strz(nlh, SLUICE_A_BACKEND_POOL, "files");
	fake_addr(nlh, SLUICE_A_BACKEND_ADDR, "::ffff:10.0.2.1");
	mnl_attr_put_u16(nlh, SLUICE_A_BACKEND_PORT, 80);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_WEIGHT, 2);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_STATE, SLUICE_BACKEND_STATE_UP);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_HEALTH, health);
	mnl_attr_put_u32(nlh, SLUICE_A_BACKEND_EVENT, event);
	fake_end(nlh);
}

static void backend(const struct nlmsghdr *rq, uint32_t event)
{
	put_backend(rq, SLUICE_CMD_BACKEND_EVENT, event, SLUICE_HEALTH_UP);
}

static void health(const struct nlmsghdr *rq, uint32_t event)
{
	put_backend(rq, SLUICE_CMD_HEALTH_EVENT, event, SLUICE_HEALTH_DOWN);
}

static void limits(const struct nlmsghdr *rq, uint32_t event)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_INFO_EVENT);

	mnl_attr_put_strz(nlh, SLUICE_A_INFO_VERSION, "0.1.0");
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_SERVICES, 1);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_MAX_FLOWS, 5000);
	mnl_attr_put_u64(nlh, SLUICE_A_INFO_MAX_HALF_OPEN_BYTES, 1 << 20);
	mnl_attr_put_u8(nlh, SLUICE_A_INFO_USER_NAMESPACES, 1);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_GENERATION, 7);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_EVENT, event);
	fake_end(nlh);
}

static void flow(const struct nlmsghdr *rq, uint32_t event)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_FLOW_EVENT);

	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_ID, 17);
	mnl_attr_put_strz(nlh, SLUICE_A_FLOW_SERVICE, "web");
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_STATE, event == SLUICE_EVENT_ENDED ?
			 SLUICE_FLOW_STATE_CLOSING :
			 SLUICE_FLOW_STATE_ESTABLISHED);
	fake_addr(nlh, SLUICE_A_FLOW_SENDER_ADDR, "::ffff:10.0.0.1");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SENDER_PORT, 40000);
	fake_addr(nlh, SLUICE_A_FLOW_CLIENT_ADDR, "2001:db8:5::9");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_CLIENT_PORT, 5555);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_IN, 1000);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_OUT, 5000000000);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_EVENT, event);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_TIME, TIME_NS);
	fake_end(nlh);
}

/* All that one can tell of itself at its end */
static void whole(const struct nlmsghdr *rq, uint32_t reason)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_FLOW_EVENT);

	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_ID, 18);
	mnl_attr_put_strz(nlh, SLUICE_A_FLOW_SERVICE, "web");
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_PROTO, IPPROTO_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_STATE, SLUICE_FLOW_STATE_CLOSING);
	fake_addr(nlh, SLUICE_A_FLOW_SENDER_ADDR, "::ffff:10.0.0.1");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SENDER_PORT, 40000);
	fake_addr(nlh, SLUICE_A_FLOW_SERVICE_ADDR, "::ffff:10.0.0.2");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SERVICE_PORT, 8080);
	fake_addr(nlh, SLUICE_A_FLOW_CLIENT_ADDR, "::ffff:203.0.113.7");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_CLIENT_PORT, 5555);
	fake_addr(nlh, SLUICE_A_FLOW_BACKEND_ADDR, "2001:db8::21");
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_BACKEND_PORT, 80);
	if (reason == SLUICE_STAT_FLOWS_EXPIRED) {
		fake_addr(nlh, SLUICE_A_FLOW_SOURCE_ADDR, "2001:db8::1");
		mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SOURCE_PORT, 61000);
	}
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_VERSION, 2);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_IN, 10);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_OUT, 20);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_IN, 1000);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_OUT, 5000000000);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_AGE, 61007);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_IDLE, 0);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_RTT, 50123);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_OPENED, 12);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_FIRST_BYTE, 1019);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_REASON, reason);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_EVENT, SLUICE_EVENT_ENDED);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_TIME, TIME_NS);
	fake_end(nlh);
}

/* By a service whose name is not as any is yet */
static void odd(const struct nlmsghdr *rq, uint32_t cr)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_FLOW_EVENT);

	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_ID, 19);
	mnl_attr_put_strz(nlh, SLUICE_A_FLOW_SERVICE, cr ? "a\rb" : "a\",\nb");
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_EVENT, SLUICE_EVENT_ENDED);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_TIME, TIME_NS);
	fake_end(nlh);
}

static void unknown(const struct nlmsghdr *rq, uint32_t event)
{
	(void)event;
	fake_end(fake_genl(rq, SLUICE_CMD_MAX + 1));
}

static void put_family(const struct nlmsghdr *rq, uint8_t cmd, bool ours)
{
	struct nlmsghdr ctrl = *rq, *nlh;

	ctrl.nlmsg_type = GENL_ID_CTRL;
	nlh = fake_genl(&ctrl, cmd);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME,
			  ours ? SLUICE_FAMILY_NAME : "nl80211");
	fake_end(nlh);
}

static bool away;

bool fake_is_away(void)
{
	return away;
}

/* The module is removed, or another one is. */
static void farewell(const struct nlmsghdr *rq, uint32_t ours)
{
	away |= ours;
	put_family(rq, CTRL_CMD_DELFAMILY, ours);
}

/* It is loaded. */
static void arrival(const struct nlmsghdr *rq, uint32_t ours)
{
	away &= !ours;
	put_family(rq, CTRL_CMD_NEWFAMILY, ours);
}

/* What can happen; those without a function are lost. */
static const struct kind {
	const char *name;
	unsigned int group;
	void (*put)(const struct nlmsghdr *rq, uint32_t event);
	uint32_t event;
} kinds[] = {
	{ "service added", CONFIG, service, SLUICE_EVENT_ADDED },
	{ "service removed", CONFIG, service, SLUICE_EVENT_REMOVED },
	{ "service of the future", CONFIG, service, 99 },
	{ "pool changed", CONFIG, pool, SLUICE_EVENT_CHANGED },
	{ "backend added", CONFIG, backend, SLUICE_EVENT_ADDED },
	{ "limits changed", CONFIG, limits, SLUICE_EVENT_CHANGED },
	{ "health changed", HEALTH, health, SLUICE_EVENT_CHANGED },
	{ "flow added", FLOW, flow, SLUICE_EVENT_ADDED },
	{ "flow ended", FLOW, flow, SLUICE_EVENT_ENDED },
	{ "flow closed", FLOW, whole, SLUICE_STAT_FLOWS_CLOSED },
	{ "flow expired", FLOW, whole, SLUICE_STAT_FLOWS_EXPIRED },
	{ "flow flushed", FLOW, whole, SLUICE_STAT_FLOWS_FLUSHED },
	{ "flow evicted", FLOW, whole, SLUICE_STAT_HALF_OPEN_EVICTED },
	{ "flow of the future", FLOW, whole, 99 },
	{ "flow of an odd name", FLOW, odd, 0 },
	{ "flow of a name with CR", FLOW, odd, 1 },
	{ "unknown", CONFIG, unknown, 0 },
	{ "lost", ANY, NULL, 0 },
	{ "module removed", ANY, farewell, 1 },
	{ "another removed", ANY, farewell, 0 },
	{ "module loaded", ANY, arrival, 1 },
	{ "another loaded", ANY, arrival, 0 },
};

static const struct kind *expected[EVENTS_MAX];
static unsigned int n_expected, n_sent, joined;

int fake_expect(const char *what)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, what) || n_expected == EVENTS_MAX)
			continue;
		expected[n_expected++] = &kinds[i];
		return 0;
	}
	return -1;
}

void fake_groups(struct nlmsghdr *nlh)
{
	struct nlattr *list, *group;
	unsigned int i;

	list = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		group = mnl_attr_nest_start(nlh, i + 1);
		mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, groups[i]);
		mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, FIRST_GROUP + i);
		mnl_attr_nest_end(nlh, group);
	}
	mnl_attr_nest_end(nlh, list);
}

void fake_join(unsigned int group)
{
	if (group == GENL_ID_CTRL) {
		joined |= 1 << ANY;
		return;
	}
	group -= FIRST_GROUP;
	joined |= 1 << group;
	fprintf(fake_log, "join %s\n", groups[group]);
}

/* Those of groups that nobody joined pass unseen. */
static const struct kind *next(void)
{
	while (n_sent < n_expected &&
	       !(joined & 1 << expected[n_sent]->group))
		n_sent++;
	return n_sent < n_expected ? expected[n_sent] : NULL;
}

unsigned int fake_events(void)
{
	return next() ? n_expected - n_sent : 0;
}

int fake_event_fd(void)
{
	static int fd = -1;
	uint64_t n;

	if (fd < 0)
		fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Readable as long as there is one to come */
	if (fake_events())
		eventfd_write(fd, 1);
	else
		eventfd_read(fd, &n);
	return fd;
}

int fake_event(const struct nlmsghdr *rq)
{
	const struct kind *kind = next();

	n_sent++;
	/* That the module is back may be what is lost. */
	if (!kind->put) {
		away = false;
		return -1;
	}
	kind->put(rq, kind->event);
	return 0;
}
