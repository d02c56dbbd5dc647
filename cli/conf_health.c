// SPDX-License-Identifier: GPL-2.0
/*
 * The health block of a pool. The kernel knows nothing of it; daemons that
 * check backends do, from the pool's user-data.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "value.h"

/* Kinds of checks, and which of them know a setting */
#define TCP	0x01
#define HTTP	0x02
#define HTTPS	0x04
#define UDP	0x08
#define DNS	0x10
#define EXEC	0x20
#define WEB	(HTTP | HTTPS)
#define ANY	0x3f

static const char *const types[] = {
	"tcp", "http", "https", "udp", "dns", "exec", NULL
};

static const char *const methods[] = {
	"GET", "HEAD", "OPTIONS", "POST", NULL
};

static const char *const sends[] = { "v1", "v2", "spp", NULL };

enum kind {
	SECONDS,	/* a number, least and most in milliseconds */
	COUNT,
	WORD,		/* one of words */
	TEXT,		/* at most max letters */
	PATH,		/* begins with a slash */
	HOST,		/* a host name */
	STATUS,		/* 200, 200-399, or several */
	BYTES,		/* text, or 0x and hexadecimal digits */
	COMMAND,	/* words, the first a path */
};

/* In the order in which they are kept */
static const struct setting {
	const char *name;
	enum kind kind;
	unsigned int types;
	const char *const *words;
	unsigned int min;
	unsigned int max;
} settings[] = {
	{ "type", WORD, ANY, types },
	{ "interval", SECONDS, ANY, NULL, 100, 3600000 },
	{ "jitter", SECONDS, ANY, NULL, 0, 3600000 },
	{ "timeout", SECONDS, ANY, NULL, 10, 600000 },
	{ "rise", COUNT, ANY, NULL, 1, 1000 },
	{ "fall", COUNT, ANY, NULL, 1, 1000 },
	{ "backoff", SECONDS, ANY, NULL, 100, 3600000 },
	{ "damping", SECONDS, ANY, NULL, 1000, 86400000 },
	{ "port", COUNT, ANY, NULL, 1, 65535 },
	{ "agent", COUNT, ANY, NULL, 1, 65535 },
	{ "agent-send", TEXT, ANY, NULL, 0, 255 },
	{ "method", WORD, WEB, methods },
	{ "path", PATH, WEB, NULL, 0, 1024 },
	{ "host", HOST, WEB | DNS, NULL, 0, 255 },
	{ "status", STATUS, WEB },
	{ "body", TEXT, WEB, NULL, 0, 1024 },
	{ "payload", BYTES, TCP | UDP, NULL, 0, 1024 },
	{ "reply", BYTES, TCP | UDP | DNS, NULL, 0, 1024 },
	{ "command", COMMAND, EXEC, NULL, 0, 1024 },
	{ "send-proxy", WORD, TCP | WEB | UDP | DNS, sends },
	{ NULL }
};

static char why[200];

static const char *list_words(const char *const *words)
{
	size_t n = snprintf(why, sizeof(why), "must be ");
	unsigned int i;

	for (i = 0; words[i]; i++)
		n += snprintf(why + n, sizeof(why) - n, "%s%s", !i ? "" :
			      words[i + 1] ? ", " : " or ", words[i]);
	return why;
}

static const char *check_word(const struct setting *s, const char *text)
{
	const char *const *word, *near;

	for (word = s->words; *word; word++)
		if (!strcmp(*word, text))
			return NULL;
	near = value_nearest(text, s->words);
	if (!near)
		return list_words(s->words);
	snprintf(why, sizeof(why), "did you mean %s?", near);
	return why;
}

static const char *check_length(const struct setting *s, const char *text)
{
	if (*text && strlen(text) <= s->max)
		return NULL;
	snprintf(why, sizeof(why), "must have 1 to %u letters", s->max);
	return why;
}

static bool is_graph(const char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isgraph((unsigned char)*text))
			return false;
	return true;
}

static const char *check_path(const struct setting *s, const char *text)
{
	if (*text != '/' || !is_graph(text))
		return "must begin with / and have no spaces";
	return check_length(s, text);
}

static const char *check_host(const struct setting *s, const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (!isascii(*c) || (!isalnum((unsigned char)*c) &&
				     !strchr(".-_:[]", *c)))
			return "must be the name of a host";
	return check_length(s, text);
}

static const char *check_status(const char *text)
{
	static const char bad[] =
		"must look like 200, 200-399 or 200,204, from 100 to 599";
	char *end;
	long low, high;

	do {
		if (!isdigit((unsigned char)*text))
			return bad;
		low = strtol(text, &end, 10);
		high = low;
		if (*end == '-' && isdigit((unsigned char)end[1]))
			high = strtol(end + 1, &end, 10);
		if (low < 100 || high > 599 || high < low)
			return bad;
		text = end + 1;
	} while (*end == ',');
	return *end ? bad : NULL;
}

static const char *check_bytes(const struct setting *s, const char *text)
{
	size_t n;

	if (!strncmp(text, "0x", 2)) {
		n = strspn(text + 2, "0123456789abcdefABCDEF");
		if (!n || n % 2 || text[2 + n])
			return "0x needs two hexadecimal digits for each byte";
	}
	return check_length(s, text);
}

static const char *check_text(const struct setting *s, const char *text)
{
	switch (s->kind) {
	case WORD:
		return check_word(s, text);
	case PATH:
		return check_path(s, text);
	case HOST:
		return check_host(s, text);
	case STATUS:
		return check_status(text);
	case BYTES:
		return check_bytes(s, text);
	case TEXT:
		return check_length(s, text);
	case COMMAND:
	case SECONDS:
	case COUNT:
		break;
	}
	return NULL;
}

/* NULL after saying why */
static json_t *get_command(struct conf *c, const char *title,
			   const struct setting *s,
			   const struct yaml_node *node)
{
	const struct yaml_node *n = node->kind == YAML_LIST ? node->first :
							      node;
	json_t *words = json_array();

	for (; n; n = node->kind == YAML_LIST ? n->next : NULL) {
		if (n->kind != YAML_SCALAR || check_length(s, n->text)) {
			yaml_error(c->file, n, NULL, title, s->name,
				   "is a list of words, the first one a path");
			break;
		}
		if (!json_array_size(words) && *n->text != '/') {
			yaml_error(c->file, n, NULL, title, s->name,
				   "must be a path that begins with /");
			break;
		}
		json_array_append_new(words, json_string(n->text));
	}
	if (!n && json_array_size(words))
		return words;
	if (!n)
		yaml_error(c->file, node, NULL, title, s->name,
			   "needs a value");
	json_decref(words);
	return NULL;
}

static json_t *get_number(const struct setting *s, const char *text,
			  const char **err)
{
	uint64_t n = 0;
	uint32_t ms = 0;

	if (s->kind == COUNT) {
		*err = value_get_number(text, s->min, s->max, &n);
		return json_integer(n);
	}
	*err = value_get_seconds(text, s->min, s->max, &ms);
	return ms % 1000 ? json_real(ms / 1000.0) : json_integer(ms / 1000);
}

static json_t *get_setting(struct conf *c, const char *title,
			   const struct setting *s,
			   const struct yaml_node *node)
{
	const char *err = NULL;
	json_t *value;

	if (s->kind == COMMAND)
		return get_command(c, title, s, node);
	if (node->kind != YAML_SCALAR || node->is_null) {
		yaml_error(c->file, node, NULL, title, s->name,
			   "needs one value");
		return NULL;
	}
	if (s->kind == SECONDS || s->kind == COUNT) {
		value = get_number(s, node->text, &err);
	} else {
		err = check_text(s, node->text);
		value = json_string(node->text);
	}
	if (!err)
		return value;
	yaml_error(c->file, node, NULL, title, s->name, "%s", err);
	json_decref(value);
	return NULL;
}

static void unknown(struct conf *c, const char *title,
		    const struct yaml_node *key, unsigned int type)
{
	const char *words[ARRAY_SIZE(settings)];
	const struct setting *s;
	unsigned int n = 0;

	for (s = settings; s->name; s++)
		if (s->types & type)
			words[n++] = s->name;
	words[n] = NULL;
	conf_unknown(c, key, title, key->text, "option of a health check",
		     key->text, words);
}

static bool is_address(const char *text)
{
	struct in6_addr addr;

	return inet_pton(AF_INET, text, &addr) == 1 ||
	       inet_pton(AF_INET6, text, &addr) == 1;
}

/* Each way to send has headers of its own; what is none has been told. */
static void check_header(struct conf *c, const char *title,
			 const struct yaml_node *map, unsigned int type,
			 const json_t *health)
{
	const char *text = json_string_value(json_object_get(health,
							     "send-proxy"));
	const char *why = NULL;

	if (!text || type == ANY)
		return;
	if (type & (UDP | DNS) && !strcmp(text, "v1"))
		why = "v1 is not for datagrams: checks by udp and dns take v2 or spp";
	else if (type & (TCP | WEB) && !strcmp(text, "spp"))
		why = "spp is for datagrams: checks by tcp, http and https take v1 or v2";
	if (why)
		yaml_error(c->file, yaml_get(map, "send-proxy"), NULL, title,
			   "send-proxy", "%s", why);
}

/* What goes together */
static void check_block(struct conf *c, const char *title,
			const struct yaml_node *map, unsigned int type,
			const json_t *health)
{
	static const struct {
		unsigned int type;
		const char *needs;
	} needs[] = {
		{ UDP, "payload" }, { DNS, "host" }, { EXEC, "command" },
	};
	double interval = 2, jitter;
	json_t *value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(needs); i++)
		if (needs[i].type == type && yaml_lacks(map, needs[i].needs))
			yaml_error(c->file, map->key, NULL, title,
				   needs[i].needs, "missing");
	value = json_object_get(health, "reply");
	if (type == DNS && value && !is_address(json_string_value(value)))
		yaml_error(c->file, yaml_get(map, "reply"), NULL, title,
			   "reply", "must be an IPv4 or IPv6 address");
	if (json_object_get(health, "agent-send") &&
	    !json_object_get(health, "agent"))
		yaml_error(c->file, yaml_get(map, "agent-send"), NULL, title,
			   "agent-send", "needs agent");
	check_header(c, title, map, type, health);
	value = json_object_get(health, "interval");
	if (value)
		interval = json_number_value(value);
	jitter = json_number_value(json_object_get(health, "jitter"));
	if (jitter > interval)
		yaml_error(c->file, yaml_get(map, "jitter"), NULL, title,
			   "jitter", "is at most the interval, %g seconds",
			   interval);
	value = json_object_get(health, "backoff");
	if (value && json_number_value(value) < interval)
		yaml_error(c->file, yaml_get(map, "backoff"), NULL, title,
			   "backoff", "is at least the interval, %g seconds",
			   interval);
}

json_t *conf_health(struct conf *c, const char *title,
		    const struct yaml_node *map)
{
	const struct yaml_node *node, *type_node = yaml_get(map, "type");
	const struct setting *s;
	unsigned int type = ANY, i;
	json_t *health, *value;
	char *full = NULL;

	if (map->kind == YAML_SCALAR && map->is_null)
		return NULL;
	if (map->kind != YAML_MAP) {
		yaml_error(c->file, map, NULL, title, "health",
			   "looks like {type: tcp, interval: 2}");
		return NULL;
	}
	if (asprintf(&full, "%s health", title) < 0)
		abort();
	health = json_object();
	for (i = 0; type_node && types[i]; i++)
		if (!strcmp(type_node->text, types[i]))
			type = 1 << i;
	if (yaml_lacks(map, "type"))
		yaml_error(c->file, map->key, NULL, full, "type", "missing");
	for (node = map->first; node; node = node->next) {
		for (s = settings; s->name; s++)
			if (!strcmp(s->name, node->key->text))
				break;
		if (!s->name)
			unknown(c, full, node->key, type);
		else if (!(s->types & type))
			yaml_error(c->file, node->key, NULL, full, s->name,
				   "is not for checks of type %s",
				   type_node->text);
	}
	for (s = settings; s->name; s++) {
		node = yaml_get(map, s->name);
		value = node && s->types & type ?
			get_setting(c, full, s, node) : NULL;
		if (value)
			json_object_set_new(health, s->name, value);
	}
	check_block(c, full, map, type, health);
	free(full);
	return health;
}
