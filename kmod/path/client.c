// SPDX-License-Identifier: GPL-2.0
/* Clients that headers name: which may be one, and for whom. See client.h. */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/route.h>

#include "compat.h"
#include "core/pp.h"
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
