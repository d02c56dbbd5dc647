// SPDX-License-Identifier: GPL-2.0
/* What files and other programs say of this host. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor/host.h"
#include "doctor/match.h"

bool host_sysctl(const char *key, long *value)
{
	char path[256];
	bool got;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/%s", key);
	f = fopen(path, "re");
	if (!f)
		return false;
	got = fscanf(f, "%ld", value) == 1;
	fclose(f);
	return got;
}

/* Where distributions and people leave it */
static FILE *open_config(bool *is_pipe)
{
	static const char *const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config", NULL
	};
	struct utsname name;
	char path[512];
	unsigned int i;
	FILE *f;

	*is_pipe = !access("/proc/config.gz", R_OK);
	if (*is_pipe)
		return popen("gzip -dc /proc/config.gz 2>/dev/null", "re");
	if (uname(&name))
		return NULL;
	for (i = 0; places[i]; i++) {
		snprintf(path, sizeof(path), places[i], name.release);
		f = fopen(path, "re");
		if (f)
			return f;
	}
	return NULL;
}

static char *config;

static void read_config(void)
{
	size_t size = 0;
	bool is_pipe;
	FILE *f;

	f = open_config(&is_pipe);
	if (!f || getdelim(&config, &size, '\0', f) < 0)
		config = strdup("");
	if (f && is_pipe)
		pclose(f);
	else if (f)
		fclose(f);
}

char host_config(const char *option)
{
	char word[128];
	const char *at;

	if (!config)
		read_config();
	/* Without a line of any option there is no configuration. */
	if (!config || !strstr(config, "CONFIG_NET=y"))
		return 0;
	snprintf(word, sizeof(word), "\nCONFIG_%s=", option);
	at = strstr(config, word);
	return !at ? 'n' : at[strlen(word)] == 'm' ? 'm' : 'y';
}

/* JSON of nft 1.0.6 has no flags of tables, its text has. */
static void mark_dormant(json_t *rules)
{
	FILE *f = popen("nft -s -t list ruleset 2>/dev/null", "re");
	char family[16] = "", name[256] = "", *line = NULL;
	json_t *item, *table;
	size_t size = 0, i;

	if (!f)
		return;
	while (getline(&line, &size, f) > 0) {
		if (sscanf(line, "table %15s %255s", family, name) == 2 ||
		    strncmp(line, "\tflags ", 7) || !strstr(line, "dormant"))
			continue;
		json_array_foreach(rules, i, item) {
			table = json_object_get(item, "table");
			if (match_is(table, "family", family) &&
			    match_is(table, "name", name))
				json_object_set_new(table, "flags",
						    json_string("dormant"));
		}
	}
	free(line);
	pclose(f);
}

json_t *host_nft(void)
{
	FILE *f = popen("nft -j list ruleset 2>/dev/null", "re");
	json_t *all, *rules;

	if (!f)
		return NULL;
	all = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
	rules = json_incref(json_object_get(all, "nftables"));
	json_decref(all);
	if (pclose(f))
		return rules;
	if (json_is_array(rules)) {
		mark_dormant(rules);
		return rules;
	}
	json_decref(rules);
	return NULL;
}

/* Of each table that its kind has ever used there is a line. */
bool host_legacy_nat(void)
{
	static const char *const names[] = {
		"/proc/net/ip_tables_names", "/proc/net/ip6_tables_names",
	};
	char line[64];
	unsigned int i;
	bool nat = false;
	FILE *f;

	for (i = 0; i < 2; i++) {
		f = fopen(names[i], "re");
		while (f && fgets(line, sizeof(line), f))
			nat |= !strcmp(line, "nat\n");
		if (f)
			fclose(f);
	}
	return nat;
}
