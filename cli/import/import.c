// SPDX-License-Identifier: GPL-2.0
/* sluice import FORMAT FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "emit.h"
#include "import.h"
#include "out.h"
#include "value.h"

static const struct attr file_attrs[] = {
	{ "file", ATTR_LOCAL, ATTR_ADD | ATTR_ARG | ATTR_NEEDED,
	  .arg = "FILE" },
	{ NULL }
};

static const struct format {
	const char *name;
	const char *(*read)(struct import *im, unsigned int *line);
} formats[] = {
	{ "ipvs", import_ipvs },
	{ "go-mmproxy", import_mmproxy },
	{ "convey", import_convey },
	{ "tcp-proxy-epoll", import_epoll },
	{ "haproxy", import_haproxy },
};

/* The configuration as far as it has got, as a file that is read */
static struct model *read_back(const struct import *im,
			       struct yaml_file **file)
{
	json_t *document = json_pack("{s:O, s:O}", "services", im->services,
				     "pools", im->pools);
	char *text = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&text, &len);
	if (!f)
		abort();
	emit_yaml(f, document);
	fclose(f);
	json_decref(document);
	*file = yaml_parse("", text, len);
	return conf_read(*file);
}

/*
 * The longest title of an object that another begins with, as "pool web" of "pool
 * web health"; NULL if nothing of ours is meant.
 */
static char *title_of(const struct import *im, const char *object)
{
	char *title = strdup(object ?: ""), *end;

	while (!json_object_get(im->lines, title)) {
		end = strrchr(title, ' ');
		if (!end) {
			free(title);
			return NULL;
		}
		*end = '\0';
	}
	return title;
}

static bool drop_backend(struct import *im, const char *pool,
			 const char *address, const char *option)
{
	json_t *backends = json_object_get(json_object_get(im->pools, pool),
					   "backends"), *backend;
	size_t i;

	json_array_foreach(backends, i, backend) {
		if (strcmp(json_string_value(json_object_get(backend,
							     "address")),
			   address))
			continue;
		if (!option || json_object_del(backend, option))
			json_array_remove(backends, i);
		return true;
	}
	return false;
}

/*
 * An object without an option that it may be without; all of it, if the option
 * says who may come in or where connections go.
 */
static bool drop(struct import *im, char *title, const char *option)
{
	static const char *const lesser[] = {
		"idle-timeout", "mark", "retries", "persist", "hash",
		"slow-start", "health", "send-proxy", "tlv", "on-down", NULL
	};
	char *name = strchr(title, ' ') + 1, *address = strchr(name, ' ');
	json_t *in = *title == 's' ? im->services : im->pools;
	bool done;

	if (address) {
		*address = '\0';
		done = drop_backend(im, name, address + 1, option);
		*address = ' ';
		return done;
	}
	if (option && conf_is_word(option, lesser) &&
	    !json_object_del(json_object_get(in, name), option))
		return true;
	return !json_object_del(in, name);
}

/*
 * What our own reader refuses is told of with the line that it came from, and
 * left out. False if nothing helps.
 */
static bool drop_refused(struct import *im, const struct yaml_file *file)
{
	const struct yaml_error *e;
	bool dropped = false;
	const char *option;
	unsigned int i;
	json_t *line;
	char *title;

	for (i = 0; i < file->n_errors; i++) {
		e = &file->error[i];
		title = title_of(im, e->object);
		if (!title)
			continue;
		/* What is wrong within a block takes the block with it. */
		option = strcmp(title, e->object) ? "health" : e->option;
		line = json_object_get(im->lines, title);
		if (drop(im, title, option)) {
			import_left(im, json_integer_value(line),
				    "%s%s%s: %s, left out", e->object,
				    e->option ? ": " : "", e->option ?: "",
				    e->reason);
			dropped = true;
		}
		free(title);
	}
	return dropped;
}

static int write_out(const struct import *im, const struct model *model)
{
	json_t *document;

	if (!json_object_size(im->services) && !json_object_size(im->pools))
		return cmd_bad(NULL, im->file,
			       "has nothing that could be carried over");
	document = model_document(model);
	if (cmd_json)
		out_json(document);
	else
		emit_yaml(stdout, document);
	if (!cmd_json)
		json_decref(document);
	return im->told ? EXIT_USAGE : EXIT_DONE;
}

static int finish(struct import *im)
{
	struct yaml_file *file;
	struct model *model;
	int ret;

	for (;;) {
		model = read_back(im, &file);
		if (!file->n_errors) {
			ret = write_out(im, model);
			break;
		}
		if (!drop_refused(im, file)) {
			yaml_print_errors(file, stderr, cmd_json, "import");
			ret = EXIT_USAGE;
			break;
		}
		model_free(model);
		yaml_free(file);
	}
	model_free(model);
	yaml_free(file);
	return ret;
}

static int convert(struct import *im, const struct format *format)
{
	unsigned int line = 1;
	const char *bad;
	char why[80];
	size_t end;
	int ret;

	end = value_text_end(im->text, im->len);
	if (end < im->len) {
		import_left(im, import_line_at(im->text, end),
			    "is no text in UTF-8, nothing is carried over");
		return EXIT_USAGE;
	}
	bad = format->read(im, &line);
	if (bad) {
		import_left(im, line, "%s, nothing is carried over", bad);
		return EXIT_USAGE;
	}
	ret = finish(im);
	if (im->told > IMPORT_TELL_MAX) {
		snprintf(why, sizeof(why), "and %u lines more",
			 im->told - IMPORT_TELL_MAX);
		cmd_bad(NULL, im->file, why);
	}
	return ret;
}

static int import(const struct cmd *cmd, int argc, char **argv)
{
	const struct format *format = formats;
	struct import im = { 0 };
	struct cmd_args args;
	const char *bad;
	int ret;

	ret = cmd_split(cmd, argc, argv, &args) ?: cmd_needed(cmd, &args);
	if (ret)
		return ret;
	while (strcmp(format->name, cmd->verb))
		format++;
	im.file = args.arg[0].value;
	bad = import_read(im.file, &im.text, &im.len);
	if (bad)
		return cmd_bad(NULL, im.file, bad);
	if (!strcmp(im.file, "-"))
		im.file = "<stdin>";
	im.services = json_object();
	im.pools = json_object();
	im.lines = json_object();
	ret = convert(&im, format);
	json_decref(im.services);
	json_decref(im.pools);
	json_decref(im.lines);
	free(im.text);
	return ret;
}

const struct cmd import_cmds[] = {
	{ "import", "ipvs", file_attrs, NULL, ATTR_ADD, 0, import,
	  "make a configuration file of what ipvsadm -S writes" },
	{ "import", "go-mmproxy", file_attrs, NULL, ATTR_ADD, 0, import,
	  "make one of command lines of go-mmproxy, or its unit" },
	{ "import", "convey", file_attrs, NULL, ATTR_ADD, 0, import,
	  "make one of Convey's TOML, by python3" },
	{ "import", "tcp-proxy-epoll", file_attrs, NULL, ATTR_ADD, 0, import,
	  "make one of tcp_proxy_epoll's JSON" },
	{ "import", "haproxy", file_attrs, NULL, ATTR_ADD, 0, import,
	  "make one of what is TCP in a configuration of HAProxy" },
	{ NULL }
};
