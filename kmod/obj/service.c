// SPDX-License-Identifier: GPL-2.0
/* Services: their life, and how they are changed. See service.h. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/stringify.h>
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"

static struct slc_service_rules *rules_make(const struct slc_service_cfg *cfg)
{
	struct slc_service_rules *rules;
	struct slc_port_range *ports;
	struct slc_prefix *trust;
	size_t at_table, at_ports;
	int err;

	/* The prefixes, their table, the ports, and the tool's */
	at_table = ALIGN(sizeof(*rules) + cfg->n_trust * sizeof(*trust),
			 __alignof__(struct slc_prefix_table));
	at_ports = ALIGN(at_table + slc_prefix_table_size(cfg->n_trust),
			 __alignof__(*ports));
	rules = kvzalloc(at_ports + cfg->n_ports * sizeof(*ports) +
			 cfg->user_len, SLC_GFP_CONFIG);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	refcount_set(&rules->refs, 1);
	rules->cfg = *cfg;
	trust = (struct slc_prefix *)(rules + 1);
	rules->cfg.trust = trust;
	ports = (void *)rules + at_ports;
	rules->cfg.ports = ports;
	rules->cfg.user_data = (u8 *)(ports + cfg->n_ports);
	if (cfg->n_ports)
		memcpy(ports, cfg->ports, cfg->n_ports * sizeof(*ports));
	if (cfg->user_len)
		memcpy(ports + cfg->n_ports, cfg->user_data, cfg->user_len);
	if (cfg->pool)
		slc_pool_get(cfg->pool);
	if (!cfg->n_trust)
		return rules;
	memcpy(trust, cfg->trust, cfg->n_trust * sizeof(*trust));
	rules->trust = (void *)rules + at_table;
	err = slc_prefix_build(rules->trust, trust, cfg->n_trust);
	if (err) {
		slc_service_rules_put(rules);
		return ERR_PTR(err);
	}
	return rules;
}

void slc_service_rules_put(struct slc_service_rules *rules)
{
	if (!refcount_dec_and_test(&rules->refs))
		return;
	if (rules->cfg.pool)
		slc_pool_put(rules->cfg.pool);
	kvfree(rules);
}

bool slc_service_get(struct slc_service *svc)
{
	return !READ_ONCE(svc->dead) && refcount_inc_not_zero(&svc->refs);
}

void slc_service_put(struct slc_service *svc)
{
	if (!refcount_dec_and_test(&svc->refs))
		return;
	free_percpu(svc->stats);
	kfree(svc);
}

static struct slc_service *service_make(struct slc_draft *draft,
					const char *name,
					struct netlink_ext_ack *extack)
{
	struct slc_service *svc;

	svc = kzalloc(sizeof(*svc), SLC_GFP_CONFIG);
	if (!svc)
		return ERR_PTR(-ENOMEM);
	svc->stats = slc_stats_alloc(SLC_STATS);
	if (!svc->stats) {
		kfree(svc);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&svc->refs, 1);
	svc->sn = draft->sn;
	strscpy(svc->name, name, sizeof(svc->name));
	svc->id = slc_draft_id(draft, extack);
	if (!svc->id) {
		slc_service_put(svc);
		return ERR_PTR(-ENOSPC);
	}
	return svc;
}

/* Where packets find it, by its index. */
static int put_places(struct slc_draft *draft, unsigned int service,
		      const struct slc_service_cfg *cfg,
		      struct netlink_ext_ack *extack)
{
	const struct slc_service_entry *other;
	struct slc_place place = {
		.service	= service,
		.proto		= cfg->proto,
		.any		= cfg->any_addr,
		.port_lo	= cfg->port_lo,
		.port_hi	= cfg->port_hi,
	};
	unsigned int i = 0;
	int err;

	if (!cfg->any_addr)
		place.addr = cfg->addr;
	while (!(err = slc_draft_place(draft, &place, &other)) &&
	       i < cfg->n_ports) {
		place.port_lo = cfg->ports[i].lo;
		place.port_hi = cfg->ports[i].hi;
		i++;
	}
	if (err != -EADDRINUSE)
		return err;
	if (other == &draft->config->service[service]) {
		NL_SET_ERR_MSG(extack, "a port is given twice");
		return -EINVAL;
	}
	NL_SET_ERR_MSG(extack, "another service has this address and port");
	return err;
}

/* Ports that it delivers to, that its answers leave from and its tunnels end at */
static void put_ports(struct slc_draft *draft,
		      const struct slc_service_cfg *cfg)
{
	if (cfg->to_port)
		__set_bit(cfg->to_port, draft->config->ports);
	if (cfg->reply_port)
		__set_bit(cfg->reply_port, draft->config->ports);
	if (cfg->tunnel & SLUICE_TUNNEL_GUE)
		__set_bit(slc_service_tunnel_port(cfg), draft->config->ports);
}

int slc_draft_service_add(struct slc_draft *draft,
			  const struct slc_service_cfg *cfg,
			  struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	struct slc_service_entry *e;
	int err;

	if (slc_config_service(config, cfg->name)) {
		NL_SET_ERR_MSG(extack, "a service of this name exists");
		return -EEXIST;
	}
	if (config->n_services >= SLC_SERVICE_MAX) {
		NL_SET_ERR_MSG(extack, "no more than " __stringify(SLC_SERVICE_MAX)
			       " services fit");
		return -ENOSPC;
	}
	e = slc_draft_grow(config->service, config->n_services,
			   &draft->room_services, sizeof(*e));
	if (!e)
		return -ENOMEM;
	config->service = e;
	e += config->n_services;
	e->hash = slc_config_hash(cfg->name);
	e->rules = rules_make(cfg);
	if (IS_ERR(e->rules))
		return PTR_ERR(e->rules);
	e->service = service_make(draft, cfg->name, extack);
	if (IS_ERR(e->service)) {
		err = PTR_ERR(e->service);
		slc_service_rules_put(e->rules);
		return err;
	}
	/* From here on it goes with the draft. */
	config->n_services++;
	draft->changed = true;
	put_ports(draft, cfg);
	return put_places(draft, config->n_services - 1, cfg, extack);
}

static bool same_place(const struct slc_service_cfg *a,
		       const struct slc_service_cfg *b)
{
	return a->any_addr == b->any_addr &&
	       (a->any_addr || slc_addr_eq(&a->addr, &b->addr)) &&
	       a->port_lo == b->port_lo && a->port_hi == b->port_hi &&
	       a->n_ports == b->n_ports &&
	       !memcmp(a->ports, b->ports, a->n_ports * sizeof(*a->ports));
}

int slc_draft_service_set(struct slc_draft *draft,
			  struct slc_service_entry *entry,
			  const struct slc_service_cfg *cfg,
			  struct netlink_ext_ack *extack)
{
	unsigned int at = entry - draft->config->service;
	struct slc_service_rules *rules;
	bool moves;

	if (entry->rules->cfg.proto != cfg->proto) {
		NL_SET_ERR_MSG(extack, "the protocol cannot change");
		return -EINVAL;
	}
	rules = rules_make(cfg);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	moves = !same_place(&entry->rules->cfg, cfg);
	slc_service_rules_put(entry->rules);
	entry->rules = rules;
	draft->changed = true;
	put_ports(draft, cfg);
	if (!moves)
		return 0;
	slc_draft_displace(draft, at);
	/* What @cfg points to may have gone with the old rules. */
	return put_places(draft, at, &rules->cfg, extack);
}

int slc_draft_service_del(struct slc_draft *draft,
			  struct slc_service_entry *entry, bool force,
			  struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	unsigned int at = entry - config->service, i;

	if (!force && atomic_read(&entry->service->n_flows)) {
		NL_SET_ERR_MSG(extack, "has connections; force resets them");
		return -EBUSY;
	}
	slc_draft_displace(draft, at);
	for (i = 0; i < config->n_places; i++)
		if (config->place[i].service > at)
			config->place[i].service--;
	slc_service_put(entry->service);
	slc_service_rules_put(entry->rules);
	memmove(entry, entry + 1,
		(--config->n_services - at) * sizeof(*entry));
	draft->changed = true;
	return 0;
}
