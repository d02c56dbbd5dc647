// SPDX-License-Identifier: GPL-2.0
/* From words to requests, from refusals to words. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "help.h"
#include "value.h"

#define WORDS_MAX	64
/* Listings that were disturbed are asked for so often. */
#define RETRIES		10

bool cmd_json;
/* "service add", for errors */
static char context[64];

static const struct cmd *const tables[] = {
	service_cmds, flow_cmds, stats_cmds, module_cmds, NULL
};

/* Words of the grammar that are not built */
static const char *const later[] = {
	"pool", "backend", "rule", "monitor", "top", "export", "apply",
	"check", "diff", "save", "drain", "health", "doctor", "import", NULL
};

static int say(const char *option, const char *value, const char *why)
{
	const char *colon = *context ? ": " : "";
	json_t *json;

	fflush(stdout);
	if (cmd_json) {
		json = json_pack("{s:{s:s, s:s*, s:s*, s:s}}", "error",
				 "command", context, "option", option,
				 "value", value, "reason", why);
		json_dumpf(json, stderr, JSON_COMPACT);
		fputc('\n', stderr);
		json_decref(json);
		return EXIT_USAGE;
	}
	fprintf(stderr, "sluice: %s%s", context, colon);
	if (option || value)
		fprintf(stderr, "%s%s%s: ", option ?: "",
			option && value ? " " : "", value ?: "");
	fprintf(stderr, "%s\n", why);
	return EXIT_USAGE;
}

int cmd_bad(const char *option, const char *value, const char *why)
{
	return say(option, value, why);
}

void cmd_warn(const char *text)
{
	fflush(stdout);
	fprintf(stderr, "sluice: %s: warning: %s\n", context, text);
}

/* Name of the option that an attribute number comes from */
static const char *option_of(const struct attr *table, unsigned int nla)
{
	unsigned int i;

	for (; table && table->name; table++)
		for (i = 0; i < 4; i++)
			if (nla && table->nla[i] == nla)
				return table->name;
	return NULL;
}

int cmd_refused(const struct cmd *cmd, const struct nlsock_error *err)
{
	const char *option = err->span ? err->span->option : NULL;
	const char *value = err->span ? err->span->value : NULL;
	char range[96];

	if (err->unloaded) {
		say(NULL, NULL,
		    "the module is not loaded, try 'modprobe sluice'");
		return EXIT_UNABLE;
	}
	if (err->has_range && !(err->min == 0 && err->max == UINT64_MAX)) {
		snprintf(range, sizeof(range), "must be from %llu to %llu",
			 (unsigned long long)err->min,
			 (unsigned long long)err->max);
		say(option, value, range);
	} else if (*err->text) {
		say(option, value, err->text);
	} else if (err->missing) {
		say(option_of(cmd->table, err->missing), NULL, "missing");
	} else if (err->code == EPERM) {
		say(option, value, "not permitted, needs CAP_NET_ADMIN");
	} else {
		say(option, value, strerror(err->code));
	}
	return err->code == EPERM ? EXIT_UNABLE : EXIT_REFUSED;
}

/* Like cmd_bad(), with the word that was perhaps meant. */
static int unknown(const char *what, const char *word, const char *const *words)
{
	const char *near = value_nearest(word, words);
	char why[192];
	size_t n;

	if (near) {
		snprintf(why, sizeof(why), "no such %s, did you mean %s?",
			 what, near);
	} else {
		n = snprintf(why, sizeof(why), "no such %s, there is", what);
		for (; *words && n < sizeof(why); words++)
			n += snprintf(why + n, sizeof(why) - n, " %s", *words);
	}
	return say(NULL, word, why);
}

static int unknown_option(const struct cmd *cmd, const char *word)
{
	const char *words[WORDS_MAX];
	const struct attr *a;
	unsigned int n = 0;

	for (a = cmd->table; a && a->name && n < WORDS_MAX - 1; a++)
		if (a->flags & cmd->uses && !(a->flags & (ATTR_ARG | ATTR_LATER)))
			words[n++] = a->name;
	words[n] = NULL;
	if (!n)
		return say(NULL, word, "one argument too many");
	return unknown("option", word, words);
}

/* The row for the argument that comes next without a name */
static const struct attr *next_arg(const struct cmd *cmd,
				   const struct attr *from)
{
	for (; from && from->name; from++)
		if (from->flags & ATTR_ARG && from->flags & cmd->uses)
			return from;
	return NULL;
}

static int check_needed(const struct cmd *cmd, const bool *given)
{
	const struct attr *a;

	for (a = cmd->table; a && a->name; a++)
		if (a->flags & cmd->uses && attr_is_needed(a, cmd->uses) &&
		    !given[a - cmd->table])
			return say(a->name, NULL, "missing");
	return EXIT_DONE;
}

static bool takes_value(const struct attr *a, const char *next)
{
	if (a->kind == ATTR_WORD)
		return false;
	return !(a->flags & ATTR_BARE) || (next && attr_is_choice(a, next));
}

int cmd_parse(const struct cmd *cmd, int argc, char **argv, uint16_t flags,
	      struct nlsock_request *rq)
{
	const struct attr *arg = next_arg(cmd, cmd->table), *a;
	const char *err, *bad, *value;
	bool given[WORDS_MAX] = { false };
	int i;

	nlsock_begin(rq, cmd->request, flags);
	for (i = 0; i < argc; i++) {
		value = argv[i];
		if (arg) {
			a = arg;
			arg = next_arg(cmd, arg + 1);
		} else {
			a = cmd->table ? attr_find(cmd->table, argv[i],
						   cmd->uses) : NULL;
			if (!a || a->flags & ATTR_ARG)
				return unknown_option(cmd, argv[i]);
			if (a->flags & ATTR_LATER)
				return say(a->name, NULL,
					   "not available in this version");
			if (given[a - cmd->table])
				return say(a->name, argv[i + 1],
					   "is given twice");
			value = NULL;
			if (takes_value(a, i + 1 < argc ? argv[i + 1] : NULL)) {
				if (++i == argc)
					return say(a->name, NULL,
						   "needs a value");
				value = argv[i];
			}
		}
		given[a - cmd->table] = true;
		err = attr_put(a, value, rq, &bad);
		if (err)
			return say(a->name, bad, err);
	}
	return check_needed(cmd, given);
}

int cmd_send(const struct cmd *cmd, struct nlsock_request *rq)
{
	struct nlsock_error err;

	if (!nlsock_talk(rq, NULL, NULL, &err))
		return EXIT_DONE;
	return cmd_refused(cmd, &err);
}

struct collect {
	const struct attr *table;
	unsigned int max;
	json_t *records;
};

static int collect_one(const struct nlmsghdr *nlh, void *data)
{
	struct collect *c = data;

	json_array_append_new(c->records, attr_record(c->table, nlh, c->max));
	return MNL_CB_OK;
}

int cmd_collect(struct nlsock_request *rq, const struct attr *table,
		unsigned int max, json_t **records, struct nlsock_error *err)
{
	struct collect c = { table, max, json_array() };
	int i;

	for (i = 0; i < RETRIES; i++) {
		json_array_clear(c.records);
		if (nlsock_talk(rq, collect_one, &c, err) != EINTR)
			break;
	}
	if (err->code == EINTR)
		snprintf(err->text, sizeof(err->text),
			 "changes while it is listed, try again");
	*records = c.records;
	return err->code;
}

static int enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (strchr(name, '/'))
		return say("-n", name, "a name, not a path");
	snprintf(path, sizeof(path), "/var/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return say("-n", name, errno == ENOENT ?
			   "there is no such network namespace" :
			   strerror(errno));
	if (setns(fd, CLONE_NEWNET)) {
		say("-n", name, strerror(errno));
		close(fd);
		return EXIT_UNABLE;
	}
	close(fd);
	return EXIT_DONE;
}

static int no_object(const char *word)
{
	const char *words[WORDS_MAX];
	unsigned int i, j, n = 0;

	for (i = 0; later[i]; i++)
		if (!strcmp(later[i], word))
			return say(NULL, word,
				   "not available in this version");
	for (i = 0; tables[i]; i++)
		for (j = 0; tables[i][j].object; j++)
			if (!n || strcmp(words[n - 1], tables[i][j].object))
				words[n++] = tables[i][j].object;
	words[n++] = "help";
	words[n] = NULL;
	return unknown("object or command", word, words);
}

static int no_verb(const struct cmd *cmds, const char *word)
{
	const char *words[WORDS_MAX];
	unsigned int n = 0;
	const struct cmd *c;
	char why[128];
	size_t len;

	for (c = cmds; c->object && !strcmp(c->object, cmds->object); c++)
		words[n++] = c->verb;
	words[n++] = "help";
	words[n] = NULL;
	if (word)
		return unknown("command", word, words);
	len = snprintf(why, sizeof(why), "a command is missing:");
	for (n = 0; words[n] && len < sizeof(why); n++)
		len += snprintf(why + len, sizeof(why) - len, " %s", words[n]);
	return say(NULL, NULL, why);
}

/* The first command of an object */
static const struct cmd *find_object(const char *word)
{
	unsigned int i;
	const struct cmd *c;

	for (i = 0; tables[i]; i++)
		for (c = tables[i]; c->object; c++)
			if (!strcmp(c->object, word))
				return c;
	return NULL;
}

static int run(int argc, char **argv)
{
	const char *object = argv[0], *verb = argc > 1 ? argv[1] : NULL;
	const struct cmd *first = find_object(object), *c, *found = NULL;

	if (!strcmp(object, "help")) {
		if (!verb)
			return help_all(tables);
		first = find_object(verb);
		return first ? help_object(first) : no_object(verb);
	}
	if (!first)
		return no_object(object);
	snprintf(context, sizeof(context), "%s", object);
	if (verb && !strcmp(verb, "help"))
		return help_object(first);
	for (c = first; c->object && !strcmp(c->object, object); c++)
		if (!c->verb || (verb && !strcmp(c->verb, verb))) {
			found = c;
			break;
		}
	if (!found)
		return no_verb(first, verb);
	if (!found->verb)
		return found->run(found, argc - 1, argv + 1);
	snprintf(context, sizeof(context), "%s %s", object, verb);
	return found->run(found, argc - 2, argv + 2);
}

int cmd_main(int argc, char **argv)
{
	int ret = EXIT_DONE, opt;

	*context = '\0';
	opterr = 0;
	while (!ret && (opt = getopt(argc, argv, "+:jn:hV")) != -1) {
		char text[3] = { '-', optopt, '\0' };

		switch (opt) {
		case 'j':
			cmd_json = true;
			break;
		case 'n':
			ret = enter_netns(optarg);
			break;
		case 'h':
			return help_all(tables);
		case 'V':
			puts("sluice " SLUICE_VERSION);
			return EXIT_DONE;
		case ':':
			return say(text, NULL, "needs a value");
		default:
			return say(NULL, text,
				   "no such option, there are -j and -n NETNS");
		}
	}
	if (ret)
		return ret;
	if (optind == argc) {
		help_all(tables);
		return EXIT_USAGE;
	}
	ret = run(argc - optind, argv + optind);
	nlsock_close();
	if ((fflush(stdout) || ferror(stdout)) && !ret)
		ret = say(NULL, NULL, "cannot write the output");
	return ret;
}
