// SPDX-License-Identifier: GPL-2.0
/* Checks of what all services need of the host. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "userdata.h"

void doctor_version(struct doctor *d)
{
	const char *module = attr_text(json_array_get(d->info, 0), "version");
	const char *n = *cmd_netns ? " -n " : "", *file = "/run/sluice.yaml";

	if (!module)
		return;
	if (!strcmp(module, SLUICE_VERSION)) {
		doctor_say(d, DOCTOR_VERIFIED, NULL, "tool and module are %s",
			   module);
		return;
	}
	/* What is in a file may not be all that there is. */
	doctor_mend_there(d,
			  "sluice%s%s save %s && sluice unload drain 30 && modprobe sluice && sluice%s%s apply %s",
			  n, cmd_netns, file, n, cmd_netns, file);
	doctor_say(d, DOCTOR_WARNING, NULL,
		   "the tool is %s, the module that is loaded %s",
		   SLUICE_VERSION, module);
}

void doctor_draining(struct doctor *d)
{
	const char *draining = attr_text(json_array_get(d->info, 0),
					 "draining");

	if (!draining || strcmp(draining, "on"))
		return;
	doctor_mend(d, "sluice node up");
	doctor_say(d, DOCTOR_FAILED, NULL,
		   "the node drains, new connections are refused");
}

/*
 * What the routes for answers are made of. All else that the module needs it
 * could not be loaded without.
 */
static const struct {
	const char *option;
	const char *what;
} options[] = {
	{ "IP_MULTIPLE_TABLES", "rules for answers of applications, IPv4" },
	{ "IPV6_MULTIPLE_TABLES", "rules for answers of applications, IPv6" },
	{ "DUMMY", "the device sluice0, where there is no default route" },
};

void doctor_config(struct doctor *d)
{
	unsigned int i, bad = 0, known = 0, needed = 0;
	char state;

	for (i = 0; i < d->n_services; i++)
		needed += d->service[i].header && !d->service[i].pool;
	if (!needed)
		return;
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		state = host_config(options[i].option);
		known += state != 0;
		if (state != 'n')
			continue;
		bad++;
		doctor_mend_there(d, "scripts/config -e %s",
				  options[i].option);
		doctor_say(d, DOCTOR_WARNING, NULL,
			   "the kernel is built without CONFIG_%s, for %s",
			   options[i].option, options[i].what);
	}
	if (!bad && known == ARRAY_SIZE(options))
		doctor_say(d, DOCTOR_VERIFIED, NULL,
			   "the kernel has what routes for answers need");
}

/* What the stack forwards is nat's; direct methods send by themselves. */
static const struct doctor_backend *forwarded(const struct doctor *d, bool v4)
{
	const struct doctor_backend *b;
	unsigned int i;

	for (i = 0; i < d->n_backends; i++) {
		b = &d->backend[i];
		if (doctor_is_v4(&b->at.addr) == v4 && !b->direct &&
		    strcmp(b->forward, "local") && b->route.way != HOST_HERE)
			return b;
	}
	return NULL;
}

void doctor_forwarding(struct doctor *d)
{
	static const struct {
		bool v4;
		const char *key, *name;
	} families[] = {
		{ true, "net/ipv4/ip_forward", "net.ipv4.ip_forward" },
		{ false, "net/ipv6/conf/all/forwarding",
		  "net.ipv6.conf.all.forwarding" },
	};
	const struct doctor_backend *b;
	unsigned int i;
	long on;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		b = forwarded(d, families[i].v4);
		if (!b || !host_sysctl(families[i].key, &on))
			continue;
		if (on) {
			doctor_say(d, DOCTOR_VERIFIED, NULL, "%s is on",
				   families[i].name);
			continue;
		}
		doctor_mend(d, "sysctl -w %s=1", families[i].name);
		doctor_say(d, DOCTOR_FAILED, b->object,
			   "%s is off, so nothing gets to backends of other hosts by %s",
			   families[i].name, b->forward);
	}
}

/* Backends of a pool, and those whose health somebody has told */
static void count_health(const struct doctor *d, const char *pool,
			 unsigned int *all, unsigned int *told)
{
	const char *health;
	unsigned int i;

	*all = 0;
	*told = 0;
	for (i = 0; i < d->n_backends; i++) {
		if (strcmp(d->backend[i].pool, pool))
			continue;
		health = attr_text(d->backend[i].record, "health");
		(*all)++;
		*told += health && strcmp(health, "unknown");
	}
}

void doctor_health(struct doctor *d)
{
	char object[DOCTOR_OBJECT_LEN];
	unsigned int all, told;
	json_t *pool, *opened;
	const char *name;
	int checker = -1;
	bool has;
	size_t i;

	json_array_foreach(d->pools, i, pool) {
		opened = json_deep_copy(pool);
		userdata_open(opened);
		has = json_object_get(opened, "health");
		json_decref(opened);
		name = attr_text(pool, "name") ?: "";
		count_health(d, name, &all, &told);
		if (!has || !all)
			continue;
		snprintf(object, sizeof(object), "pool %s", name);
		/* It answers with all that it knows: once. */
		if (told && checker < 0)
			checker = host_checker();
		if (told && checker) {
			doctor_say(d, DOCTOR_VERIFIED, object,
				   "backends have been checked: %u of %u",
				   told, all);
			continue;
		}
		doctor_mend(d, "sluice health run");
		doctor_say(d, DOCTOR_WARNING, object, told ?
			   "nobody checks backends any more: health stays as it was found last" :
			   "backends are to be checked, but nobody has: who does is not running");
	}
}

/*
 * What a device has joined cannot be sent on as it is. The stack switches that
 * off where it forwards, but direct methods need no forwarding.
 */
void doctor_offloads(struct doctor *d)
{
	const struct doctor_service *s;
	char dev[IF_NAMESIZE], last[IF_NAMESIZE] = "";
	struct host_link link;
	unsigned int i;

	for (i = 0; i < d->n_backends; i++) {
		s = doctor_user(d, &d->backend[i]);
		if (!d->backend[i].direct)
			continue;
		doctor_way_in(s, dev);
		if (!*dev || !strcmp(dev, last) || !host_link(dev, &link))
			continue;
		memcpy(last, dev, sizeof(last));
		if (!link.lro) {
			doctor_say(d, DOCTOR_VERIFIED, s->object,
				   "%s joins no packets that are to go on",
				   dev);
			continue;
		}
		doctor_mend(d, "ethtool -K %s lro off", dev);
		doctor_say(d, DOCTOR_FAILED, s->object,
			   "%s joins packets (large receive offload) that %s cannot send on",
			   dev, d->backend[i].forward);
	}
}
