// SPDX-License-Identifier: GPL-2.0
/* Connections as CSV. See flowcsv.h. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "cmd.h"
#include "counter.h"
#include "flowcsv.h"
#include "value.h"

/* How a value is made of that of a record's */
enum kind {
	START,		/* when it began */
	END,		/* when it ended */
	PROTO,		/* number of the protocol */
	NUMBER,
	MILLISECONDS,	/* of seconds */
	MICROSECONDS,	/* of seconds */
	WORD,
	ADDR4,		/* address of an endpoint, if it is of IPv4 */
	ADDR6,		/* or of IPv6 */
	PORT,		/* its port */
	WHY,		/* flowEndReason of a reason */
};

/**
 * struct column - one column
 * @name: in the first line
 * @kind: what it has of @key
 * @key: of the record
 * @or: the key that counts if the record has not @key, or NULL
 */
struct column {
	const char *name;
	enum kind kind;
	const char *key;
	const char *or;
};

/* What the backend sees as the sender of its leg is the client, but of full NAT. */
static const struct column columns[] = {
	{ "flowId", NUMBER, "id" },
	{ "flowStartMilliseconds", START, "age" },
	{ "flowEndMilliseconds", END },
	{ "protocolIdentifier", PROTO, "proto" },
	{ "sourceIPv4Address", ADDR4, "sender" },
	{ "sourceIPv6Address", ADDR6, "sender" },
	{ "sourceTransportPort", PORT, "sender" },
	{ "destinationIPv4Address", ADDR4, "address" },
	{ "destinationIPv6Address", ADDR6, "address" },
	{ "destinationTransportPort", PORT, "address" },
	{ "postNATSourceIPv4Address", ADDR4, "source", "client" },
	{ "postNATSourceIPv6Address", ADDR6, "source", "client" },
	{ "postNAPTSourceTransportPort", PORT, "source", "client" },
	{ "postNATDestinationIPv4Address", ADDR4, "backend" },
	{ "postNATDestinationIPv6Address", ADDR6, "backend" },
	{ "postNAPTDestinationTransportPort", PORT, "backend" },
	{ "initiatorPackets", NUMBER, "packets-in" },
	{ "initiatorOctets", NUMBER, "bytes-in" },
	{ "responderPackets", NUMBER, "packets-out" },
	{ "responderOctets", NUMBER, "bytes-out" },
	{ "flowEndReason", WHY, "reason" },
	{ "interfaceName", WORD, "device" },
	{ "applicationName", WORD, "service" },
	{ "sluiceClient", WORD, "client" },
	{ "sluiceHeader", WORD, "header" },
	{ "sluiceReason", WORD, "reason" },
	{ "sluiceOpenedMilliseconds", MILLISECONDS, "opened" },
	{ "sluiceFirstByteMilliseconds", MILLISECONDS, "first-byte" },
	{ "sluiceRoundTripMicroseconds", MICROSECONDS, "rtt" },
};

/* flowEndReason, RFC 5102 5.11.3 */
enum {
	IDLE_TIMEOUT = 1, END_OF_FLOW = 3, FORCED_END = 4, LACK_OF_RESOURCES = 5,
};

static int end_reason(const char *reason)
{
	static const struct {
		unsigned int id;
		int reason;
	} ends[] = {
		{ SLUICE_STAT_FLOWS_EXPIRED, IDLE_TIMEOUT },
		{ SLUICE_STAT_FLOWS_FLUSHED, FORCED_END },
		{ SLUICE_STAT_FLOWS_MOVED, FORCED_END },
		{ SLUICE_STAT_HALF_OPEN_EVICTED, LACK_OF_RESOURCES },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(reason, counter_name(ends[i].id)))
			return ends[i].reason;
	return END_OF_FLOW;
}

static void put_number(uint64_t value)
{
	printf("%llu", (unsigned long long)value);
}

/* What ends a line, CR as well, is quoted; a quote comes twice (RFC 4180 2). */
static void put_word(const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text) {
		put_number(json_integer_value(value));
		return;
	}
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++)
		printf(*text == '"' ? "\"\"" : "%c", *text);
	putchar('"');
}

static void put_end(const json_t *value, enum kind kind)
{
	const char *text = json_string_value(value);
	struct value_endpoint ep;
	char addr[VALUE_TEXT_LEN];

	if (!text || value_get_endpoint(text, 0, &ep))
		return;
	if (kind == PORT)
		printf("%u", ep.port);
	else if ((kind == ADDR4) == !!IN6_IS_ADDR_V4MAPPED(&ep.addr))
		fputs(value_put_addr(addr, &ep.addr), stdout);
}

static uint64_t times(const json_t *value, double factor)
{
	return json_number_value(value) * factor + 0.5;
}

static void put_column(const struct column *c, const json_t *record,
		       uint64_t end_ms)
{
	const json_t *value = c->key ? json_object_get(record, c->key) : NULL;

	if (!value && c->or)
		value = json_object_get(record, c->or);
	if (c->kind == END)
		put_number(end_ms);
	if (!value)
		return;
	switch (c->kind) {
	case END:
		break;
	case START:
		put_number(end_ms - times(value, 1e3));
		break;
	case PROTO:
		printf("%d", !strcmp(json_string_value(value) ?: "", "tcp") ?
		       IPPROTO_TCP : IPPROTO_UDP);
		break;
	case NUMBER:
		put_number(json_integer_value(value));
		break;
	case MILLISECONDS:
		put_number(times(value, 1e3));
		break;
	case MICROSECONDS:
		put_number(times(value, 1e6));
		break;
	case WORD:
		put_word(value);
		break;
	case ADDR4:
	case ADDR6:
	case PORT:
		put_end(value, c->kind);
		break;
	case WHY:
		if (json_is_string(value))
			printf("%d", end_reason(json_string_value(value)));
		break;
	}
}

void flowcsv_head(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		printf("%s%s", i ? "," : "", columns[i].name);
	putchar('\n');
}

void flowcsv_put(const json_t *record, uint64_t end_ms)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (i)
			putchar(',');
		put_column(&columns[i], record, end_ms);
	}
	putchar('\n');
}
