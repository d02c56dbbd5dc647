// SPDX-License-Identifier: GPL-2.0
/*
 * Does what is asked of a service make sense, and with its pool? What this version
 * cannot do is refused by name.
 */
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/stringify.h>
#include "mode/mode.h"
#include "nl/nl.h"
#include "obj/config.h"
#include "obj/pool.h"
#include "obj/service.h"

static int check_place(const struct slc_nl_req *req,
		       const struct slc_service_cfg *cfg)
{
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;

	if (cfg->proto != IPPROTO_TCP && cfg->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_PROTO],
				    "protocol must be tcp or udp");
		return -EPROTONOSUPPORT;
	}
	if (tb[SLUICE_A_SERVICE_ANY] && tb[SLUICE_A_SERVICE_ADDR]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_ANY],
				    "any address and a certain one exclude each other");
		return -EINVAL;
	}
	if (!cfg->any_addr && !slc_nl_is_host_addr(&cfg->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_ADDR],
				    "not a global unicast or loopback address");
		return -EADDRNOTAVAIL;
	}
	if (cfg->port_hi < cfg->port_lo) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_PORT_END],
				    "last port is below the first");
		return -EINVAL;
	}
	return 0;
}

static int suits_forward(const struct slc_mode *forward,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (forward->caps & SLC_MODE_BUILT)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "local is for services without a pool; backends are reached by nat, fullnat, dsr, ipip, gue or dsr-nat");
	return -EOPNOTSUPP;
}

static const struct slc_mode *mode_of(const struct slc_pool_rules *rules,
				      const struct slc_backend_entry *e)
{
	return e->cfg.forward ?: rules->cfg.forward;
}

/* Is a backend reached in a way that its answers do not come back by? */
static bool is_direct(const struct slc_pool_rules *rules,
		      const struct slc_backend_entry *e)
{
	return mode_of(rules, e)->caps & SLC_MODE_DIRECT;
}

static bool sends(const struct slc_pool_rules *rules,
		  const struct slc_backend_entry *e)
{
	return slc_send_proxy(&rules->cfg, &e->cfg) != SLUICE_SEND_PROXY_NONE;
}

/* Where a header comes in or goes out, what either end says differs from what the other
 * hears, or may; and who does not hear the answers cannot make up for it.
 */
static int suits_headers(const struct slc_config *config,
			 const struct slc_service_cfg *cfg,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	bool headers = cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE;
	const struct slc_pool *pool = cfg->pool;
	const struct slc_pool_rules *rules;
	bool direct = false;
	unsigned int i;

	for (; pool; pool = rules->cfg.sorry) {
		rules = slc_config_pool(config, pool->name)->rules;
		for (i = 0; i < rules->n; i++) {
			direct |= is_direct(rules, &rules->backend[i]);
			headers |= sends(rules, &rules->backend[i]);
		}
	}
	if (!direct || !headers)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "backends by dsr, ipip, gue or dsr-nat answer past this host: their service and its pools take no PROXY headers, and send none");
	return -EOPNOTSUPP;
}

/* What answers past this host tell it nothing of, and what they do not go through */
static int suits_direct(const struct slc_service_cfg *cfg,
			const struct slc_pool_rules *rules,
			const struct slc_backend_entry *e,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	u16 port = e->backend->port;

	if (rules->cfg.scheduler->flags & SLC_SCHED_TCP) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "its pool's scheduler measures answers, which do not come back by dsr, ipip, gue or dsr-nat");
		return -EOPNOTSUPP;
	}
	/* With all other headers. */
	if (mode_of(rules, e)->route && port &&
	    (port != cfg->port_lo || port != cfg->port_hi)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "dsr, ipip and gue keep the service's port: a backend of them has none, or that one");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Can the backends of a service be sent these headers? */
static int suits_send(u8 proto, u8 send, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	bool tcp = proto == IPPROTO_TCP;

	if (send == SLUICE_SEND_PROXY_NONE || tcp == slc_sends_first(send))
		return 0;
	if (tcp)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "send-proxy each, first and spp are for udp, a tcp service takes v1 or v2");
	else
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "send-proxy v1 and v2 begin connections, which udp has not: it takes each, first or spp");
	return -EPROTONOSUPPORT;
}

/* Does this host forward, or is the backend an address of its own? */
static bool reaches(struct net *net, const struct slc_addr *addr)
{
	return (slc_addr_is_v4(addr) ?
		IPV4_DEVCONF_ALL(net, FORWARDING) :
		READ_ONCE(net->ipv6.devconf_all->forwarding)) ||
	       slc_nl_is_here(net, addr);
}

/* Can a service reach this backend as is asked for? */
static int suits(const struct slc_config *config,
		 const struct slc_service_cfg *cfg,
		 const struct slc_pool_rules *rules,
		 const struct slc_backend_entry *e, const struct nlattr *attr,
		 struct netlink_ext_ack *extack)
{
	const struct slc_mode *forward = mode_of(rules, e);
	const struct slc_addr *addr = &e->backend->addr;
	int err;

	err = suits_forward(forward, attr, extack) ?:
	      suits_send(cfg->proto, slc_send_proxy(&rules->cfg, &e->cfg), attr,
			 extack);
	if (!err && is_direct(rules, e))
		err = suits_direct(cfg, rules, e, attr, extack);
	if (err)
		return err;
	/* A header's clients may be of either family. */
	if (!cfg->any_addr && cfg->accept_proxy == SLUICE_ACCEPT_PROXY_NONE &&
	    !slc_mode_crosses(forward) &&
	    slc_addr_family(addr) != slc_addr_family(&cfg->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "nat, dsr and dsr-nat keep the client's address, so service and backends have to be of one family; fullnat, ipip and gue reach either");
		return -EAFNOSUPPORT;
	}
	if (!(forward->caps & SLC_MODE_STACK) || reaches(config->sn->net, addr))
		return 0;
	if (slc_addr_is_v4(addr))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "nat to other hosts needs forwarding: sysctl -w net.ipv4.ip_forward=1");
	else
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "nat to other hosts needs forwarding: sysctl -w net.ipv6.conf.all.forwarding=1");
	return -ENETUNREACH;
}

/* What this version can do with a pool */
static int suits_pool(const struct slc_service_cfg *svc,
		      const struct slc_pool_cfg *cfg, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	if (svc->proto == IPPROTO_UDP &&
	    cfg->scheduler->flags & SLC_SCHED_TCP) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "its scheduler measures handshakes, which only tcp has");
		return -EPROTONOSUPPORT;
	}
	return suits_send(svc->proto, cfg->send_proxy, attr, extack) ?:
	       suits_forward(cfg->forward, attr, extack);
}

/* Whoever takes on what another balancer has begun has to know where that is, by nothing
 * but the client's packet, and to be able to send it on as it is.
 */
static int suits_adopt(const struct slc_config *config,
		       const struct slc_service_cfg *cfg,
		       const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct slc_pool *pool = cfg->pool;
	const struct slc_pool_rules *rules;
	unsigned int i;

	if (cfg->adopt == SLUICE_ADOPT_NONE)
		return 0;
	if (cfg->proto != IPPROTO_TCP || !pool ||
	    cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "adopt is for tcp services with a pool and without accept-proxy");
		return -EOPNOTSUPP;
	}
	for (; pool; pool = rules->cfg.sorry) {
		rules = slc_config_pool(config, pool->name)->rules;
		if (!(rules->cfg.scheduler->flags & SLC_SCHED_HASHES) ||
		    rules->cfg.persist_s) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "adopt needs pools by maglev or sh, without persist: another has to have chosen as they do");
			return -EOPNOTSUPP;
		}
		for (i = 0; i < rules->n; i++)
			if (sends(rules, &rules->backend[i]) ||
			    mode_of(rules, &rules->backend[i])->caps &
			    SLC_MODE_OWN_SOURCE) {
				NL_SET_ERR_MSG_ATTR(extack, attr,
						    "adopt is for backends by nat, dsr, ipip, gue and dsr-nat that are sent no header: what is between fullnat or a header and its backend only one balancer knows");
				return -EOPNOTSUPP;
			}
	}
	return 0;
}

/* A service and all of a pool, and of those that stand in for it. There is no circle. */
static int suits_all(const struct slc_config *config,
		     const struct slc_service_cfg *cfg,
		     const struct slc_pool *pool, const struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	const struct slc_pool_rules *rules;
	unsigned int i;
	int err = 0;

	for (; !err && pool; pool = rules->cfg.sorry) {
		rules = slc_config_pool(config, pool->name)->rules;
		err = suits_pool(cfg, &rules->cfg, attr, extack);
		for (i = 0; !err && i < rules->n; i++)
			err = suits(config, cfg, rules, &rules->backend[i],
				    attr, extack);
	}
	return err ?: suits_headers(config, cfg, attr, extack) ?:
	       suits_adopt(config, cfg, attr, extack);
}

/* Does a service use a pool, or as the one that stands in? */
static bool uses(const struct slc_config *config,
		 const struct slc_service_cfg *cfg, const struct slc_pool *pool)
{
	const struct slc_pool *p = cfg->pool;

	while (p && p != pool)
		p = slc_config_pool(config, p->name)->rules->cfg.sorry;
	return p;
}

static bool stands_in(const struct slc_config *config,
		      const struct slc_pool *pool)
{
	unsigned int i;

	for (i = 0; i < config->n_pools; i++)
		if (config->pool[i].rules->cfg.sorry == pool)
			return true;
	return false;
}

int slc_nl_pool_suits(const struct slc_config *config,
		      const struct slc_pool_entry *pool,
		      const struct slc_backend_entry *e,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	bool sorry = stands_in(config, pool->pool);
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < config->n_services; i++) {
		const struct slc_service_cfg *cfg =
			&config->service[i].rules->cfg;

		/* Mostly the one or the other answers at once. */
		if (cfg->pool != pool->pool &&
		    !(sorry && uses(config, cfg, pool->pool)))
			continue;
		if (!e)
			err = suits_all(config, cfg, pool->pool, attr, extack);
		else
			err = suits(config, cfg, pool->rules, e, attr, extack);
		/* As it looks at all of them, only where it may have changed. */
		if (!err && e && (is_direct(pool->rules, e) ||
				  sends(pool->rules, e)))
			err = suits_headers(config, cfg, attr, extack);
		if (!err && e)
			err = suits_adopt(config, cfg, attr, extack);
	}
	return err;
}

/* Of a service that takes headers */
static int check_headers(const struct slc_nl_req *req,
			 const struct slc_service_cfg *cfg)
{
	bool stream = cfg->accept_proxy == SLUICE_ACCEPT_PROXY_TCP;
	struct netlink_ext_ack *extack = req->extack;
	bool tcp = cfg->proto == IPPROTO_TCP;
	struct nlattr **tb = req->tb;

	if (stream != tcp) {
		if (stream)
			NL_SET_ERR_MSG_ATTR(extack,
					    tb[SLUICE_A_SERVICE_ACCEPT_PROXY],
					    "tcp is for tcp; udp has each, first and spp");
		else
			NL_SET_ERR_MSG_ATTR(extack,
					    tb[SLUICE_A_SERVICE_ACCEPT_PROXY],
					    "each, first and spp are for udp");
		return -EINVAL;
	}
	if (!cfg->n_trust) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_ACCEPT_PROXY],
				    "needs trust: whose headers to believe");
		return -EINVAL;
	}
	if (!stream && tb[SLUICE_A_SERVICE_HEADER_TIMEOUT]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_HEADER_TIMEOUT],
				    "is for tcp: a datagram has its header whole");
		return -EINVAL;
	}
	return 0;
}

/* What a PROXY header needs, and what is of no use without one */
static int check_proxy(const struct slc_nl_req *req,
		       struct slc_service_cfg *cfg)
{
	static const int of_proxy[] = {
		SLUICE_A_SERVICE_TRUST, SLUICE_A_SERVICE_UNTRUSTED,
		SLUICE_A_SERVICE_HEADER_TIMEOUT, SLUICE_A_SERVICE_HEADER_MAX,
	};
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;
	unsigned int i;

	if (cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE)
		return check_headers(req, cfg);
	/* The first of them is for tunnels, too. */
	for (i = !!cfg->tunnel; i < ARRAY_SIZE(of_proxy); i++)
		/* Of those that are trusted a single empty one is none. */
		if (tb[of_proxy[i]] && (of_proxy[i] != SLUICE_A_SERVICE_TRUST ||
					nla_len(tb[of_proxy[i]]))) {
			if (of_proxy[i] == SLUICE_A_SERVICE_TRUST)
				NL_SET_ERR_MSG_ATTR(extack, tb[of_proxy[i]],
						    "is for services with accept-proxy, or a tunnel");
			else
				NL_SET_ERR_MSG_ATTR(extack, tb[of_proxy[i]],
						    "is for services with accept-proxy");
			if (!tb[SLUICE_A_SERVICE_ACCEPT_PROXY])
				NL_SET_ERR_ATTR_MISS(extack, req->nest,
						     SLUICE_A_SERVICE_ACCEPT_PROXY);
			return -EINVAL;
		}
	if (!cfg->tunnel)
		cfg->n_trust = 0;
	return 0;
}

/* Of a service that balancers may reach by a tunnel: who says who is a client? */
static int check_tunnel(const struct slc_nl_req *req,
			struct slc_service_cfg *cfg)
{
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;
	const struct nlattr *tunnel = tb[SLUICE_A_SERVICE_TUNNEL];

	if (!(cfg->tunnel & SLUICE_TUNNEL_GUE)) {
		if (tb[SLUICE_A_SERVICE_TUNNEL_PORT] &&
		    nla_get_u16(tb[SLUICE_A_SERVICE_TUNNEL_PORT])) {
			NL_SET_ERR_MSG_ATTR(extack,
					    tb[SLUICE_A_SERVICE_TUNNEL_PORT],
					    "is for tunnel gue, or any");
			return -EINVAL;
		}
		cfg->tunnel_port = 0;
	}
	if (!cfg->tunnel)
		return 0;
	if (cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE || cfg->pool) {
		NL_SET_ERR_MSG_ATTR(extack, tunnel ?:
				    tb[SLUICE_A_SERVICE_ACCEPT_PROXY] ?:
				    tb[SLUICE_A_SERVICE_POOL],
				    "a tunnel leads to this host as it is, without accept-proxy and without a pool");
		return -EINVAL;
	}
	if (!cfg->n_trust) {
		NL_SET_ERR_MSG_ATTR(extack, tunnel,
				    "needs trust: whose tunnels to open");
		return -EINVAL;
	}
	return 0;
}

/* Of a service whose balancer has changed the VIP to this host's address */
static int check_reply(const struct slc_nl_req *req,
		       const struct slc_service_cfg *cfg)
{
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;
	const struct nlattr *reply = tb[SLUICE_A_SERVICE_REPLY_ADDR] ?:
				     tb[SLUICE_A_SERVICE_REPLY_PORT];

	if (cfg->reply_port && !cfg->has_reply) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_REPLY_PORT],
				    "a port to answer from needs an address");
		return -EINVAL;
	}
	if (!cfg->has_reply)
		return 0;
	if (cfg->pool || cfg->has_to || cfg->tunnel ||
	    cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE) {
		NL_SET_ERR_MSG_ATTR(extack, reply ?: tb[SLUICE_A_SERVICE_TO_ADDR] ?:
				    tb[SLUICE_A_SERVICE_TUNNEL] ?:
				    tb[SLUICE_A_SERVICE_POOL] ?:
				    tb[SLUICE_A_SERVICE_ACCEPT_PROXY],
				    "what answers from a VIP comes as it is to be delivered: without accept-proxy, pool, to and tunnel");
		return -EINVAL;
	}
	if (cfg->any_addr) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_ANY] ?: reply,
				    "who answers from a VIP has an address himself");
		return -EINVAL;
	}
	if (slc_addr_source_class(&cfg->reply_addr) != SLC_ADDR_OK) {
		NL_SET_ERR_MSG_ATTR(extack, reply, "not a global unicast address");
		return -EADDRNOTAVAIL;
	}
	if (slc_addr_family(&cfg->reply_addr) != slc_addr_family(&cfg->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, reply ?: tb[SLUICE_A_SERVICE_ADDR],
				    "the client's address is kept, so the VIP has to be of the service's family");
		return -EAFNOSUPPORT;
	}
	if (cfg->reply_port &&
	    (cfg->n_ports || cfg->port_lo != cfg->port_hi)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_REPLY_PORT] ?:
				    tb[SLUICE_A_SERVICE_PORT],
				    "a service of several ports answers from the same ports: leave the VIP's out");
		return -EINVAL;
	}
	return 0;
}

/* Of a service that delivers to this host as it is, without a header */
static int check_here(const struct slc_nl_req *req,
		      const struct slc_service_cfg *cfg)
{
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;
	const struct nlattr *to = tb[SLUICE_A_SERVICE_TO_ADDR] ?:
				  tb[SLUICE_A_SERVICE_ADDR] ?:
				  tb[SLUICE_A_SERVICE_ACCEPT_PROXY] ?:
				  tb[SLUICE_A_SERVICE_FORWARD];

	if (cfg->has_reply)
		return 0;
	if (!cfg->has_to) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_TO_ADDR] ?:
				    tb[SLUICE_A_SERVICE_ACCEPT_PROXY] ?:
				    tb[SLUICE_A_SERVICE_FORWARD],
				    "a service needs accept-proxy, a pool, or an address of this host to deliver to");
		if (!tb[SLUICE_A_SERVICE_TO_ADDR] &&
		    !tb[SLUICE_A_SERVICE_ACCEPT_PROXY] &&
		    !tb[SLUICE_A_SERVICE_FORWARD])
			NL_SET_ERR_ATTR_MISS(extack, req->nest,
					     SLUICE_A_SERVICE_ACCEPT_PROXY);
		return -EINVAL;
	}
	if (cfg->any_addr) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_ANY] ?: to,
				    "without accept-proxy or a pool a service has an address");
		return -EINVAL;
	}
	if (slc_addr_source_class(&cfg->to_addr) == SLC_ADDR_LOOPBACK) {
		NL_SET_ERR_MSG_ATTR(extack, to,
				    "no answer leaves from a loopback address without accept-proxy; let the application listen on another one");
		return -EADDRNOTAVAIL;
	}
	if (slc_addr_family(&cfg->to_addr) != slc_addr_family(&cfg->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, to,
				    "without accept-proxy the client's address is kept, so the application has to be of the service's family");
		return -EAFNOSUPPORT;
	}
	return 0;
}

/* What this version cannot do is refused by name. */
static int check_methods(const struct slc_config *config,
			 const struct slc_nl_req *req,
			 const struct slc_service_cfg *cfg)
{
	bool proxy = cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE;
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;

	if (!cfg->pool && !proxy) {
		int err = check_here(req, cfg);

		if (err)
			return err;
	}
	if (tb[SLUICE_A_SERVICE_BIND] &&
	    nla_get_u32(tb[SLUICE_A_SERVICE_BIND]) != slc_service_bind(cfg)) {
		if (proxy)
			NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_BIND],
					    "a service with accept-proxy has bind header");
		else
			NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_BIND],
					    "without accept-proxy only syn is available in this version");
		return -EOPNOTSUPP;
	}
	if (cfg->pool && cfg->has_to) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_TO_ADDR] ?:
				    tb[SLUICE_A_SERVICE_POOL],
				    "a service delivers to this host or to a pool, not to both");
		return -EINVAL;
	}
	return suits_adopt(config, cfg, tb[SLUICE_A_SERVICE_ADOPT] ?:
			   tb[SLUICE_A_SERVICE_POOL] ?:
			   tb[SLUICE_A_SERVICE_ADDR], extack) ?:
	       suits_all(config, cfg, cfg->pool, tb[SLUICE_A_SERVICE_POOL] ?:
			 tb[SLUICE_A_SERVICE_ADDR], extack);
}

static int check_rules(const struct slc_config *config,
		       const struct slc_nl_req *req,
		       struct slc_service_cfg *cfg)
{
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;
	int err;

	err = check_proxy(req, cfg) ?: check_tunnel(req, cfg) ?:
	      check_reply(req, cfg);
	if (!err)
		err = check_methods(config, req, cfg);
	if (err)
		return err;
	if (cfg->idle_timeout_s > SLC_IDLE_TIMEOUT_MAX_S) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_IDLE_TIMEOUT],
				    "no more than " __stringify(SLC_IDLE_TIMEOUT_MAX_S)
				    " seconds, a week; 0 is the usual");
		return -ERANGE;
	}
	if (cfg->mark & ~cfg->mark_mask) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_MARK] ?:
				    tb[SLUICE_A_SERVICE_MARK_MASK],
				    "mark has bits that its mask has not");
		return -EINVAL;
	}
	if (cfg->to_port && !cfg->has_to) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_TO_PORT],
				    "a port to deliver to needs an address");
		return -EINVAL;
	}
	if (cfg->has_to && !slc_nl_is_host_addr(&cfg->to_addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_SERVICE_TO_ADDR],
				    "not a global unicast or loopback address");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

int slc_nl_service_check(const struct slc_config *config,
			 const struct slc_nl_req *req,
			 struct slc_service_cfg *cfg)
{
	return check_place(req, cfg) ?: check_rules(config, req, cfg);
}
