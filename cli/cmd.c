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
#include "complete.h"
#include "help.h"
#include "value.h"

#define WORDS_MAX	64

bool cmd_json;
const char *cmd_netns = "";

const struct cmd *const cmd_tables[] = {
	service_cmds, pool_cmds, backend_cmds, drain_cmds, node_cmds, health_cmds,
	rule_cmds, flow_cmds, limits_cmds, stats_cmds, monitor_cmds, top_cmds, export_cmds,
	whoami_cmds, config_cmds, import_cmds, doctor_cmds, module_cmds, NULL
};

int cmd_enter_netns(const char *name)
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
	cmd_netns = name;
	return EXIT_DONE;
}

static int no_object(const char *word)
{
	const char *words[WORDS_MAX];
	unsigned int i, j, n = 0;

	for (i = 0; cmd_tables[i]; i++)
		for (j = 0; cmd_tables[i][j].object; j++)
			if (!n || strcmp(words[n - 1], cmd_tables[i][j].object))
				words[n++] = cmd_tables[i][j].object;
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

	for (c = cmds; cmd_is_of(c, cmds->object); c++)
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

bool cmd_is_of(const struct cmd *cmd, const char *object)
{
	return cmd->object && !strcmp(cmd->object, object);
}

const struct cmd *cmd_object(const char *object)
{
	unsigned int i;
	const struct cmd *c;

	for (i = 0; cmd_tables[i]; i++)
		for (c = cmd_tables[i]; c->object; c++)
			if (cmd_is_of(c, object))
				return c;
	return NULL;
}

bool cmd_has_help(const struct cmd *first)
{
	const struct attr *arg = first->verb ? NULL :
					       cmd_next_arg(first, first->table);

	return !arg || !arg->arg || strcmp(arg->arg, "FILE");
}

static int run(int argc, char **argv)
{
	const char *object = argv[0], *verb = argc > 1 ? argv[1] : NULL;
	const struct cmd *first = cmd_object(object), *c, *found = NULL;

	if (!strcmp(object, "complete"))
		return complete(argc - 1, argv + 1);
	if (!strcmp(object, "help")) {
		if (!verb)
			return help_all();
		first = cmd_object(verb);
		return first ? help_object(first) : no_object(verb);
	}
	if (!first)
		return no_object(object);
	cmd_context(object, NULL);
	if (verb && !strcmp(verb, "help") && cmd_has_help(first))
		return help_object(first);
	for (c = first; cmd_is_of(c, object); c++)
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

static int version(void)
{
	puts("sluice " SLUICE_VERSION);
	return EXIT_DONE;
}

static int no_option(const char *text)
{
	return cmd_bad(NULL, text,
		       "no such option, there are -h, -j, -n NETNS and -V");
}

int cmd_main(int argc, char **argv)
{
	int ret = EXIT_DONE, opt;

	cmd_context("", NULL);
	opterr = 0;
	while (!ret && (opt = getopt(argc, argv, "+:jn:hV-:")) != -1) {
		char text[3] = { '-', optopt, '\0' };

		switch (opt) {
		case 'j':
			cmd_json = true;
			break;
		case 'n':
			ret = cmd_enter_netns(optarg);
			break;
		case 'h':
			return help_all();
		case 'V':
			return version();
		case '-':
			if (!strcmp(optarg, "help"))
				return help_all();
			if (!strcmp(optarg, "version"))
				return version();
			return no_option(argv[optind - 1]);
		case ':':
			return cmd_bad(text, NULL, "needs a value");
		default:
			return no_option(text);
		}
	}
	if (ret)
		return ret;
	if (optind == argc) {
		help_all();
		return EXIT_USAGE;
	}
	ret = run(argc - optind, argv + optind);
	nlsock_close();
	if ((fflush(stdout) || ferror(stdout)) && !ret)
		ret = cmd_bad(NULL, NULL, "cannot write the output");
	return ret;
}
