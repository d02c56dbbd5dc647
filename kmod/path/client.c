// SPDX-License-Identifier: GPL-2.0
/* Clients that headers name: which may be one, and for whom. See client.h. */
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/route.h>

#include "compat.h"
#include "core/pp.h"
#include "mode/mode.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "path/client.h"
#include "path/route.h"

bool slc_client_ok(const struct slc_pkt *pkt, const struct slc_tuple *inner)
{
	const struct slc_addr *client = &inner->src;
	struct net_device *dev = pkt->skb->dev;
	struct net *net = pkt->sn->net;

	if (!inner->sport ||
	    slc_addr_source_class(client) != SLC_ADDR_OK ||
	    slc_addr_eq(client, &pkt->tuple.dst) ||
	    slc_addr_eq(client, &inner->dst))
		return false;
	if (slc_addr_is_v4(client))
		return inet_addr_type_dev_table(net, dev,
						slc_addr_v4_get(client)) ==
		       RTN_UNICAST;
	return !ipv6_chk_addr(net, (const struct in6_addr *)client, NULL, 0);
}

bool slc_client_meets(const struct slc_pkt *pkt, const struct slc_pp *pp,
		      struct slc_tuple *inner)
{
	const struct slc_addr *named = &pp->dst.addr;
	struct net *net = pkt->sn->net;

	if (inner->family == slc_addr_family(&inner->dst))
		return true;
	if (inner->family == SLC_FAMILY_IPV4) {
		__be32 ip = slc_addr_v4_get(named);

		if (inet_addr_type_dev_table(net, pkt->skb->dev, ip) !=
		    RTN_LOCAL)
			ip = inet_select_addr(pkt->skb->dev,
					      slc_addr_v4_get(&inner->src),
					      RT_SCOPE_UNIVERSE);
		inner->dst = slc_addr_v4(ip);
		return ip;
	}
	if (ipv6_chk_addr(net, (const struct in6_addr *)named, NULL, 0))
		inner->dst = *named;
	else if (ipv6_dev_get_saddr(net, pkt->skb->dev,
				    (const struct in6_addr *)&inner->src, 0,
				    (struct in6_addr *)&inner->dst) < 0 ||
		 ipv6_addr_type((const struct in6_addr *)&inner->dst) &
		 IPV6_ADDR_LINKLOCAL)
		return false;
	return true;
}

int slc_client_back(const struct slc_pkt *pkt, const struct slc_tuple *inner,
		    bool named)
{
	struct dst_entry *dst;
	struct slc_tuple t;
	int why = 0;

	slc_tuple_reverse(&t, inner);
	dst = slc_route_out(pkt->sn, &t, pkt->skb->dev->ifindex, 0);
	if (IS_ERR(dst))
		return SLUICE_STAT_CLIENT_NO_ROUTE;
	if (named && slc_route_is_local(dst, t.family))
		why = SLUICE_STAT_CLIENT_REFUSED;
	dst_release(dst);
	return why;
}

int slc_client_pool_back(const struct slc_pkt *pkt, const struct slc_tuple *inner,
			 const struct slc_mode *mode)
{
	if (inner->family == pkt->tuple.family ||
	    mode->caps & SLC_MODE_OWN_SOURCE)
		return 0;
	return slc_client_back(pkt, inner, true);
}

int slc_client_nobody(const struct slc_pool_entry *pool, u8 client, u8 sender)
{
	return !slc_pick_some(pool, client, true) &&
	       slc_pick_some(pool, sender, true) ?
	       SLUICE_STAT_FAMILY_REFUSED : SLUICE_STAT_NO_BACKEND;
}

int slc_client_keep(struct slc_flow *flow, const struct slc_pp *pp, const u8 *tlv)
{
	flow->version = pp->version;
	flow->is_local = !pp->has_addr;
	if (!pp->has_addr && !pp->tlv_len)
		return 0;
	flow->header = kmalloc(struct_size(flow->header, tlv, pp->tlv_len),
			       GFP_ATOMIC | __GFP_NOWARN);
	if (!flow->header)
		return -ENOMEM;
	flow->header->src = pp->src;
	flow->header->dst = pp->dst;
	flow->header->len = pp->tlv_len;
	memcpy(flow->header->tlv, tlv, pp->tlv_len);
	return 0;
}

int slc_client_stat(const struct slc_pp *pp)
{
	if (pp->cmd == SLC_PP_LOCAL)
		return SLUICE_STAT_HEADER_LOCAL;
	if (!pp->has_addr)
		return SLUICE_STAT_HEADER_UNKNOWN;
	return pp->version == 1 ? SLUICE_STAT_HEADER_V1 :
	       pp->version == 2 ? SLUICE_STAT_HEADER_V2 :
				  SLUICE_STAT_HEADER_SPP;
}
