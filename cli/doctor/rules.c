// SPDX-License-Identifier: GPL-2.0
/* nft's rules, walked for a packet of which not all is known. */
#include <stdlib.h>

#include "doctor/match.h"
#include "doctor/rules.h"

/* Chains may not jump deeper than the kernel lets them. */
#define DEPTH_MAX	16

/* What a chain does to it */
enum fate {
	PASSES,		/* or may: what follows does not matter */
	DROPPED,
	GOES_ON,	/* behind the last rule */
	RETURNS,
};

/* Statements that neither match nor end anything */
static bool is_harmless(const char *key)
{
	static const char *const keys[] = {
		"counter", "log", "mangle", "notrack", "comment", "set", "map",
		"ct helper", "ct timeout", "flow", "dup", "secmark", NULL
	};
	unsigned int i;

	for (i = 0; keys[i]; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/**
 * struct walk - through the chains of a table
 * @nft: all rules
 * @p: the packet
 * @family: of the table
 * @table: its name
 */
struct walk {
	const json_t *nft;
	const struct rules_packet *p;
	const char *family;
	const char *table;
};

static enum fate walk_chain(const struct walk *w, const char *chain,
			    unsigned int depth);

/* A verdict of a rule that matches, or perhaps does */
static enum fate judge(const struct walk *w, const char *key,
		       const json_t *value, enum match is, unsigned int depth)
{
	enum fate fate;

	if (is == MATCH_NO || !strcmp(key, "continue"))
		return GOES_ON;
	if (!strcmp(key, "drop") || !strcmp(key, "reject"))
		return is == MATCH_YES ? DROPPED : GOES_ON;
	if (!strcmp(key, "return"))
		return is == MATCH_YES ? RETURNS : PASSES;
	if (!strcmp(key, "jump") || !strcmp(key, "goto")) {
		fate = walk_chain(w, match_text(value, "target"), depth + 1);
		if (fate == PASSES)
			return PASSES;
		if (is != MATCH_YES)
			return *key == 'g' ? PASSES : GOES_ON;
		if (fate == DROPPED)
			return DROPPED;
		return *key == 'g' ? RETURNS : GOES_ON;
	}
	/* accept, queue, NAT, or what is new to us */
	return PASSES;
}

static enum fate judge_map(const struct walk *w, const json_t *vmap,
			   enum match is, unsigned int depth)
{
	const json_t *left = json_object_get(vmap, "key"), *entry, *verdict;
	const json_t *list = json_object_get(json_object_get(vmap, "data"),
					     "set");
	enum match fits;
	enum fate fate;
	const char *key;
	json_t *value;
	size_t i;

	if (is == MATCH_NO)
		return GOES_ON;
	if (!json_is_array(list))
		return PASSES;
	json_array_foreach(list, i, entry) {
		verdict = json_array_get(entry, 1);
		json_object_foreach((json_t *)verdict, key, value) {
			fits = match_among(w->p, left, json_array_get(entry, 0));
			fate = judge(w, key, value, match_both(is, fits),
				     depth);
			if (fate != GOES_ON)
				return fate;
		}
	}
	return GOES_ON;
}

static enum fate walk_rule(const struct walk *w, const json_t *rule,
			   unsigned int depth)
{
	enum match is = MATCH_YES;
	enum fate fate;
	const char *key;
	json_t *part, *value;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, part)
		json_object_foreach(part, key, value) {
			if (!strcmp(key, "match")) {
				is = match_both(is, match_rule(w->p, value));
			} else if (!strcmp(key, "limit") ||
				   !strcmp(key, "quota") ||
				   !strcmp(key, "ct count")) {
				is = match_both(is, MATCH_UNKNOWN);
			} else if (!is_harmless(key)) {
				fate = !strcmp(key, "vmap") ?
				       judge_map(w, value, is, depth) :
				       judge(w, key, value, is, depth);
				if (fate != GOES_ON)
					return fate;
			}
		}
	return GOES_ON;
}

static enum fate walk_chain(const struct walk *w, const char *chain,
			    unsigned int depth)
{
	const json_t *item, *rule;
	enum fate fate;
	size_t i;

	if (depth > DEPTH_MAX)
		return PASSES;
	json_array_foreach(w->nft, i, item) {
		rule = json_object_get(item, "rule");
		if (!rule || !match_is(rule, "family", w->family) ||
		    !match_is(rule, "table", w->table) || !match_is(rule, "chain", chain))
			continue;
		fate = walk_rule(w, rule, depth);
		if (fate == RETURNS)
			return GOES_ON;
		if (fate != GOES_ON)
			return fate;
	}
	return GOES_ON;
}

/* Whether all of a table is switched off; flags are a word or a list of them. */
static bool is_dormant(const json_t *nft, const char *family, const char *name)
{
	const json_t *item, *table, *flags, *flag;
	size_t i, j;

	json_array_foreach(nft, i, item) {
		table = json_object_get(item, "table");
		if (!table || !match_is(table, "family", family) ||
		    !match_is(table, "name", name))
			continue;
		if (match_is(table, "flags", "dormant"))
			return true;
		flags = json_object_get(table, "flags");
		json_array_foreach(flags, j, flag)
			if (!strcmp(json_string_value(flag) ?: "", "dormant"))
				return true;
	}
	return false;
}

/* Whether a chain is where this packet is looked at as it is */
static bool is_between(const json_t *chain, const struct rules_packet *p)
{
	const json_t *prio = json_object_get(chain, "prio");

	if (!p->after && !p->before)
		return true;
	return match_is(chain, "type", "filter") && json_is_integer(prio) &&
	       json_integer_value(prio) > p->after &&
	       json_integer_value(prio) < p->before;
}

/* A base chain that packets of this family pass at a hook */
static const json_t *chain_at(const json_t *nft, const json_t *item,
			      const struct rules_packet *p,
			      struct rules_chain *at)
{
	const json_t *chain = json_object_get(item, "chain");

	if (!chain || !match_is(chain, "hook", p->hook) || !is_between(chain, p))
		return NULL;
	at->family = match_text(chain, "family");
	at->table = match_text(chain, "table");
	at->name = match_text(chain, "name");
	if (strcmp(at->family, "inet") &&
	    strcmp(at->family, p->v4 ? "ip" : "ip6"))
		return NULL;
	return is_dormant(nft, at->family, at->table) ? NULL : chain;
}

bool rules_drop(const json_t *nft, const struct rules_packet *p,
		struct rules_chain *at)
{
	struct walk w = { nft, p };
	const json_t *item, *chain;
	enum fate fate;
	size_t i;

	json_array_foreach(nft, i, item) {
		chain = chain_at(nft, item, p, at);
		if (!chain)
			continue;
		w.family = at->family;
		w.table = at->table;
		fate = walk_chain(&w, at->name, 0);
		at->policy = fate == GOES_ON;
		if (fate == DROPPED ||
		    (fate == GOES_ON && match_is(chain, "policy", "drop")))
			return true;
	}
	return false;
}

static bool redirects(const json_t *rule)
{
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, part)
		if (json_object_get(part, "redirect") ||
		    json_object_get(part, "dnat") ||
		    json_object_get(part, "tproxy") ||
		    json_object_get(part, "xt"))
			return true;
	return false;
}

bool rules_redirect(const json_t *nft)
{
	const json_t *item, *rule;
	size_t i;

	json_array_foreach(nft, i, item) {
		rule = json_object_get(item, "rule");
		if (redirects(rule) &&
		    !is_dormant(nft, match_text(rule, "family"),
				match_text(rule, "table")))
			return true;
	}
	return false;
}

/* The zone that a rule sets, if all that it asks for may be so */
static int zone_of(const json_t *rule, const struct rules_packet *p)
{
	const json_t *part, *mangle, *ct, *match;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, part) {
		match = json_object_get(part, "match");
		if (match && match_rule(p, match) == MATCH_NO)
			return -1;
		mangle = json_object_get(part, "mangle");
		ct = json_object_get(json_object_get(mangle, "key"), "ct");
		if (ct && match_is(ct, "key", "zone") &&
		    json_is_integer(json_object_get(mangle, "value")))
			return json_integer_value(json_object_get(mangle,
								  "value"));
	}
	return -1;
}

int rules_zone(const json_t *nft, const struct rules_packet *p,
	       struct rules_chain *at)
{
	const json_t *item, *other, *rule;
	int zone;
	size_t i, j;

	json_array_foreach(nft, i, item) {
		if (!chain_at(nft, item, p, at))
			continue;
		json_array_foreach(nft, j, other) {
			rule = json_object_get(other, "rule");
			if (!rule || !match_is(rule, "family", at->family) ||
			    !match_is(rule, "table", at->table) ||
			    !match_is(rule, "chain", at->name))
				continue;
			zone = zone_of(rule, p);
			if (zone >= 0)
				return zone;
		}
	}
	return -1;
}
