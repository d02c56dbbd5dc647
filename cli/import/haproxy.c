// SPDX-License-Identifier: GPL-2.0
/* The sections of a configuration of HAProxy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "haproxy.h"

static const struct {
	const char *word;
	unsigned int kind;
} sections[] = {
	{ "global", HAP_GLOBAL }, { "defaults", HAP_DEFAULTS },
	{ "frontend", HAP_FRONTEND }, { "backend", HAP_BACKEND },
	{ "listen", HAP_LISTEN }, { "peers", HAP_OTHER },
	{ "resolvers", HAP_OTHER }, { "userlist", HAP_OTHER },
	{ "mailers", HAP_OTHER }, { "program", HAP_OTHER },
	{ "http-errors", HAP_OTHER }, { "cache", HAP_OTHER },
	{ "ring", HAP_OTHER }, { "log-forward", HAP_OTHER },
	{ "log-profile", HAP_OTHER }, { "fcgi-app", HAP_OTHER },
	{ "crt-store", HAP_OTHER }, { "traces", HAP_OTHER },
	{ "acme", HAP_OTHER },
};

/* Of a process, which a kernel module has none of: nothing is lost. */
static const char *const process[] = {
	"daemon", "user", "uid", "group", "gid", "chroot", "pidfile",
	"nbthread", "nbproc", "cpu-map", "master-worker", "stats", "ulimit-n",
	"node", "description", "localpeer", "set-dumpable", "ca-base",
	"crt-base", "unix-bind", "numa-cpu-mapping", "quiet", "zero-warning",
	"expose-experimental-directives", "hard-stop-after", "thread-groups",
	"default-path", "presetenv", "setenv", "resetenv", "unsetenv",
	"log-tag", "log-send-hostname", "server-state-base",
	"server-state-file", "spread-checks", "max-spread-checks", NULL
};

void hap_left(struct hap *h, const char *why)
{
	char text[160] = "";
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < h->w.n && len < sizeof(text); i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				i ? " " : "", h->w.word[i]);
	if (len >= sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	import_left(h->im, h->w.line, "%s: %s, left out", text, why);
}

long hap_time(const char *text)
{
	static const struct {
		const char *unit;
		long us;
	} units[] = {
		{ "", 1000 }, { "us", 1 }, { "ms", 1000 }, { "s", 1000000 },
		{ "m", 60000000 }, { "h", 3600000000 }, { "d", 86400000000 },
	};
	long n = 0, us;
	unsigned int i;

	if (!text || *text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9' && n < 1000000000; text++)
		n = n * 10 + *text - '0';
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(text, units[i].unit) && n < 1000000000)
			return __builtin_mul_overflow(n, units[i].us, &us) ?
			       -1 : us / 1000 + !!(us % 1000);
	return -1;
}

static unsigned int section_of(const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (!strcmp(sections[i].word, word))
			return sections[i].kind;
	return 0;
}

/* The defaults that a section begins with: "from NAME", or the last ones */
static const char *from_of(const struct import_words *w)
{
	unsigned int i;

	for (i = 1; i + 1 < w->n; i++)
		if (!strcmp(w->word[i], "from"))
			return w->word[i + 1];
	return NULL;
}

static const char *name_of(const struct import_words *w)
{
	return w->n > 1 && strcmp(w->word[1], "from") ? w->word[1] : "";
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "mode" may stand behind what needs it: the mode of each section, in order */
static json_t *scan_modes(const struct import *im)
{
	json_t *modes = json_array(), *named = json_object();
	/* Nothing is told twice. */
	struct import mute = *im;
	const char *usual = "tcp", *from, *mode;
	char name[256] = "";
	struct import_words w;
	unsigned int kind = 0, k;
	json_t *last;

	mute.told = IMPORT_TELL_MAX;
	import_words_begin(&w, &mute, IMPORT_QUOTES | IMPORT_JOIN);
	while (import_words_next(&w)) {
		k = section_of(w.word[0]);
		if (k) {
			kind = k;
			from = from_of(&w);
			mode = from ? text_of(named, from) :
			       kind == HAP_DEFAULTS ? "tcp" : usual;
			json_array_append_new(modes,
					      json_string(mode ?: "tcp"));
			snprintf(name, sizeof(name), "%s", name_of(&w));
		} else if (strcmp(w.word[0], "mode") || w.n < 2 || !kind) {
			continue;
		} else {
			json_array_set_new(modes, json_array_size(modes) - 1,
					   json_string(w.word[1]));
		}
		if (kind != HAP_DEFAULTS)
			continue;
		last = json_array_get(modes, json_array_size(modes) - 1);
		usual = json_string_value(last);
		if (*name)
			json_object_set_new(named, name, json_string(usual));
	}
	import_words_end(&w);
	json_decref(named);
	return modes;
}

static void free_proxy(struct hap_proxy *p)
{
	if (!p)
		return;
	json_decref(p->set);
	json_decref(p->binds);
	json_decref(p->servers);
	json_decref(p->acls);
	free(p->name);
	free(p);
}

/**
 * struct reader - where reading is
 * @h: what was read
 * @last: where the next proxy goes
 * @usual: settings of the last defaults
 * @named: those of defaults with names
 * @defaults: the section of defaults that is being read, or NULL
 */
struct reader {
	struct hap h;
	struct hap_proxy **last;
	json_t *usual;
	json_t *named;
	struct hap_proxy *defaults;
};

/* What defaults have said is what the next sections begin with. */
static void end_defaults(struct reader *r)
{
	if (!r->defaults)
		return;
	json_decref(r->usual);
	r->usual = json_incref(r->defaults->set);
	if (*r->defaults->name)
		json_object_set(r->named, r->defaults->name, r->usual);
	free_proxy(r->defaults);
	r->defaults = NULL;
}

static void begin_proxy(struct reader *r, unsigned int kind)
{
	struct hap_proxy *p = calloc(1, sizeof(*p));
	const char *from = from_of(&r->h.w);
	json_t *set = kind == HAP_DEFAULTS ? NULL : r->usual;

	if (!p)
		abort();
	if (from) {
		set = json_object_get(r->named, from);
		if (!set)
			import_left(r->h.im, r->h.w.line,
				    "from %s: there are no defaults of this name before it",
				    from);
	}
	p->kind = kind;
	p->line = r->h.w.line;
	p->name = strdup(name_of(&r->h.w));
	p->set = set ? json_deep_copy(set) : json_object();
	p->binds = json_array();
	p->servers = json_array();
	p->acls = json_object();
	r->h.now = p;
	if (kind == HAP_DEFAULTS) {
		r->defaults = p;
	} else {
		*r->last = p;
		r->last = &p->next;
	}
}

static void begin_section(struct reader *r, unsigned int kind,
			  const char *mode)
{
	struct hap *h = &r->h;
	const char *name = name_of(&h->w);

	end_defaults(r);
	h->kind = kind;
	h->now = NULL;
	if (kind == HAP_OTHER) {
		import_left(h->im, h->w.line,
			    "%s %s: there is nothing like such a section here, left out",
			    h->w.word[0], name);
	} else if (kind & HAP_LISTEN && strcmp(mode, "tcp")) {
		import_left(h->im, h->w.line,
			    "%s %s: its mode is %s, and only tcp is layer 4: all of the section is left out",
			    h->w.word[0], name, mode);
		h->kind = HAP_OTHER;
	} else if (kind != HAP_GLOBAL && h->n_proxies++ >= HAP_PROXIES_MAX) {
		import_left(h->im, h->w.line,
			    "%s %s: there are %u sections already, left out",
			    h->w.word[0], name, HAP_PROXIES_MAX);
		h->kind = HAP_OTHER;
	} else if (kind != HAP_GLOBAL) {
		begin_proxy(r, kind);
	}
}

static void global(struct hap *h)
{
	const char *word = h->w.word[0];

	if (conf_is_word(word, process) || !strncmp(word, "ssl-", 4) ||
	    !strncmp(word, "tune.", 5) || !strncmp(word, "h1-", 3))
		return;
	if (!strcmp(word, "log"))
		hap_left(h, "nothing is logged here, sluice monitor shows what happens");
	else if (!strcmp(word, "maxconn"))
		hap_left(h, "how many flows there may be is for limits: max-flows");
	else
		hap_left(h, "there is nothing like it here");
}

static void read_line(struct reader *r, json_t *modes, size_t *n)
{
	struct hap *h = &r->h;
	unsigned int kind = section_of(h->w.word[0]);
	json_t *mode = kind ? json_array_get(modes, (*n)++) : NULL;

	if (kind)
		begin_section(r, kind, json_string_value(mode));
	else if (*h->w.word[0] == '.')
		hap_left(h, "conditions are not decided here, what is between them is taken");
	else if (!h->kind)
		hap_left(h, "stands before any section");
	else if (h->kind == HAP_GLOBAL)
		global(h);
	else if (h->kind != HAP_OTHER)
		hap_keyword(h);
}

const char *import_haproxy(struct import *im, unsigned int *line)
{
	struct reader r = { .h.im = im };
	json_t *modes = scan_modes(im);
	struct hap_proxy *p;
	size_t n = 0;

	(void)line;
	r.usual = json_object();
	r.named = json_object();
	r.last = &r.h.first;
	import_words_begin(&r.h.w, im, IMPORT_QUOTES | IMPORT_JOIN);
	while (import_words_next(&r.h.w))
		read_line(&r, modes, &n);
	end_defaults(&r);
	hap_make(&r.h);
	import_words_end(&r.h.w);
	while ((p = r.h.first)) {
		r.h.first = p->next;
		free_proxy(p);
	}
	json_decref(r.usual);
	json_decref(r.named);
	json_decref(modes);
	return NULL;
}
