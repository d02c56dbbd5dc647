/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands: the table of them, how their arguments become a request, and how
 * errors are told.
 */
#ifndef SLUICE_CMD_H
#define SLUICE_CMD_H

#include <stdbool.h>

#include "attr.h"
#include "nlsock.h"

/* Exit codes, a contract with scripts */
#define EXIT_DONE	0
#define EXIT_USAGE	1	/* usage or configuration, nothing was sent */
#define EXIT_REFUSED	2	/* by the kernel */
#define EXIT_UNABLE	3	/* module missing or not permitted */

/**
 * struct cmd - one command
 * @object: first word
 * @verb: second word, NULL for an object that is a command by itself
 * @table: what its arguments may be
 * @more: options of another object that it takes too, or NULL
 * @uses: ATTR_ADD.. that it takes of them
 * @request: SLUICE_CMD_* that they become
 * @run: does it; gets the arguments after the words
 * @help: one line
 */
struct cmd {
	const char *object;
	const char *verb;
	const struct attr *table;
	const struct attr *more;
	unsigned int uses;
	uint8_t request;
	int (*run)(const struct cmd *cmd, int argc, char **argv);
	const char *help;
};

/* Of cli/service.c and so on, each ended by an entry without object */
extern const struct cmd service_cmds[];
extern const struct cmd pool_cmds[];
extern const struct cmd backend_cmds[];
extern const struct cmd drain_cmds[];
extern const struct cmd node_cmds[];
extern const struct cmd health_cmds[];
extern const struct cmd rule_cmds[];
extern const struct cmd limits_cmds[];
extern const struct cmd flow_cmds[];
extern const struct cmd stats_cmds[];
extern const struct cmd export_cmds[];
extern const struct cmd whoami_cmds[];
extern const struct cmd monitor_cmds[];
extern const struct cmd top_cmds[];
extern const struct cmd config_cmds[];
extern const struct cmd import_cmds[];
extern const struct cmd doctor_cmds[];
extern const struct cmd module_cmds[];

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* All commands: the tables above, NULL at the end */
extern const struct cmd *const cmd_tables[];

/* The first command of an object, or NULL; those of one object are together. */
const struct cmd *cmd_object(const char *object);
bool cmd_is_of(const struct cmd *cmd, const char *object);

/*
 * Whether `help` after an object asks for it: not where a file stands, which may
 * have any name.
 */
bool cmd_has_help(const struct cmd *first);

/* -j was given */
extern bool cmd_json;

/* The name after -n, or "" */
extern const char *cmd_netns;

/**
 * cmd_main() - The program.
 * @argc: of main()
 * @argv: of main()
 *
 * Return: an exit code.
 */
int cmd_main(int argc, char **argv);

/* Most arguments of a command */
#define CMD_ARGS_MAX	64

/**
 * struct cmd_arg - one argument
 * @attr: its row
 * @value: its value, NULL if it has none
 */
struct cmd_arg {
	const struct attr *attr;
	const char *value;
};

struct cmd_args {
	struct cmd_arg arg[CMD_ARGS_MAX];
	unsigned int n;
};

/* Enter the network namespace of this name: an exit code, after saying why. */
int cmd_enter_netns(const char *name);

/**
 * cmd_split() - Tell options from values.
 * @cmd: the command
 * @argc: how many arguments
 * @argv: the arguments, NULL after the last
 * @args: filled in
 *
 * Return: EXIT_DONE, or EXIT_USAGE after saying why.
 */
int cmd_split(const struct cmd *cmd, int argc, char **argv,
	      struct cmd_args *args);

/* The row for the argument that comes next without a name, or NULL */
const struct attr *cmd_next_arg(const struct cmd *cmd, const struct attr *from);

/* Whether an option takes the next word, which may be NULL. */
bool cmd_takes_value(const struct attr *attr, const char *next);

/* The row of an option that comes with its name, or NULL */
const struct attr *cmd_option(const struct cmd *cmd, const char *name);

/* The argument for a row of this name, or NULL */
const struct cmd_arg *cmd_given(const struct cmd_args *args, const char *name);

/* Like attr_put() and cmd_bad() in one */
int cmd_put(const struct cmd_arg *arg, struct request *rq);

/* Complain of arguments that are needed and were not given. */
int cmd_needed(const struct cmd *cmd, const struct cmd_args *args);

/**
 * cmd_parse() - Make a request of the arguments: all of the above.
 * @cmd: the command
 * @argc: how many arguments
 * @argv: the arguments, NULL after the last
 * @flags: NLM_F_DUMP or 0
 * @rq: the request
 *
 * Return: EXIT_DONE, or EXIT_USAGE after saying why.
 */
int cmd_parse(const struct cmd *cmd, int argc, char **argv, uint16_t flags,
	      struct request *rq);

/* The command that errors are about: its words, the second may be NULL */
void cmd_context(const char *object, const char *verb);

/**
 * cmd_bad() - Say what is wrong with an argument.
 * @option: its option, NULL for none
 * @value: its value, NULL for none
 * @why: what is wrong
 *
 * Return: EXIT_USAGE.
 */
int cmd_bad(const char *option, const char *value, const char *why);

/* The same of an object, as "service web"; NULL for none */
int cmd_bad_of(const char *object, const char *option, const char *value,
	       const char *why);

/* Like cmd_bad(), with the word that was perhaps meant, or all there are. */
int cmd_unknown(const char *what, const char *word, const char *const *words);

/**
 * cmd_refused() - Say what the kernel said.
 * @cmd: the command
 * @err: what it said
 *
 * Return: EXIT_REFUSED or EXIT_UNABLE.
 */
int cmd_refused(const struct cmd *cmd, const struct nlsock_error *err);

/* The reason alone; @buf is room for it, 96 bytes */
const char *cmd_reason(const struct nlsock_error *err, char *buf, size_t len);

/* Say something that does not keep a command from being done. */
void cmd_warn(const char *text);

/* Send a request that was parsed; @err->code is 0 if it was done. */
void cmd_try(const struct cmd *cmd, struct request *rq,
	     struct nlsock_error *err);

/* The same, and say so if it was not: an exit code */
int cmd_send(const struct cmd *cmd, struct request *rq);

/**
 * cmd_collect() - Send a request and collect the records of the answer.
 * @rq: the request; sent again if things change meanwhile
 * @table: rows of the records
 * @records: set to a JSON array
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int cmd_collect(struct request *rq, const struct attr *table,
		json_t **records, struct nlsock_error *err);

/*
 * Commands as they usually are: show all records or one; send what was typed;
 * the same, but an option must be given. Each returns an exit code.
 */
int cmd_show(const struct cmd *cmd, int argc, char **argv, bool all);
int cmd_change(const struct cmd *cmd, int argc, char **argv);
int cmd_set(const struct cmd *cmd, int argc, char **argv);

#endif /* SLUICE_CMD_H */
