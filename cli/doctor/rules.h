/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nft's rules may do to a packet, as far as can be told from their JSON
 * (libnftables-json(5)). Pure: a list of rules and a packet in, a verdict out.
 * Whatever is not understood is taken to be able to accept, and a dormant table is
 * none.
 */
#ifndef SLUICE_DOCTOR_RULES_H
#define SLUICE_DOCTOR_RULES_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct rules_packet - a packet
 * @hook: where it is, "input", "forward", "output", "prerouting", "postrouting"
 * @after: it is so in chains of type filter with a priority above this
 * @before: and below this; both 0: in all chains of the hook
 * @v4: its family
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @saddr: source, NULL if unknown
 * @daddr: destination, NULL if unknown
 * @sport: 0 if unknown
 * @dport: 0 if unknown
 * @state: of conntrack: "new", "established", "untracked", "invalid"; NULL if
 *	unknown
 * @own: it comes over lo, else off a wire
 */
struct rules_packet {
	const char *hook;
	int after;
	int before;
	bool v4;
	int proto;
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	uint16_t sport;
	uint16_t dport;
	const char *state;
	bool own;
};

/**
 * struct rules_chain - which chain drops a packet
 * @family: of its table
 * @table: its table
 * @name: its name
 * @policy: no rule does: its policy
 */
struct rules_chain {
	const char *family;
	const char *table;
	const char *name;
	bool policy;
};

/**
 * rules_drop() - Is a packet dropped, whatever else is true of it?
 * @nft: the array of `nft -j list ruleset`
 * @p: the packet
 * @chain: set to who drops it
 */
bool rules_drop(const json_t *nft, const struct rules_packet *p,
		struct rules_chain *chain);

/* Whether some rule leads packets to other ports or hosts; @nft may be NULL */
bool rules_redirect(const json_t *nft);

/**
 * rules_zone() - Does a rule at a hook put a packet into a zone of conntrack?
 * @nft: as above
 * @p: the packet, and the hook
 * @chain: set to where it stands
 *
 * Return: the zone, -1 if none does or it is no number.
 */
int rules_zone(const json_t *nft, const struct rules_packet *p,
	       struct rules_chain *chain);

#endif /* SLUICE_DOCTOR_RULES_H */
