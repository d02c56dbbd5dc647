// SPDX-License-Identifier: GPL-2.0
/*
 * Who may connect to a frontend of HAProxy. Of what it can ask for, sources are
 * looked at, as far as they say who sends headers.
 */
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "haproxy.h"
#include "value.h"

/* Prefixes up to an end, or NULL if one of them is none */
static json_t *prefixes(char **word, const char *end)
{
	json_t *list = json_array();
	struct in6_addr addr;
	uint8_t plen;

	for (; *word && (!end || strcmp(*word, end)); word++) {
		if (value_get_prefix(*word, &addr, &plen)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, json_string(*word));
	}
	if (json_array_size(list) && (!end || *word))
		return list;
	json_decref(list);
	return NULL;
}

/* Lines of one name add up; who it is of which one is left out, nobody knows. */
void hap_acl(struct hap *h)
{
	json_t *list = NULL, *was;

	if (h->w.n > 3 && !strcmp(h->w.word[2], "src"))
		list = prefixes(h->w.word + 3, NULL);
	was = h->w.n > 1 ? json_object_get(h->now->acls, h->w.word[1]) : NULL;
	if (!list) {
		hap_left(h, "only sources by address are looked at, as who sends headers");
		if (h->w.n > 1)
			json_object_set_new(h->now->acls, h->w.word[1],
					    json_null());
	} else if (was) {
		json_array_extend(was, list);
		json_decref(list);
	} else {
		json_object_set_new(h->now->acls, h->w.word[1], list);
	}
}

/*
 * "if ACL", "if { src A B }", either with "!": whom it is about, or NULL. *not is
 * set if it is about all others.
 */
static json_t *sources(struct hap *h, char **word, bool *not)
{
	json_t *list;

	if (!*word || !word[1])
		return NULL;
	*not = !strcmp(*word, "unless");
	if (!*not && strcmp(*word, "if"))
		return NULL;
	word++;
	if (**word == '!') {
		*not = !*not;
		if (!(*word)[1])
			word++;
	}
	if (!*word)
		return NULL;
	if (strcmp(*word, "{") && strcmp(*word, "!{")) {
		list = json_object_get(h->now->acls,
				       *word + (**word == '!'));
		return word[1] || !json_is_array(list) ? NULL :
							 json_incref(list);
	}
	if (!word[1] || strcmp(word[1], "src"))
		return NULL;
	return prefixes(word + 2, "}");
}

/*
 * "connection expect-proxy layer4 if S": headers of these, others as they are.
 * "connection reject if !S": others are refused, which only says something here
 * where headers are expected.
 */
void hap_request(struct hap *h)
{
	bool expect, reject, not = false;
	const char *key;
	json_t *list;

	expect = h->w.n >= 4 && !strcmp(h->w.word[1], "connection") &&
		 !strcmp(h->w.word[2], "expect-proxy") &&
		 !strcmp(h->w.word[3], "layer4");
	reject = h->w.n >= 4 && !strcmp(h->w.word[1], "connection") &&
		 !strcmp(h->w.word[2], "reject");
	if (expect && h->w.n == 4) {
		json_object_set_new(h->now->set, "expect", json_true());
		return;
	}
	list = expect || reject ?
	       sources(h, h->w.word + (expect ? 4 : 3), &not) : NULL;
	key = expect ? "expected" : "allowed";
	if (list && not == reject && !json_object_get(h->now->set, key)) {
		json_object_set(h->now->set, key, list);
		json_object_set_new(h->now->set, "request-line",
				    json_integer(h->w.line));
	} else {
		hap_left(h, "of requests, only who may send headers is looked at: use a firewall");
	}
	json_decref(list);
}
