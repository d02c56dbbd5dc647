// SPDX-License-Identifier: GPL-2.0
/*
 * What packets came through. See secpath.h.
 */
#include "obj/flow.h"
#include "path/secpath.h"

#ifdef CONFIG_XFRM
/* Do the sender's IPsec policies meet the inner leg too? Then its packets must
 * be seen to have come that way. Where the sender is not the client they do
 * not, and an application at another port is beyond an SA for one port.
 */
static bool secpath_shared(const struct sec_path *sp,
			   const struct slc_tuple *outer,
			   const struct slc_tuple *inner)
{
	int i;

	if (outer->sport != inner->sport ||
	    !slc_addr_eq(&outer->src, &inner->src) ||
	    !slc_addr_eq(&outer->dst, &inner->dst))
		return false;
	for (i = 0; i < sp->len; i++)
		if (outer->dport != inner->dport &&
		    sp->xvec[i]->sel.dport_mask)
			return false;
	return true;
}

struct skb_ext *slc_secpath_get(const struct sk_buff *skb,
				const struct slc_tuple *outer,
				const struct slc_tuple *inner)
{
	const struct sec_path *sp = skb_sec_path(skb);

	if (!sp || !secpath_shared(sp, outer, inner))
		return NULL;
	refcount_inc(&skb->extensions->refcnt);
	return skb->extensions;
}

void slc_secpath_put(struct skb_ext *secpath)
{
	if (secpath)
		__skb_ext_put(secpath);
}

/* Of all extensions that share the memory, just this one */
void slc_secpath_set(struct sk_buff *skb, struct skb_ext *secpath)
{
	if (!secpath)
		return;
	refcount_inc(&secpath->refcnt);
	skb->extensions = secpath;
	skb->active_extensions = 1 << SKB_EXT_SEC_PATH;
}
#else
struct skb_ext *slc_secpath_get(const struct sk_buff *skb,
				const struct slc_tuple *outer,
				const struct slc_tuple *inner)
{
	return NULL;
}

void slc_secpath_put(struct skb_ext *secpath)
{
}

void slc_secpath_set(struct sk_buff *skb, struct skb_ext *secpath)
{
}
#endif
