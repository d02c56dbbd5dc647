// SPDX-License-Identifier: GPL-2.0
/* What PROXY headers for backends say. See compose.h. */
#include <linux/in.h>
#include <linux/siphash.h>

#include "core/pp.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "path/compose.h"

/* Bytes of a unique id of ours */
#define COMPOSE_UNIQUE_ID		16

/* The fixed part of version 2, and the addresses of IPv6 */
#define COMPOSE_FIXED		(SLC_PP_V2_FIXED_LEN + 36)

/* A TLV that says nothing */
#define COMPOSE_PAD		3

/* Whom does the header name? Whom the one that came did, or the sender itself: also
 * where that one named nobody (LOCAL, UNKNOWN), as HAProxy does it.
 */
static void compose_endpoints(const struct slc_flow *flow,
			      const struct slc_tuple *outer, struct slc_pp *pp)
{
	if (flow->version && !flow->is_local) {
		pp->src = flow->header->src;
		pp->dst = flow->header->dst;
		return;
	}
	pp->src.addr = outer->src;
	pp->src.port = outer->sport;
	pp->dst.addr = outer->dst;
	pp->dst.port = outer->dport;
}

/* The TLVs of a type that came with a header, all of them */
static bool compose_pass(struct slc_pp_writer *w, const struct slc_header *header,
			 u8 type)
{
	unsigned int off, n;
	bool any = false;

	if (!header)
		return false;
	for (off = slc_pp_find_tlv(header->tlv, header->len, 0, type);
	     off < header->len;
	     off = slc_pp_find_tlv(header->tlv, header->len, off + 3 + n,
				   type)) {
		n = get_unaligned_be16(header->tlv + off + 1);
		slc_pp_put_tlv(w, type, header->tlv + off + 3, n);
		any = true;
	}
	return any;
}

/* None came: one that no other connection of this machine has, or has had since it
 * was started. It is no secret, and nobody can tell from it how many there are.
 */
static void compose_unique_id(struct slc_pp_writer *w, const struct slc_flow *flow)
{
	const struct slc_net *sn = flow->sn;
	__be64 id[COMPOSE_UNIQUE_ID / sizeof(__be64)] = {
		cpu_to_be64(siphash_1u64(flow->id, &sn->key[0])),
		cpu_to_be64(siphash_1u64(flow->id, &sn->key[1])),
	};

	slc_pp_put_tlv(w, SLC_PP_TLV_UNIQUE_ID, id, sizeof(id));
}

static void compose_tlv(struct slc_pp_writer *w, const struct slc_flow *flow,
			const struct slc_tlv *tlv)
{
	if (tlv->has_value)
		slc_pp_put_tlv(w, tlv->type, tlv->value, tlv->len);
	else if (tlv->type == SLC_PP_TLV_CRC32C)
		slc_pp_put_crc(w);
	else if (!compose_pass(w, flow->header, tlv->type) &&
		 tlv->type == SLC_PP_TLV_UNIQUE_ID)
		compose_unique_id(w, flow);
}

size_t slc_compose_room(const struct slc_choice *to, const struct slc_flow *flow)
{
	const struct slc_pool_cfg *cfg = to->pool;
	size_t room = COMPOSE_FIXED + COMPOSE_PAD;
	unsigned int i;

	if (to->send_proxy == SLUICE_SEND_PROXY_V1)
		return ALIGN(SLC_PP_V1_MAX_LEN, 4);
	for (i = 0; i < cfg->n_tlvs; i++)
		room += 3 + (cfg->tlv[i].has_value ? cfg->tlv[i].len :
						     COMPOSE_UNIQUE_ID);
	if (cfg->n_tlvs && flow->header)
		room += flow->header->len;
	return min_t(size_t, ALIGN(room, 4), SLC_PP_MAX_LEN);
}

int slc_compose(const struct slc_choice *to, const struct slc_flow *flow,
		const struct slc_tuple *outer, u8 *buf, size_t room)
{
	bool udp = outer->proto == IPPROTO_UDP;
	struct slc_pp pp = {
		.version = to->send_proxy == SLUICE_SEND_PROXY_V1 ? 1 : 2,
		.cmd = SLC_PP_PROXY,
		.transport = udp ? SLC_PP_DGRAM : SLC_PP_STREAM,
		.has_addr = true,
	};
	struct slc_pp_writer w;
	unsigned int i;

	compose_endpoints(flow, outer, &pp);
	if (to->send_proxy == SLUICE_SEND_PROXY_SPP) {
		slc_spp_encode(buf, &pp.src, &pp.dst);
		return SLC_SPP_LEN;
	}
	slc_pp_begin(&w, buf, room, &pp);
	for (i = 0; i < to->pool->n_tlvs; i++)
		compose_tlv(&w, flow, &to->pool->tlv[i]);
	if (udp && w.len % 2)
		slc_pp_put_tlv(&w, SLC_PP_TLV_NOOP, NULL, 0);
	return slc_pp_end(&w);
}
