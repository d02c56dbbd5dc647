// SPDX-License-Identifier: GPL-2.0
/*
 * Writes tests/kunit/pp_vectors.h down for the namespace tests, one row a line,
 * four fields with tabs between them:
 *
 *	good	CLIENT:PORT, "sender" or "refused"	bytes	name
 *	bad	the counter that grows			bytes	name
 *
 * CLIENT is who the application is to see, "sender" the sender itself, and
 * "refused" one who may not be a client.
 */
#include <arpa/inet.h>

#include "slc_user.h"
#include "core/addr.c"
#include "core/pp_decode.c"
#include "../kunit/pp_vectors.h"

static const char * const counter[SLC_PP_NR_ERRORS] = {
	[SLC_PP_ERR_SIGNATURE]	= "bad-signature",
	[SLC_PP_ERR_VERSION]	= "bad-version",
	[SLC_PP_ERR_COMMAND]	= "bad-command",
	[SLC_PP_ERR_FAMILY]	= "bad-family",
	[SLC_PP_ERR_SHORT]	= "bad-length",
	[SLC_PP_ERR_MIXED]	= "bad-family",
	[SLC_PP_ERR_TOO_BIG]	= "header-too-long",
	[SLC_PP_ERR_TLV]	= "bad-tlv",
	[SLC_PP_ERR_TLV_SSL]	= "bad-tlv",
	[SLC_PP_ERR_UNIQUE_ID]	= "bad-tlv",
	[SLC_PP_ERR_CRC_LEN]	= "bad-crc",
	[SLC_PP_ERR_CRC_TWICE]	= "bad-crc",
	[SLC_PP_ERR_CRC]	= "bad-crc",
	[SLC_PP_ERR_V1_SPACE]	= "bad-v1",
	[SLC_PP_ERR_V1_FAMILY]	= "bad-v1",
	[SLC_PP_ERR_V1_ADDR]	= "bad-v1",
	[SLC_PP_ERR_V1_PORT]	= "bad-v1",
	[SLC_PP_ERR_V1_END]	= "bad-v1",
	[SLC_PP_ERR_V1_LONG]	= "header-too-long",
};

static void row(const char *kind, const char *what, const u8 *data, size_t len,
		const char *name)
{
	printf("%s\t%s\t", kind, what);
	while (len--)
		printf("%02x", *data++);
	printf("\t%s\n", name);
}

static const char *client(const struct good_case *c)
{
	static char text[80];
	char ip[INET6_ADDRSTRLEN];

	if (c->outcome == REAL)
		return "sender";
	if (c->outcome == IS4)
		return "203.0.113.7:5555";
	if (c->outcome == IS6)
		return "[2001:db8::7]:5555";
	if (!c->sport || slc_addr_source_class(&c->src) != SLC_ADDR_OK)
		return "refused";
	if (slc_addr_is_v4(&c->src)) {
		inet_ntop(AF_INET, &c->src.w[3], ip, sizeof(ip));
		snprintf(text, sizeof(text), "%s:%u", ip, c->sport);
	} else {
		inet_ntop(AF_INET6, c->src.b, ip, sizeof(ip));
		snprintf(text, sizeof(text), "[%s]:%u", ip, c->sport);
	}
	return text;
}

static void good_rows(const struct good_case *c, size_t n, const char *version)
{
	char name[128];

	for (; n--; c++) {
		snprintf(name, sizeof(name), "%s %s", version, c->name);
		row("good", client(c), c->data, c->len, name);
	}
}

static void bad_rows(const struct bad_case *c, size_t n, const char *version)
{
	char name[128];

	for (; n--; c++) {
		snprintf(name, sizeof(name), "%s %s", version, c->name);
		row("bad", counter[c->err], c->data, c->len, name);
	}
}

int main(void)
{
	good_rows(v1_good, ARRAY_SIZE(v1_good), "v1");
	good_rows(v2_good, ARRAY_SIZE(v2_good), "v2");
	bad_rows(v1_bad, ARRAY_SIZE(v1_bad), "v1");
	bad_rows(v2_bad, ARRAY_SIZE(v2_bad), "v2");
	return 0;
}
