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
 * @uses: ATTR_ADD.. that it takes of them
 * @request: SLUICE_CMD_* that they become
 * @run: does it; gets the arguments after the words
 * @help: one line
 */
struct cmd {
	const char *object;
	const char *verb;
	const struct attr *table;
	unsigned int uses;
	uint8_t request;
	int (*run)(const struct cmd *cmd, int argc, char **argv);
	const char *help;
};

/* Of cli/service.c and so on, each ended by an entry without object */
extern const struct cmd service_cmds[];
extern const struct cmd flow_cmds[];
extern const struct cmd stats_cmds[];
extern const struct cmd module_cmds[];

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* -j was given */
extern bool cmd_json;

/**
 * cmd_main() - The program.
 * @argc: of main()
 * @argv: of main()
 *
 * Return: an exit code.
 */
int cmd_main(int argc, char **argv);

/**
 * cmd_parse() - Make a request of the arguments.
 * @cmd: the command
 * @argc: how many arguments
 * @argv: the arguments
 * @flags: NLM_F_DUMP or 0
 * @rq: the request
 *
 * Return: EXIT_DONE, or EXIT_USAGE after saying why.
 */
int cmd_parse(const struct cmd *cmd, int argc, char **argv, uint16_t flags,
	      struct nlsock_request *rq);

/**
 * cmd_bad() - Say what is wrong with an argument.
 * @option: its option, NULL for none
 * @value: its value, NULL for none
 * @why: what is wrong
 *
 * Return: EXIT_USAGE.
 */
int cmd_bad(const char *option, const char *value, const char *why);

/**
 * cmd_refused() - Say what the kernel said.
 * @cmd: the command
 * @err: what it said
 *
 * Return: EXIT_REFUSED or EXIT_UNABLE.
 */
int cmd_refused(const struct cmd *cmd, const struct nlsock_error *err);

/* Say something that does not keep a command from being done. */
void cmd_warn(const char *text);

/* Send a request that was parsed, with no answer but success. */
int cmd_send(const struct cmd *cmd, struct nlsock_request *rq);

/**
 * cmd_collect() - Send a request and collect the records of the answer.
 * @rq: the request; sent again if things change meanwhile
 * @table: rows of the records
 * @max: highest attribute number
 * @records: set to a JSON array
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int cmd_collect(struct nlsock_request *rq, const struct attr *table,
		unsigned int max, json_t **records, struct nlsock_error *err);

#endif /* SLUICE_CMD_H */
