// SPDX-License-Identifier: GPL-2.0
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../cli/health/dns.h"
#include "../../../cli/health/list.h"
#include "../../../cli/health/plan.h"
#include "../../../cli/health/says.h"
#include "../../../cli/health/state.h"
#include "tap.h"

#define UNKNOWN	SLUICE_HEALTH_UNKNOWN
#define UP	SLUICE_HEALTH_UP
#define DOWN	SLUICE_HEALTH_DOWN

/* Results one after the other, a second apart: the health after each, as letters */
static const char *run(struct state *s, const struct state_rules *rules,
		       const char *results, uint64_t *now_ms)
{
	static char healths[256];
	char *to = healths;
	bool changed;
	uint8_t was;

	for (; *results; results++, *now_ms += 1000) {
		was = s->health;
		changed = state_result(s, rules, *results == '+', *now_ms);
		if (changed == !(s->health - was))
			*to++ = '!';
		*to++ = "?ud"[s->health];
	}
	*to = '\0';
	return healths;
}

static void test_states(void)
{
	static const struct state_rules rules = { .rise = 2, .fall = 3 },
					once = { .rise = 1, .fall = 1 };
	static const struct {
		const char *name;
		uint8_t from;
		const struct state_rules *rules;
		const char *results;
		const char *want;
	} rows[] = {
		{ "one good check brings up what is unknown", UNKNOWN, &rules,
		  "+", "u" },
		{ "bad ones take it down as what is up", UNKNOWN, &rules,
		  "---", "??d" },
		{ "what is up goes down by the third in a row", UP, &rules,
		  "--+---+", "uuuuudd" },
		{ "what is down comes up by the second in a row", DOWN, &rules,
		  "+-+-++-", "ddddduu" },
		{ "what is up when the daemon begins stays up", UP, &rules,
		  "++--+", "uuuuu" },
		{ "what is down then stays down", DOWN, &rules, "-----+",
		  "dddddd" },
		{ "one may do", UP, &once, "-+-+", "dudu" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct state s = { 0 };
		uint64_t now = 1000;

		state_begin(&s, rows[i].from);
		claim_text(rows[i].name,
			   run(&s, rows[i].rules, rows[i].results, &now),
			   rows[i].want);
	}
}

static void test_damping(void)
{
	static const struct state_rules rules = { 1, 1, 60000 };
	struct state s = { .health = UP };
	uint64_t now = 5000;

	claim_text("twice down is no flapping", run(&s, &rules, "-+-+", &now),
		   "dudu");
	claim_text("three times soon is: it stays down",
		   run(&s, &rules, "-++++++++", &now), "ddddddddd");
	claim("which is known", s.held);
	now += 60000;
	claim_text("not after half of it is forgotten",
		   run(&s, &rules, "+", &now), "d");
	now += 60000;
	claim_text("but when enough is", run(&s, &rules, "+", &now), "u");
	claim("and then it is not held", !s.held);
	claim_text("what was blamed counts on", run(&s, &rules, "-+-+", &now),
		   "dudd");
	now += 30000;
	s.blame = 4000;
	s.blame_ms = now - 60000;
	claim("half is forgotten in its time",
	      state_blame(&s, &rules, now) == 2000);
	claim("and a part in a part",
	      state_blame(&s, &rules, now + 30000) == 1500);
	claim("all of it in an age",
	      !state_blame(&s, &rules, now + 10000000000ull));
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void test_plan(void)
{
	static const struct plan second = { .interval = 1000 },
				 hour = { .interval = 3600000 },
				 jitter = { 1000, 300, 0 },
				 backoff = { 1000, 0, 6000 };
	uint32_t at[2000], widest = 0, most = 0, i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		at[i] = plan_first(&second, i);
	qsort(at, ARRAY_SIZE(at), sizeof(*at), by_number);
	for (i = 1; i < ARRAY_SIZE(at); i++)
		if (at[i] - at[i - 1] > widest)
			widest = at[i] - at[i - 1];
	claim("2000 first checks fill a second", widest <= 2 && at[0] <= 2 &&
	      at[ARRAY_SIZE(at) - 1] >= 998 && at[ARRAY_SIZE(at) - 1] < 1000);
	for (i = 0; i < 1000; i++)
		if (plan_first(&hour, i) > most)
			most = plan_first(&hour, i);
	claim("nobody waits an hour for the first",
	      most < PLAN_FIRST_MAX && most > PLAN_FIRST_MAX - 100);
	claim("the next is an interval later", plan_next(&second, 0, ~0u) == 1000);
	claim("with jitter, up to so much more",
	      plan_next(&jitter, 0, 0) == 1000 &&
	      plan_next(&jitter, 0, ~0u) == 1300 &&
	      plan_next(&jitter, 0, 1u << 31) == 1150);
	claim("what is down is asked less and less often",
	      plan_next(&backoff, 1, 0) == 2000 &&
	      plan_next(&backoff, 2, 0) == 4000);
	claim("up to the least often",
	      plan_next(&backoff, 3, 0) == 6000 &&
	      plan_next(&backoff, 60000, 0) == 6000);
	claim("without that, as often as ever",
	      plan_next(&second, 60000, 0) == 1000);
}

/* Answers to a question for the A record of a.test, RFC 1035 section 4.1 */
#define HEAD(flags, rcode, n)	0x12, 0x34, 0x80 | (flags), 0x80 | (rcode), \
				0, 1, 0, n, 0, 0, 0, 0, \
				1, 'A', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1
#define A(n)	0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, n
#define CNAME	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 'b', 0xc0, 14
#define ROW(name, want, ...) \
	{ name, (const uint8_t []){ __VA_ARGS__ }, \
	  sizeof((const uint8_t []){ __VA_ARGS__ }), want }

static void test_dns(void)
{
	static const uint8_t want[] = { 192, 0, 2, 1 };
	static const uint8_t query[] = {
		0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1,
	};
	const struct {
		const char *name;
		const uint8_t *msg;
		size_t len;
		const char *want;
	} rows[] = {
		ROW("the address", "good", HEAD(0, 0, 1), A(1)),
		ROW("the address, the last of several by another name", "good",
		    HEAD(0, 0, 3), CNAME, A(2), A(1)),
		ROW("another address", "the address is not among the answers",
		    HEAD(0, 0, 1), A(2)),
		ROW("none", "no address of this kind", HEAD(0, 0, 0)),
		ROW("none, but another name", "no address of this kind",
		    HEAD(0, 0, 1), CNAME),
		ROW("an error", "there is no such name", HEAD(0, 3, 0)),
		ROW("an error that has no name",
		    "the server answers with an error", HEAD(0, 15, 0)),
		ROW("cut short without saying so", "the answer is malformed",
		    HEAD(0, 0, 1), 0xc0),
		ROW("cut short, and said so", "no address of this kind",
		    HEAD(2, 0, 2)),
		ROW("longer than it is", "the answer is malformed",
		    HEAD(0, 0, 1), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 5,
		    192, 0, 2, 1),
		ROW("a name without an end", "the answer is malformed",
		    HEAD(0, 0, 1), 63),
		ROW("an answer to another question", "", 0x12, 0x35, 0x80, 0,
		    0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0,
		    0, 1, 0, 1),
		ROW("to one of another kind", "", 0x12, 0x34, 0x80, 0, 0, 1,
		    0, 0, 0, 0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 28,
		    0, 1),
		ROW("the question itself", "", 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0,
		    0, 0, 0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1),
		ROW("less than the question", "", 0x12, 0x34, 0x80),
	};
	uint8_t buf[DNS_QUERY_LEN];
	char name[300];
	unsigned int i;

	claim("a question",
	      dns_query(buf, 0x1234, "a.test", DNS_A) == sizeof(query) &&
	      !memcmp(buf, query, sizeof(query)));
	claim("a dot at the end is none",
	      dns_query(buf, 0x1234, "a.test.", DNS_A) == sizeof(query) &&
	      !memcmp(buf, query, sizeof(query)));
	memset(name, 'a', sizeof(name));
	name[64] = '\0';
	claim("a label of 64 letters is none",
	      !dns_query(buf, 1, name, DNS_A));
	for (i = 0; i < 256; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[253] = '\0';
	claim("a name of 253 letters fits",
	      dns_query(buf, 1, name, DNS_A) == DNS_QUERY_LEN);
	name[253] = '.';
	name[255] = '\0';
	claim("one of 255 does not", !dns_query(buf, 1, name, DNS_A));
	claim("nothing is no name, nor is a part of one",
	      !dns_query(buf, 1, "", DNS_A) &&
	      !dns_query(buf, 1, "a..b", DNS_A));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Where reading on would be seen */
		uint8_t *msg = malloc(rows[i].len);
		const char *got;

		memcpy(msg, rows[i].msg, rows[i].len);
		got = dns_answer(query, sizeof(query), msg, rows[i].len, want);
		claim_text(rows[i].name, got ? got : "good", rows[i].want);
		free(msg);
	}
}

/* What a text says: "ADDRESS OPTIONS" of each, or LINE: why */
static const char *list(const char *text, size_t len)
{
	static char said[400];
	struct list_error err;
	const char *address;
	json_t *all, *options;
	char *exact = malloc(len), *dump;
	size_t n = 0;

	/* Where reading on would be seen */
	memcpy(exact, text, len);
	all = list_read(exact, len, &err);
	free(exact);
	if (!all) {
		snprintf(said, sizeof(said), "%u: %s", err.line, err.why);
		return said;
	}
	*said = '\0';
	json_object_foreach(all, address, options) {
		dump = json_dumps(options, JSON_COMPACT);
		n += snprintf(said + n, sizeof(said) - n, "%s%s%s",
			      n ? ", " : "", address, dump);
		free(dump);
	}
	json_decref(all);
	return said;
}

static void test_list(void)
{
#define TEXT(text) text, sizeof(text) - 1
	static const struct {
		const char *name, *text;
		size_t len;
		const char *want;
	} rows[] = {
		{ "two of either family", TEXT("10.0.0.1:80\n[fd00::1]:80\n"),
		  "10.0.0.1:80{}, [fd00::1]:80{}" },
		{ "no end of the last line", TEXT("10.0.0.1:80"),
		  "10.0.0.1:80{}" },
		{ "remarks, spaces, ends of lines of others",
		  TEXT("# a\r\n\n \t10.0.0.1:80 \tweight  0 # b\r\n#"),
		  "10.0.0.1:80{\"weight\":0}" },
		{ "nothing", TEXT(""), "0: has no backends in it" },
		{ "nothing but remarks", TEXT("# a\n\n"),
		  "0: has no backends in it" },
		{ "no port", TEXT("10.0.0.1"),
		  "1: '10.0.0.1': needs a port: ADDR:PORT, [ADDR]:PORT or *:PORT" },
		{ "any address", TEXT("*:80"),
		  "1: '*:80': needs an address, not *" },
		{ "a name", TEXT("10.0.0.1:80\nweb.test:80"),
		  "2: 'web.test' is not an IPv4 or IPv6 address" },
		{ "ports", TEXT("10.0.0.1:80-90"),
		  "1: '10.0.0.1:80-90': takes one port, not a range" },
		{ "a weight that is none", TEXT("10.0.0.1:80 weight x"),
		  "1: weight 'x': must be a number from 0 to 65535" },
		{ "a weight too high", TEXT("10.0.0.1:80 weight 65536"),
		  "1: weight '65536': must be a number from 0 to 65535" },
		{ "a weight without a value", TEXT("10.0.0.1:80 weight"),
		  "1: weight needs a value" },
		{ "a value without weight", TEXT("10.0.0.1:80 5"),
		  "1: '5' is no option, there is weight" },
		{ "a word more", TEXT("10.0.0.1:80 weight 5 5"),
		  "1: '5' is one word too many" },
		{ "two ways to write one",
		  TEXT("[fd00::1]:80\n\n[fd00:0::1]:080"),
		  "3: [fd00::1]:80 is given twice" },
		{ "a zero", TEXT("10.0.0.1:80\n10.0.0.2:8\0"), "2: is no text" },
		{ "what moves a cursor", TEXT("\n\n10.0.0.1:80\033[7m"),
		  "3: is no text" },
		{ "half a letter", TEXT("\303"), "1: is no text" },
	};
	static char many[LIST_BYTES + 1];
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		claim_text(rows[i].name, list(rows[i].text, rows[i].len),
			   rows[i].want);
	for (i = 1; i <= LIST_MAX + 1; i++)
		n += snprintf(many + n, sizeof(many) - n, "10.0.0.1:%u\n", i);
	claim_text("257 backends", list(many, n),
		   "257: at most 256 backends of a pool are found");
	memset(many, '#', sizeof(many));
	claim_text("65536 bytes", list(many, LIST_BYTES),
		   "0: has no backends in it");
	claim_text("65537 bytes", list(many, sizeof(many)),
		   "0: has more than 65536 bytes");
	memset(many, '1', sizeof(many));
	claim_text("a word as long as the file", list(many, LIST_BYTES),
		   "1: '111111111111111111111111111111111111111111111111111111111111': is longer than any address");
}

/* Lines one after the other: what comes of them */
static void test_says(void)
{
	static const struct {
		const char *line;
		bool good;
		bool down;
		unsigned int part;
	} rows[] = {
		{ "up\n", true, false, 100 },
		{ "75%\r\n", true, false, 75 },
		{ "down", true, true, 75 },
		{ "UP, 50%", true, false, 50 },
		{ "stopped # down for a new version", true, true, 50 },
		{ "up;250%", true, false, 100 },
		{ "drain", true, false, 0 },
		{ "maint 30%", true, true, 0 },
		{ "up", true, true, 0 },
		{ "ready", true, false, 30 },
		{ "maxconn:10", true, false, 30 },
		{ "", false, false, 30 },
		{ "\nup 10%", false, false, 30 },
		{ "# down", false, false, 30 },
		{ "down now", false, false, 30 },
		{ "10", false, false, 30 },
		{ "-10%", false, false, 30 },
		{ "%", false, false, 30 },
		{ "down\033", false, false, 30 },
	};
	char line[SAYS_MAX + 1], name[64];
	struct says says = { 0 };
	unsigned int i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(name, sizeof(name), "an agent's line %u", i);
		good = says_take(&says, rows[i].line, strlen(rows[i].line));
		good = good == rows[i].good &&
		       says_down(&says) == rows[i].down &&
		       says_part(&says) == rows[i].part;
		claim(name, good);
	}
	claim("a zero", !says_take(&says, "up\0", 3));
	memset(line, ' ', sizeof(line));
	memcpy(line, "down", 4);
	good = says_take(&says, line, SAYS_MAX - 1) && says_down(&says);
	claim("the longest line", good);
	claim("a longer one", !says_take(&says, line, SAYS_MAX));
}

void test_health(void)
{
	test_says();
	test_states();
	test_damping();
	test_plan();
	test_dns();
	test_list();
}
