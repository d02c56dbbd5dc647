// SPDX-License-Identifier: GPL-2.0
/* Which command the words name. */
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

bool cmd_json;

static const struct cmd *const tables[] = {
	service_cmds, pool_cmds, backend_cmds, rule_cmds, flow_cmds,
	limits_cmds, stats_cmds, whoami_cmds, module_cmds, NULL
};

/* Words of the grammar that are not built */
static const char *const later[] = {
	"monitor", "top", "export", "apply",
	"check", "diff", "save", "drain", "health", "doctor", "import", NULL
};

static int enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (strchr(name, '/'))
		return cmd_bad("-n", name, "a name, not a path");
	snprintf(path, sizeof(path), "/var/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cmd_bad("-n", name, errno == ENOENT ?
			   "there is no such network namespace" :
			   strerror(errno));
	if (setns(fd, CLONE_NEWNET)) {
		cmd_bad("-n", name, strerror(errno));
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
			return cmd_bad(NULL, word,
				   "not available in this version");
	for (i = 0; tables[i]; i++)
		for (j = 0; tables[i][j].object; j++)
			if (!n || strcmp(words[n - 1], tables[i][j].object))
				words[n++] = tables[i][j].object;
	words[n++] = "help";
	words[n] = NULL;
	return cmd_unknown("object or command", word, words);
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
		return cmd_unknown("command", word, words);
	len = snprintf(why, sizeof(why), "a command is missing:");
	for (n = 0; words[n] && len < sizeof(why); n++)
		len += snprintf(why + len, sizeof(why) - len, " %s", words[n]);
	return cmd_bad(NULL, NULL, why);
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
	cmd_context(object, NULL);
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
	cmd_context(object, verb);
	return found->run(found, argc - 2, argv + 2);
}

int cmd_main(int argc, char **argv)
{
	int ret = EXIT_DONE, opt;

	cmd_context("", NULL);
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
			return cmd_bad(text, NULL, "needs a value");
		default:
			return cmd_bad(NULL, text,
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
		ret = cmd_bad(NULL, NULL, "cannot write the output");
	return ret;
}
