// SPDX-License-Identifier: GPL-2.0
/* sluice doctor [NAME] [source ADDR[:PORT]] */
#include <errno.h>
#include <linux/sluice.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "objects.h"
#include "out.h"

static const char *const verdicts[] = { "VERIFIED", "WARNING", "FAILED" };

static const struct attr doctor_attrs[] = {
	{ "name", ATTR_STRING, ATTR_SHOW | ATTR_ARG, { SLUICE_A_SERVICE_NAME },
	  .max = 63, .names = &service_object, .arg = "NAME" },
	{ "source", ATTR_LOCAL, ATTR_SHOW, .arg = "ADDR[:PORT]",
	  .help = "whose connections the live test makes (one in trust)" },
	{ NULL }
};

/* What is told of, in JSON */
static const struct attr found_attrs[] = {
	{ "name", ATTR_LOCAL, ATTR_OUT },
	{ NULL }
};

/*
 * The checks, in the order in which a packet meets what they are about. To add
 * one is to add a row, its function and a line of sluice-doctor(8).
 */
static const struct {
	const char *name;
	void (*run)(struct doctor *d);
} checks[] = {
	{ "version",		doctor_version },
	{ "draining",		doctor_draining },
	{ "kernel-config",	doctor_config },
	{ "address",		doctor_address },
	{ "arp",		doctor_arp },
	{ "rp-filter",		doctor_rp_filter },
	{ "offloads",		doctor_offloads },
	{ "firewall",		doctor_firewall },
	{ "conntrack-zone",	doctor_zones },
	{ "forwarding",		doctor_forwarding },
	{ "backend-route",	doctor_backends },
	{ "mtu",		doctor_mtu },
	{ "listener",		doctor_listener },
	{ "answers",		doctor_answers },
	{ "client-route",	doctor_clients },
	{ "health",		doctor_health },
	{ "live",		doctor_live },
};

static void set_mend(struct doctor *d, const char *before,
		     const char *format, va_list args)
{
	bool own = *before && !strncmp(format, "sluice ", 7);
	char *text;

	free(d->mend);
	if (vasprintf(&text, format, args) < 0 ||
	    asprintf(&d->mend, "%s%s%s%s", own ? "sluice -n " :
		     *before ? "ip netns exec " : "", before,
		     *before ? " " : "", text + (own ? 7 : 0)) < 0)
		abort();
	free(text);
}

void doctor_mend(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_mend(d, cmd_netns, format, args);
	va_end(args);
}

void doctor_mend_there(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_mend(d, "", format, args);
	va_end(args);
}

void doctor_say(struct doctor *d, enum doctor_verdict verdict,
		const char *object, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	d->said[verdict]++;
	if (cmd_json) {
		out_record(found_attrs,
			   json_pack("{s:s, s:o*, s:s, s:o, s:o*}",
				     "name", d->check,
				     "object", out_string(object),
				     "verdict", verdicts[verdict],
				     "text", out_string(text),
				     "mend", out_string(d->mend)));
	} else {
		printf("%-8s %s%s%s: %s\n", verdicts[verdict], d->check,
		       object ? " " : "", object ?: "", text);
		if (d->mend)
			printf("         mend: %s\n", d->mend);
		/* The next one may take a while. */
		fflush(stdout);
	}
	free(d->mend);
	d->mend = NULL;
}

static int parse(int argc, char **argv, const struct cmd *cmd,
		 struct doctor *d, const char **name)
{
	const struct cmd_arg *arg;
	struct cmd_args args;
	const char *bad;
	int ret;

	/* One that is called so has to be looked at together with the others. */
	if (argc && !strcmp(argv[0], "source")) {
		struct cmd options = *cmd;

		options.table = cmd->table + 1;
		ret = cmd_split(&options, argc, argv, &args);
	} else {
		ret = cmd_split(cmd, argc, argv, &args);
	}
	if (ret)
		return ret;
	arg = cmd_given(&args, "name");
	*name = arg ? arg->value : NULL;
	arg = cmd_given(&args, "source");
	if (!arg)
		return EXIT_DONE;
	bad = value_get_endpoint(arg->value, 0, &d->source);
	d->has_source = true;
	return bad ? cmd_bad("source", arg->value, bad) : EXIT_DONE;
}

/* Who cannot ask the module can still say what is to be done about it. */
static int no_module(const struct cmd *cmd, struct doctor *d,
		     struct nlsock_error *err)
{
	if (!err->unloaded)
		return cmd_refused(cmd, err);
	d->check = "version";
	doctor_mend_there(d, "modprobe sluice");
	doctor_say(d, DOCTOR_FAILED, NULL, "the module is not loaded");
	if (cmd_json)
		out_end(found_attrs, true);
	return EXIT_UNABLE;
}

static int doctor(const struct cmd *cmd, int argc, char **argv)
{
	struct doctor d = { 0 };
	struct nlsock_error err;
	const char *name;
	unsigned int i;
	int ret;

	ret = parse(argc, argv, cmd, &d, &name);
	if (ret)
		return ret;
	if (doctor_read(&d, name, &err)) {
		ret = err.code == ENOENT && !err.unloaded && name ?
			cmd_bad("name", name, "no such service") :
			no_module(cmd, &d, &err);
	} else {
		d.nft = host_nft();
		for (i = 0; i < ARRAY_SIZE(checks); i++) {
			d.check = checks[i].name;
			checks[i].run(&d);
		}
		if (cmd_json)
			out_end(found_attrs, true);
		ret = d.said[DOCTOR_FAILED] ? EXIT_USAGE : EXIT_DONE;
	}
	doctor_free(&d);
	return ret;
}

const struct cmd doctor_cmds[] = {
	{ "doctor", NULL, doctor_attrs, NULL, ATTR_SHOW,
	  SLUICE_CMD_GET_SERVICE, doctor,
	  "look for what keeps services from working, and say what mends it" },
	{ NULL }
};
