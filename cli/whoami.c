// SPDX-License-Identifier: GPL-2.0
/* sluice whoami FD|PID:FD */
#include <errno.h>
#include <limits.h>
#include <linux/sluice.h>
#include <string.h>

#include "cmd.h"
#include "objects.h"
#include "out.h"
#include "transport.h"
#include "value.h"

static const struct attr whoami_attrs[] = {
	{ "socket", ATTR_LOCAL, ATTR_DEL | ATTR_ARG | ATTR_NEEDED,
	  { SLUICE_A_WHOAMI_FD }, .arg = "FD|PID:FD" },
	{ "service", ATTR_STRING, ATTR_OUT, { SLUICE_A_WHOAMI_SERVICE } },
	{ "sender", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_WHOAMI_SENDER_ADDR, SLUICE_A_WHOAMI_SENDER_PORT } },
	{ "client", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_WHOAMI_CLIENT_ADDR, SLUICE_A_WHOAMI_CLIENT_PORT } },
	{ "address", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_WHOAMI_SERVICE_ADDR, SLUICE_A_WHOAMI_SERVICE_PORT } },
	{ "header", ATTR_HEADER, ATTR_OUT, { SLUICE_A_WHOAMI_VERSION },
	  object_headers },
	{ "destination", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_WHOAMI_HEADER_ADDR, SLUICE_A_WHOAMI_HEADER_PORT } },
	{ "local", ATTR_WORD, ATTR_OUT, { SLUICE_A_WHOAMI_LOCAL } },
	{ "tlv", ATTR_TLVS, ATTR_OUT, { SLUICE_A_WHOAMI_TLVS } },
	{ NULL }
};

static struct request rq;

/* FD or PID:FD; the process is 0 for our own. */
static bool parse(const char *text, unsigned int *pid, unsigned int *fd)
{
	const char *colon = strchr(text, ':');
	char first[16] = "";
	uint64_t n = 0;

	if (colon && colon - text < (int)sizeof(first))
		memcpy(first, text, colon - text);
	if (colon && value_get_number(first, 1, INT_MAX, &n))
		return false;
	*pid = n;
	if (value_get_number(colon ? colon + 1 : text, 0, INT_MAX, &n))
		return false;
	*fd = n;
	return true;
}

static int no_socket(const char *text, int error)
{
	switch (error) {
	case ESRCH:
		return cmd_bad("socket", text, "there is no such process");
	case EBADF:
		return cmd_bad("socket", text, "no such file is open");
	case EPERM:
		cmd_bad("socket", text,
			"not permitted, needs to be allowed to trace the process");
		return EXIT_UNABLE;
	}
	return cmd_bad("socket", text, strerror(error));
}

static int whoami(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	unsigned int pid, fd;
	json_t *records;
	int sock, ret = 0;

	if (!argc)
		return cmd_bad("socket", NULL, "missing");
	if (argc > 1)
		return cmd_bad(NULL, argv[1], "one argument too many");
	if (!parse(argv[0], &pid, &fd))
		return cmd_bad("socket", argv[0],
			       "must be a file of this process or PID:FD");
	sock = transport_socket(pid, fd);
	if (sock < 0)
		return no_socket(argv[0], errno);

	request_begin(&rq, cmd->request, 0);
	request_span_begin(&rq, "socket", argv[0]);
	request_put_u32(&rq, SLUICE_A_WHOAMI_FD, sock);
	request_span_end(&rq);
	if (cmd_collect(&rq, cmd->table, &records, &err))
		ret = cmd_refused(cmd, &err);
	else
		out_fields(json_array_get(records, 0), true);
	json_decref(records);
	return ret;
}

const struct cmd whoami_cmds[] = {
	{ "whoami", NULL, whoami_attrs, NULL, ATTR_DEL, SLUICE_CMD_WHOAMI,
	  whoami, "show whose connection an open socket is" },
	{ NULL }
};
