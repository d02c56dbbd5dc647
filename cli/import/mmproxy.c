// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines of go-mmproxy: flags alone, lines of a shell script, or ExecStart
 * of a unit.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "import.h"
#include "value.h"

/* Of go-mmproxy's flags, with the values that they have if not given */
enum flag {
	LISTEN, TARGET4, TARGET6, PROTO, MARK, CLOSE_AFTER, SUBNETS,
	LISTENERS, VERBOSE, DYNAMIC, TRANSPARENT, FLAGS,
};

static const struct {
	const char *name;
	const char *usual;
	bool bare;	/* a value comes by = alone */
} flags[FLAGS] = {
	[LISTEN]	= { "l", "0.0.0.0:8443" },
	[TARGET4]	= { "4", "127.0.0.1:443" },
	[TARGET6]	= { "6", "[::1]:443" },
	[PROTO]		= { "p", "tcp" },
	[MARK]		= { "mark", "0" },
	[CLOSE_AFTER]	= { "close-after", "60" },
	[SUBNETS]	= { "allowed-subnets" },
	[LISTENERS]	= { "listeners" },
	[VERBOSE]	= { "v" },
	[DYNAMIC]	= { "dynamic-destination", NULL, true },
	[TRANSPARENT]	= { "listen-transparent", NULL, true },
};

/**
 * struct command - one that runs go-mmproxy
 * @im: the import
 * @line: it is in
 * @value: of each flag; NULL if not given
 */
struct command {
	struct import *im;
	unsigned int line;
	const char *value[FLAGS];
};

static const char *value_of(const struct command *c, enum flag flag)
{
	return c->value[flag] ?: flags[flag].usual;
}

/* "-name", "--name", either with "=value"; FLAGS if there is none like it */
static enum flag find_flag(const char *word, const char **value)
{
	size_t len;
	unsigned int i;

	word += word[1] == '-' ? 2 : 1;
	len = strcspn(word, "=");
	*value = word[len] ? word + len + 1 : NULL;
	for (i = 0; i < FLAGS; i++)
		if (strlen(flags[i].name) == len &&
		    !strncmp(flags[i].name, word, len))
			break;
	return i;
}

static bool read_flags(struct command *c, char **word)
{
	const char *value;
	enum flag flag;

	for (; *word; word++) {
		/* What the shell does behind it */
		if (**word == '>' || **word == '&' || **word == ';' ||
		    **word == '|' || !strncmp(*word, "2>", 2))
			return true;
		flag = **word == '-' ? find_flag(*word, &value) : FLAGS;
		if (flag == FLAGS) {
			import_left(c->im, c->line,
				    "%s: is no flag of go-mmproxy, its service is left out",
				    *word);
			return false;
		}
		if (!value)
			value = flags[flag].bare ? "true" : *++word;
		if (!value) {
			import_left(c->im, c->line,
				    "-%s: has no value, its service is left out",
				    flags[flag].name);
			return false;
		}
		c->value[flag] = value;
	}
	return true;
}

/* All of IPv6 without IPv4, which has addresses among them */
static void add_prefix(json_t *trust, const char *prefix)
{
	if (strcmp(prefix, "::/0")) {
		json_array_append_new(trust, json_string(prefix));
		return;
	}
	json_array_append_new(trust, json_string("2000::/3"));
	json_array_append_new(trust, json_string("fc00::/7"));
	json_array_append_new(trust, json_string("fe80::/10"));
}

static void read_subnets(struct command *c, const char *path, char *text,
			 json_t *trust)
{
	unsigned int line = 0;
	struct in6_addr addr;
	char *next = text, *p;
	const char *bad;
	uint8_t plen;

	while ((p = strsep(&next, "\n"))) {
		line++;
		p[strcspn(p, "#")] = '\0';
		p += strspn(p, " \t\r");
		p[strcspn(p, " \t\r")] = '\0';
		if (!*p)
			continue;
		bad = strcmp(p, "::/0") ? value_get_prefix(p, &addr, &plen) :
					  NULL;
		if (bad)
			import_left_in(c->im, path, line, "%s: %s, left out", p,
				       bad);
		else
			add_prefix(trust, p);
	}
}

/* Whom to believe, or NULL after telling that this is not known */
static json_t *trust_of(struct command *c)
{
	const char *path = c->value[SUBNETS], *bad;
	json_t *trust = json_array();
	size_t len = 0, end;
	char *text;

	if (!path) {
		import_note(c->im, c->line,
			    "without -allowed-subnets everybody is believed: name your load balancers in trust");
		json_array_append_new(trust, json_string("any"));
		return trust;
	}
	bad = import_read(strcmp(path, "-") ? path : "./-", &text, &len);
	if (bad) {
		import_left(c->im, c->line,
			    "-allowed-subnets %s: %s; a service needs it, left out",
			    path, bad);
		json_decref(trust);
		return NULL;
	}
	end = value_text_end(text, len);
	if (end < len)
		import_left_in(c->im, path, import_line_at(text, end),
			       "is no text in UTF-8");
	else
		read_subnets(c, path, text, trust);
	free(text);
	if (json_array_size(trust) && json_array_size(trust) <= 256)
		return trust;
	import_left(c->im, c->line,
		    "-allowed-subnets %s: has %zu prefixes, of 1 to 256 that a service can have, left out",
		    path, json_array_size(trust));
	json_decref(trust);
	return NULL;
}

/* A service delivers to one address, by which clients of both families are served. */
static const char *target_of(struct command *c, const char *listen)
{
	bool six = !c->value[TARGET4] &&
		   (c->value[TARGET6] || import_is_v6(listen));

	if (c->value[TARGET4] && c->value[TARGET6])
		import_left(c->im, c->line,
			    "-6 %s: a service delivers to one address, here that of -4, left out",
			    c->value[TARGET6]);
	return value_of(c, six ? TARGET6 : TARGET4);
}

static void put_options(struct command *c, json_t *service, bool udp)
{
	static const char gone[] = "is not needed here";
	const char *mark = value_of(c, MARK);

	if (strcmp(mark, "0"))
		import_put(c->im, c->line, &service_object, service, "mark",
			   mark);
	if (udp)
		import_put(c->im, c->line, &service_object, service,
			   "idle-timeout", value_of(c, CLOSE_AFTER));
	if (c->value[LISTENERS])
		import_note(c->im, c->line, "-listeners %s: %s",
			    c->value[LISTENERS], gone);
	if (c->value[VERBOSE])
		import_note(c->im, c->line, "-v %s: %s, see sluice monitor",
			    c->value[VERBOSE], gone);
	if (c->value[DYNAMIC] && strcmp(c->value[DYNAMIC], "false"))
		import_left(c->im, c->line,
			    "-dynamic-destination: a service delivers to one address, left out");
	if (c->value[TRANSPARENT] && strcmp(c->value[TRANSPARENT], "false"))
		import_left(c->im, c->line,
			    "-listen-transparent: name all addresses and ports in services, left out");
}

static void add_service(struct command *c)
{
	const char *proto = value_of(c, PROTO), *bad, *target;
	char place[IMPORT_PLACE_LEN], to[IMPORT_PLACE_LEN];
	char name[IMPORT_PLACE_LEN + 16];
	json_t *service, *trust;
	bool udp = !strcmp(proto, "udp");

	if (!udp && strcmp(proto, "tcp")) {
		import_left(c->im, c->line,
			    "-p %s: is neither tcp nor udp, its service is left out",
			    proto);
		return;
	}
	bad = import_endpoint(value_of(c, LISTEN), proto, IMPORT_ANY, place);
	if (bad) {
		import_left(c->im, c->line, "-l %s: %s, its service is left out",
			    value_of(c, LISTEN), bad);
		return;
	}
	target = target_of(c, place);
	bad = import_endpoint(target, proto, 0, to);
	if (bad) {
		import_left(c->im, c->line, "-%s %s: %s, its service is left out",
			    target == value_of(c, TARGET6) ? "6" : "4", target,
			    bad);
		return;
	}
	trust = trust_of(c);
	snprintf(name, sizeof(name), "%s-%s", proto, place);
	service = trust ? import_service(c->im, c->line, name, proto, place) :
			  NULL;
	if (service) {
		import_set(service, "accept-proxy", udp ? "each" : "tcp");
		json_object_set(service, "trust", trust);
		import_set(service, "to", to);
		put_options(c, service, udp);
	}
	json_decref(trust);
}

/* "ip", "/sbin/ip", "ExecStartPre=/sbin/ip", and rule or route behind it */
static bool is_plumbing(const struct import_words *w)
{
	bool ip = false;
	const char *word;
	unsigned int i;
	size_t len;

	for (i = 0; i < w->n; i++) {
		word = w->word[i];
		len = strlen(word);
		if (ip && (!strcmp(word, "rule") || !strcmp(word, "route")))
			return true;
		ip = ip || !strcmp(word, "ip") ||
		     (len > 3 && (!strcmp(word + len - 3, "/ip") ||
				  !strcmp(word + len - 3, "=ip")));
	}
	return false;
}

/* Lines of a unit, and what was needed for addresses of others */
static bool is_other(struct import *im, const struct import_words *w)
{
	const char *word = w->word[0];

	if (is_plumbing(w)) {
		import_note(im, w->line,
			    "%s: rules and routes for go-mmproxy are not needed here, the tool makes what is",
			    word);
		return true;
	}
	return *word == '[' || *word == ';' ||
	       (isupper((unsigned char)word[0]) &&
		islower((unsigned char)word[1]) && strchr(word, '=') &&
		strncmp(word, "ExecStart=", 10));
}

/* The flags of a command: what comes after a word that ends in its name */
static char **find_command(struct import_words *w)
{
	const char *word;
	unsigned int i;
	size_t len;

	if (*w->word[0] == '-' && strspn(w->word[0], "-") < strlen(w->word[0]))
		return w->word;
	for (i = 0; i < w->n; i++) {
		word = w->word[i];
		len = strlen(word);
		if (len >= 10 && !strcmp(word + len - 10, "go-mmproxy"))
			return &w->word[i + 1];
	}
	return NULL;
}

const char *import_mmproxy(struct import *im, unsigned int *line)
{
	struct command c = { .im = im };
	struct import_words w;
	char **word;

	(void)line;
	import_words_begin(&w, im, IMPORT_QUOTES | IMPORT_JOIN);
	while (import_words_next(&w)) {
		if (is_other(im, &w))
			continue;
		word = find_command(&w);
		if (!word) {
			import_left(im, w.line,
				    "%s: is no command line of go-mmproxy, left out",
				    w.word[0]);
			continue;
		}
		memset(c.value, 0, sizeof(c.value));
		c.line = w.line;
		if (read_flags(&c, word))
			add_service(&c);
	}
	import_words_end(&w);
	return NULL;
}
