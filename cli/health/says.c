// SPDX-License-Identifier: GPL-2.0
/* What an agent says of its backend. See says.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "says.h"

#define BETWEEN	" \t,;"

static bool is_word(const char *word, const char *const *words)
{
	while (*words && strcasecmp(word, *words))
		words++;
	return *words;
}

/* More than all of it is all of it. */
static bool get_percent(struct says *says, const char *word)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	n = strtoul(word, &end, 10);
	if (strcmp(end, "%"))
		return false;
	says->percent = n < 100 ? n : 100;
	says->has_percent = true;
	return true;
}

static void ready(struct says *says)
{
	says->drain = false;
	says->maint = false;
}

static bool get_word(struct says *says, const char *word)
{
	static const char *const downs[] = {
		"down", "fail", "failed", "stopped", NULL
	};

	if (get_percent(says, word))
		return true;
	if (is_word(word, downs))
		says->down = true;
	else if (!strcasecmp(word, "up"))
		says->down = false;
	else if (!strcasecmp(word, "drain"))
		says->drain = true;
	else if (!strcasecmp(word, "maint"))
		says->maint = true;
	else if (!strcasecmp(word, "ready"))
		ready(says);
	/* It may limit connections, which is the administrator's here. */
	else if (strncasecmp(word, "maxconn:", 8))
		return false;
	return true;
}

bool says_take(struct says *says, const char *data, size_t len)
{
	struct says next = *says;
	char line[SAYS_MAX], *word, *rest;
	bool any = false;
	size_t i;

	for (i = 0; i < len && data[i] != '\r' && data[i] != '\n'; i++)
		if (!isprint((unsigned char)data[i]) && data[i] != '\t')
			return false;
	if (i >= sizeof(line))
		return false;
	memcpy(line, data, i);
	line[i] = '\0';
	memcpy(next.text, line, i + 1);
	/* Why, for people */
	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, BETWEEN, &rest); word;
	     word = strtok_r(NULL, BETWEEN, &rest)) {
		if (!get_word(&next, word))
			return false;
		any = true;
	}
	if (any)
		*says = next;
	return any;
}

bool says_down(const struct says *says)
{
	return says->down || says->maint;
}

uint8_t says_part(const struct says *says)
{
	return says->drain ? 0 : says->has_percent ? says->percent : 100;
}
