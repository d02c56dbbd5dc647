// SPDX-License-Identifier: GPL-2.0
/* Tables of attributes. */
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "value.h"

static char why[320];

const char *const attr_switches[] = { "off", "on", NULL, NULL };

const struct attr *attr_find(const struct attr *table, const char *name,
			     unsigned int flags)
{
	for (; table->name; table++)
		if (table->flags & flags && !strcmp(table->name, name))
			return table;
	return NULL;
}

static const char *const *words_later(const struct attr *attr)
{
	const char *const *w = attr->words;

	while (*w)
		w++;
	return w + 1;
}

/* Number of a word, or -1 */
static int word_of(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

bool attr_is_choice(const struct attr *attr, const char *word)
{
	return attr->words && (word_of(attr->words, word) >= 0 ||
			       word_of(words_later(attr), word) >= 0);
}

int attr_choose(const struct attr *attr, const char *word, const char **err)
{
	const char *near = value_nearest(word, attr->words);
	int n = word_of(attr->words, word), i;

	*err = NULL;
	if (n >= 0)
		return n;
	*err = why;
	if (word_of(words_later(attr), word) >= 0) {
		*err = "not available in this version";
		return -1;
	}
	if (near) {
		snprintf(why, sizeof(why), "did you mean %s?", near);
		return -1;
	}
	n = snprintf(why, sizeof(why), "must be ");
	for (i = 0; attr->words[i]; i++)
		n += snprintf(why + n, sizeof(why) - n, "%s%s",
			      !i ? "" : attr->words[i + 1] ? ", " : " or ",
			      attr->words[i]);
	return -1;
}

const char *attr_option_of(const struct attr *table, unsigned int nla)
{
	unsigned int i;

	for (; table && table->name; table++)
		for (i = 0; i < ATTR_NLAS; i++)
			if (nla && table->nla[i] == nla)
				return table->name;
	return NULL;
}
