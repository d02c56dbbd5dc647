// SPDX-License-Identifier: GPL-2.0
/*
 * Address text and source classes. Input: text, read as both families and
 * compared with inet_pton(), which knows neither our rule for dotted tails nor
 * where an address ends; its first sixteen bytes are also classified, and
 * compared with a list of prefixes.
 *
 * FUZZ_MAX_LEN 96
 */
#include "core/addr.c"
#include "check.h"

typedef int scan_fn(const u8 *s, size_t len, struct slc_addr *a);

/* What inet_pton() and our rule make of a whole text. */
static bool whole(int af, const char *text, struct slc_addr *a)
{
	u8 ip[16];

	if (inet_pton(af, text, ip) != 1)
		return false;
	if (af == AF_INET) {
		*a = slc_addr_v4(get_unaligned((__be32 *)ip));
		return true;
	}
	*a = slc_addr_from_bytes(ip);
	return !strchr(text, '.') ||
	       (!strncasecmp(text, "::ffff:", 7) && slc_addr_is_v4(a));
}

static void check_text(int af, scan_fn *scan, const u8 *data, size_t size)
{
	struct slc_addr got, want;
	char text[64] = "";
	size_t k, len;
	int ret, n;

	ret = scan(data, size, &got);
	CHECK(ret == -EINVAL || ((size_t)ret < size || !size));
	/* the verdict comes once, and stays: asking now and then shows that */
	for (k = 0, n = 0; k < size; k += n ? 16 : 1) {
		struct slc_addr a;
		int last = n;

		n = scan(data, k, &a);
		CHECK(n == ret || (!n && !last));
		if (n > 0)
			CHECK((size_t)n < k && slc_addr_eq(&a, &got));
	}
	/* up to the first byte that no address holds */
	for (len = 0; len < size && len < sizeof(text) - 1; len++)
		if (!memchr("0123456789abcdefABCDEF:.", data[len], 24))
			break;
	if (len == size || len == sizeof(text) - 1)
		return;
	memcpy(text, data, len);
	n = whole(af, text, &want) ? (int)len : -EINVAL;
	if (n > 0)
		CHECK(ret == n && slc_addr_eq(&got, &want));
	else
		CHECK(ret < (int)len);
	if (ret > 0) {
		text[ret] = '\0';
		CHECK(whole(af, text, &want) && slc_addr_eq(&got, &want));
	}
}

/* The longest match decides, as in a routing table. */
static const struct {
	const char *prefix;
	int bits;
	enum slc_addr_class class;
} classes[] = {
	{ "::", 0, SLC_ADDR_OK },
	{ "::", 8, SLC_ADDR_RESERVED },
	{ "::", 96, SLC_ADDR_V4COMPAT },
	{ "::", 128, SLC_ADDR_UNSPECIFIED },
	{ "::1", 128, SLC_ADDR_LOOPBACK },
	{ "64:ff9b::", 96, SLC_ADDR_OK },
	{ "64:ff9b:1::", 48, SLC_ADDR_OK },
	{ "fe80::", 10, SLC_ADDR_LINKLOCAL },
	{ "ff00::", 8, SLC_ADDR_MULTICAST },
	{ "::ffff:0.0.0.0", 96, SLC_ADDR_OK },
	{ "::ffff:0.0.0.0", 104, SLC_ADDR_UNSPECIFIED },
	{ "::ffff:127.0.0.0", 104, SLC_ADDR_LOOPBACK },
	{ "::ffff:169.254.0.0", 112, SLC_ADDR_LINKLOCAL },
	{ "::ffff:224.0.0.0", 100, SLC_ADDR_MULTICAST },
	{ "::ffff:240.0.0.0", 100, SLC_ADDR_RESERVED },
	{ "::ffff:255.255.255.255", 128, SLC_ADDR_BROADCAST },
};

static u8 prefixes[ARRAY_SIZE(classes)][16];

static bool has_prefix(const u8 *ip, const u8 *prefix, int length)
{
	int bytes = length / 8, bits = length % 8;

	return !memcmp(ip, prefix, bytes) &&
	       (!bits || (ip[bytes] ^ prefix[bytes]) >> (8 - bits) == 0);
}

static void check_class(const u8 *ip)
{
	struct slc_addr a = slc_addr_from_bytes(ip);
	unsigned int i;
	int best = -1;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (has_prefix(ip, prefixes[i], classes[i].bits) &&
		    (best < 0 || classes[i].bits > classes[best].bits))
			best = i;
	CHECK(slc_addr_source_class(&a) == classes[best].class);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	unsigned int i;

	(void)argc;
	(void)argv;
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		CHECK(inet_pton(AF_INET6, classes[i].prefix, prefixes[i]) == 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	check_text(AF_INET, slc_addr_scan4, data, size);
	check_text(AF_INET6, slc_addr_scan6, data, size);
	if (size >= 16)
		check_class(data);
	if (size >= 4) {
		u8 mapped[16] = { [10] = 0xff, 0xff };

		memcpy(mapped + 12, data, 4);
		check_class(mapped);
	}
	return 0;
}
