// SPDX-License-Identifier: GPL-2.0
/* TLVs of PROXY headers between text and binary. */
#include <ctype.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlv.h"
#include "value.h"

static const struct {
	const char *name;
	uint8_t type;
} names[] = {
	{ "alpn", 0x01 }, { "authority", 0x02 }, { "crc32c", 0x03 },
	{ "noop", 0x04 }, { "unique-id", 0x05 }, { "ssl", 0x20 },
	{ "netns", 0x30 },
};

static const char *name_of(uint8_t type, char *buf, size_t len)
{
	unsigned int i;

	for (i = 0; i < MNL_ARRAY_SIZE(names); i++)
		if (names[i].type == type)
			return names[i].name;
	snprintf(buf, len, "0x%02x", type);
	return buf;
}

static const char *get_type(const char *text, size_t len, uint8_t *type)
{
	char word[16];
	unsigned int i;
	uint64_t n;

	if (len < sizeof(word)) {
		memcpy(word, text, len);
		word[len] = '\0';
		for (i = 0; i < MNL_ARRAY_SIZE(names); i++)
			if (!strcmp(names[i].name, word)) {
				*type = names[i].type;
				return NULL;
			}
		if (!value_get_number(word, 0, UINT8_MAX, &n)) {
			*type = n;
			return NULL;
		}
	}
	return "a type is alpn, authority, unique-id, ssl, netns or a number up to 0xff";
}

static int digit_of(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' :
					   tolower((unsigned char)c) - 'a' + 10;
}

const char *tlv_get(const char *text, uint8_t *type, uint8_t *value, int *len)
{
	const char *hex = strchrnul(text, '='), *bad;
	int high, low;

	*len = -1;
	bad = get_type(text, hex - text, type);
	if (bad || !*hex)
		return bad;
	if (!strncmp(++hex, "0x", 2))
		hex += 2;
	for (*len = 0; *hex; hex += 2) {
		high = digit_of(hex[0]);
		low = high < 0 ? -1 : digit_of(hex[1]);
		if (low < 0)
			return "a value is two hexadecimal digits for each byte";
		if (*len == TLV_VALUE_MAX)
			return "a value has at most 255 bytes";
		value[(*len)++] = high << 4 | low;
	}
	return NULL;
}

/* TYPE=, 0x and hexadecimal digits; to be freed */
static char *to_hex(const char *before, const uint8_t *value, size_t len)
{
	size_t n = strlen(before), i;
	char *text = malloc(n + 2 * len + 1);

	memcpy(text, before, n + 1);
	for (i = 0; i < len; i++)
		n += sprintf(text + n, "%02x", value[i]);
	return text;
}

json_t *tlv_put(uint8_t type, const uint8_t *value, size_t len)
{
	char buf[8], before[24], *text;
	json_t *json;

	snprintf(before, sizeof(before), "%s%s",
		 name_of(type, buf, sizeof(buf)), value ? "=" : "");
	text = to_hex(before, value, value ? len : 0);
	json = json_string(text);
	free(text);
	return json;
}

/*
 * Printable letters as they are, the rest as hexadecimal. The sender wrote
 * this: nothing in it may reach a terminal or end a word.
 */
static json_t *readable(const uint8_t *value, size_t len)
{
	json_t *json;
	char *text;
	size_t i;

	for (i = 0; i < len; i++)
		if (!isascii(value[i]) || !isgraph(value[i]) ||
		    strchr(",'\"\\", value[i]))
			break;
	if (len && i == len && (len < 2 || memcmp(value, "0x", 2)))
		text = strndup((const char *)value, len);
	else
		text = to_hex("0x", value, len);
	json = json_string(text);
	free(text);
	return json;
}

json_t *tlv_list(const uint8_t *p, size_t rest)
{
	json_t *list = json_array(), *tlv;
	char name[8];
	size_t len;

	for (; rest >= 3; p += 3 + len, rest -= 3 + len) {
		len = p[1] << 8 | p[2];
		if (len > rest - 3)
			break;
		tlv = json_pack("{s:s, s:o}",
				"type", name_of(p[0], name, sizeof(name)),
				"value", readable(p + 3, len));
		json_array_append_new(list, tlv);
	}
	return list;
}
