/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every rule of the PROXY protocol, versions 1 and 2, as rows: headers that
 * are good, and beginnings that are not. A good row's data is one header; a
 * bad row's data ends with the byte that settles it. pp_test.c makes more cases
 * of each; tests/tools/vectors.c writes them down for the namespace tests,
 * which send each through a connection.
 */
#ifndef SLC_TEST_PP_VECTORS_H
#define SLC_TEST_PP_VECTORS_H

#include "core/pp.h"

/* Pieces of headers. Literals may hold NULs: see DATA(). */
#define SIG	"\r\n\r\n\0\r\nQUIT\n"
#define PROXY	SIG "\x21"
#define LOCAL	SIG "\x20"
#define TCP4	"\x11"
#define UDP4	"\x12"
#define TCP6	"\x21"
#define UDP6	"\x22"
#define USTREAM	"\x31"
#define UDGRAM	"\x32"
/* 203.0.113.7:5555 to 10.0.0.2:80, 12 bytes */
#define ADDR4	"\xcb\0\x71\x07" "\x0a\0\0\x02" "\x15\xb3" "\0\x50"
/* [2001:db8::7]:5555 to [2001:db8::2]:80, 36 bytes */
#define IP6_7	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
#define IP6_2	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
#define ADDR6	IP6_7 IP6_2 "\x15\xb3" "\0\x50"
#define Z8	"\0\0\0\0\0\0\0\0"
#define Z36	Z8 Z8 Z8 Z8 "\0\0\0\0"
#define UNIX216	Z36 Z36 Z36 Z36 Z36 Z36
#define X16	"0123456789abcdef"
#define X128	X16 X16 X16 X16 X16 X16 X16 X16

#define DATA(s)	.data = (const u8 *)(s), .len = sizeof(s) - 1

#define V4(o1, o2, o3, o4) \
	{ .b = { [10] = 0xff, 0xff, o1, o2, o3, o4 } }
#define V6(w0, w1, w2, w3) \
	{ .w = { cpu_to_be32(w0), cpu_to_be32(w1), cpu_to_be32(w2), cpu_to_be32(w3) } }

/* What a good header must lead to. */
enum outcome {
	REAL,		/* the connection's own endpoints */
	IS4,		/* the endpoints of ADDR4 */
	IS6,		/* the endpoints of ADDR6 */
	ENDS,		/* those in the row */
};

struct good_case {
	const char *name;
	/* in */
	const u8 *data;
	size_t len;
	/* out */
	enum outcome outcome;
	u16 tlv_len;
	u16 flags;
	struct slc_addr src, dst;
	u16 sport, dport;
};

static const struct good_case v1_good[] = {
	{ "tcp4", DATA("PROXY TCP4 203.0.113.7 10.0.0.2 5555 80\r\n"), IS4 },
	{ "tcp6", DATA("PROXY TCP6 2001:db8::7 2001:db8::2 5555 80\r\n"), IS6 },
	{ "tcp6 upper case", DATA("PROXY TCP6 2001:DB8::7 2001:DB8::2 5555 80\r\n"), IS6 },
	{ "tcp6 without ::",
	  DATA("PROXY TCP6 2001:db8:0:0:0:0:0:7 2001:0db8:0000:00:0:0:0:0002 5555 80\r\n"),
	  IS6 },
	{ "tcp4 worst case, 56 bytes",
	  DATA("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), ENDS,
	  .src = V4(255, 255, 255, 255), .dst = V4(255, 255, 255, 255),
	  .sport = 65535, .dport = 65535 },
	{ "tcp6 worst case, 104 bytes",
	  DATA("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"), ENDS,
	  .src = { .d = { U64_MAX, U64_MAX } }, .dst = { .d = { U64_MAX, U64_MAX } },
	  .sport = 65535, .dport = 65535 },
	{ "tcp4 shortest, port 0 is legal", DATA("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), ENDS,
	  .src = V4(0, 0, 0, 0), .dst = V4(0, 0, 0, 0) },
	{ "tcp6 shortest", DATA("PROXY TCP6 :: :: 0 0\r\n"), ENDS },
	{ "tcp4 addresses that may not be sources still parse",
	  DATA("PROXY TCP4 127.0.0.1 224.0.0.1 1 2\r\n"), ENDS,
	  .src = V4(127, 0, 0, 1), .dst = V4(224, 0, 0, 1), .sport = 1, .dport = 2 },
	{ "tcp6 loopback", DATA("PROXY TCP6 ::1 fe80::1 1 2\r\n"), ENDS,
	  .src = V6(0, 0, 0, 1), .dst = V6(0xfe800000, 0, 0, 1), .sport = 1, .dport = 2 },
	{ "tcp6 :: in front", DATA("PROXY TCP6 ::2:3:4:5:6:7:8 1:: 1 2\r\n"), ENDS,
	  .src = V6(0x2, 0x30004, 0x50006, 0x70008), .dst = V6(0x10000, 0, 0, 0),
	  .sport = 1, .dport = 2 },
	{ "tcp6 :: for one group", DATA("PROXY TCP6 1:2:3::5:6:7:8 1:2:3:4:5:6:7:: 1 2\r\n"), ENDS,
	  .src = V6(0x10002, 0x30000, 0x50006, 0x70008),
	  .dst = V6(0x10002, 0x30004, 0x50006, 0x70000), .sport = 1, .dport = 2 },
	{ "tcp6 v4-mapped becomes IPv4 (policy)",
	  DATA("PROXY TCP6 ::ffff:203.0.113.7 ::ffff:10.0.0.2 5555 80\r\n"),
	  IS4, .flags = SLC_PP_F_MAPPED },
	{ "tcp6 v4-mapped in hex becomes IPv4 (policy)",
	  DATA("PROXY TCP6 ::ffff:cb00:7107 0:0:0:0:0:FFFF:a00:2 5555 80\r\n"),
	  IS4, .flags = SLC_PP_F_MAPPED },
	{ "unknown, 15 bytes", DATA("PROXY UNKNOWN\r\n"), REAL },
	{ "unknown worst case, 107 bytes",
	  DATA("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"), REAL },
	{ "unknown and a space", DATA("PROXY UNKNOWN \r\n"), REAL },
	{ "unknown and addresses", DATA("PROXY UNKNOWN 203.0.113.7 10.0.0.2 5555 80\r\n"), REAL },
	{ "unknown and nonsense", DATA("PROXY UNKNOWN  \t(*&^%$ \xff\xfe GET /\r\n"), REAL },
	{ "unknown and NUL", DATA("PROXY UNKNOWN \0\0\0\r\n"), REAL },
	{ "unknown: a lone CR does not end the line", DATA("PROXY UNKNOWN a\rb\r\n"), REAL },
	{ "unknown: a lone LF does not end the line", DATA("PROXY UNKNOWN a\nb\r\n"), REAL },
	{ "unknown: LF CR does not end the line", DATA("PROXY UNKNOWN \n\r \r\n"), REAL },
	{ "unknown: CR before CRLF", DATA("PROXY UNKNOWN \r\r\n"), REAL },
	{ "unknown and a keyword", DATA("PROXY UNKNOWN TCP4\r\n"), REAL },
};

static const struct good_case v2_good[] = {
	{ "tcp4", DATA(PROXY TCP4 "\0\x0c" ADDR4), IS4 },
	{ "tcp6", DATA(PROXY TCP6 "\0\x24" ADDR6), IS6 },
	{ "tcp4 with zeros", DATA(PROXY TCP4 "\0\x0c" Z8 "\0\0\0\0"), ENDS,
	  .src = V4(0, 0, 0, 0), .dst = V4(0, 0, 0, 0) },
	{ "tcp4 with ones", DATA(PROXY TCP4 "\0\x0c" "\xff\xff\xff\xff\xff\xff"
				 "\xff\xff\xff\xff\xff\xff"), ENDS,
	  .src = V4(255, 255, 255, 255), .dst = V4(255, 255, 255, 255),
	  .sport = 65535, .dport = 65535 },
	{ "tcp4 port 0", DATA(PROXY TCP4 "\0\x0c" "\x7f\0\0\x01" "\x7f\0\0\x01" "\0\0" "\0\0"),
	  ENDS, .src = V4(127, 0, 0, 1), .dst = V4(127, 0, 0, 1) },
	{ "tcp6 unspecified (CVE-2024-23325's neighbour)",
	  DATA(PROXY TCP6 "\0\x24" Z36), ENDS },
	{ "tcp6 v4-mapped becomes IPv4 (policy)",
	  DATA(PROXY TCP6 "\0\x24" Z8 "\0\0\xff\xff" "\xcb\0\x71\x07"
	       Z8 "\0\0\xff\xff" "\x0a\0\0\x02" "\x15\xb3" "\0\x50"),
	  IS4, .flags = SLC_PP_F_MAPPED },
	{ "unspec (policy)", DATA(PROXY "\0" "\0\0"), REAL },
	{ "unspec with TLVs", DATA(PROXY "\0" "\0\x07" "\x02\0\x04" "host"), REAL, 7 },
	{ "unspec with CRC", DATA(PROXY "\0" "\0\x07" "\x03\0\x04" "\x3e\xc9\x89\x4e"),
	  REAL, 7, SLC_PP_F_CRC },
	{ "udp4 over a stream falls back (policy)", DATA(PROXY UDP4 "\0\x0c" ADDR4), REAL },
	{ "udp6 over a stream falls back (policy)", DATA(PROXY UDP6 "\0\x24" ADDR6), REAL },
	{ "udp4 with CRC", DATA(PROXY UDP4 "\0\x13" ADDR4 "\x03\0\x04" "\x3d\0\xe0\x1f"),
	  REAL, 7, SLC_PP_F_CRC },
	{ "udp6 v4-mapped and not is not looked at",
	  DATA(PROXY UDP6 "\0\x24" Z8 "\0\0\xff\xff" "\xcb\0\x71\x07" IP6_2 "\0\0\0\0"), REAL },
	{ "unix stream falls back", DATA(PROXY USTREAM "\0\xd8" UNIX216), REAL },
	{ "unix dgram falls back", DATA(PROXY UDGRAM "\0\xd8" UNIX216), REAL },
	{ "unix stream with CRC",
	  DATA(PROXY USTREAM "\0\xdf" UNIX216 "\x03\0\x04" "\x40\xe4\xe1\x6f"),
	  REAL, 7, SLC_PP_F_CRC },

	{ "tlv noop, empty", DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x04\0\0"), IS4, 3 },
	{ "tlv noop, padding", DATA(PROXY TCP4 "\0\x12" ADDR4 "\x04\0\x03" "\0\0\0"), IS4, 6 },
	{ "tlv alpn", DATA(PROXY TCP4 "\0\x11" ADDR4 "\x01\0\x02" "h2"), IS4, 5 },
	{ "tlv authority", DATA(PROXY TCP6 "\0\x32" ADDR6 "\x02\0\x0b" "example.org"), IS6, 14 },
	{ "tlv authority of 256 bytes (policy)",
	  DATA(PROXY TCP4 "\x01\x0f" ADDR4 "\x02\x01\0" X128 X128), IS4, 259 },
	{ "tlv unique id, empty", DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x05\0\0"), IS4, 3 },
	{ "tlv unique id of 128 bytes",
	  DATA(PROXY TCP4 "\0\x8f" ADDR4 "\x05\0\x80" X128), IS4, 131 },
	{ "tlv netns is carried", DATA(PROXY TCP4 "\0\x13" ADDR4 "\x30\0\x04" "blue"), IS4, 7 },
	{ "tlv type 0 is unknown, not an end",
	  DATA(PROXY TCP4 "\0\x12" ADDR4 "\0\0\0" "\x04\0\0"), IS4, 6 },
	{ "tlv types unassigned, custom, experiment, future",
	  DATA(PROXY TCP4 "\0\x1c" ADDR4 "\x06\0\0" "\xe0\0\x01" "x" "\xf0\0\0" "\xf8\0\0"
	       "\xff\0\0"), IS4, 16 },
	{ "tlv repeated (policy)",
	  DATA(PROXY TCP4 "\0\x14" ADDR4 "\x02\0\x01" "a" "\x02\0\x01" "b"), IS4, 8 },
	{ "tlv azure link id", DATA(PROXY TCP4 "\0\x14" ADDR4 "\xee\0\x05" "\x01\x78\x56\x34\x12"),
	  IS4, 8 },
	{ "tlv gcp psc id", DATA(PROXY TCP4 "\0\x17" ADDR4 "\xe0\0\x08" "\0\0\0\0\0\0\x12\x34"),
	  IS4, 11 },
	{ "tlv aws vpc endpoint, as NLB sends it",
	  DATA(PROXY TCP4 "\0\x38" ADDR4 "\x03\0\x04" "\x0d\xc5\x29\x2e" "\x04\0\x08" Z8
	       "\xea\0\x17" "\x01" "vpce-08d2bf15fac5001c9"),
	  IS4, 44, SLC_PP_F_CRC },
	{ "tlv crc only", DATA(PROXY TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\xd9\x3e\xd3\xc3"),
	  IS4, 7, SLC_PP_F_CRC },
	{ "tlv crc, IPv6", DATA(PROXY TCP6 "\0\x2b" ADDR6 "\x03\0\x04" "\x24\x50\x4a\x3f"),
	  IS6, 7, SLC_PP_F_CRC },
	{ "tlv crc and unique id, as HAProxy sends them",
	  DATA(PROXY TCP4 "\0\x23" ADDR4 "\x03\0\x04" "\x15\x9b\x0d\x51"
	       "\x05\0\x0d" "7F000001:B07A"),
	  IS4, 23, SLC_PP_F_CRC },
	{ "tlv crc last",
	  DATA(PROXY TCP4 "\0\x27" ADDR4 "\x02\0\x0b" "example.org" "\x04\0\x03" "\0\0\0"
	       "\x03\0\x04" "\x0c\xe2\xbf\x4d"),
	  IS4, 27, SLC_PP_F_CRC },
	{ "tlv ssl without sub-TLVs", DATA(PROXY TCP4 "\0\x14" ADDR4 "\x20\0\x05" "\x01\0\0\0\0"),
	  IS4, 8, SLC_PP_F_SSL },
	{ "tlv ssl with version, cn, cipher",
	  DATA(PROXY TCP4 "\0\x2d" ADDR4 "\x20\0\x1e" "\x07\0\0\0\0" "\x21\0\x07" "TLSv1.3"
	       "\x22\0\x05" "alice" "\x23\0\x04" "AES!"),
	  IS4, 33, SLC_PP_F_SSL },
	{ "tlv ssl with an empty sub-TLV",
	  DATA(PROXY TCP4 "\0\x17" ADDR4 "\x20\0\x08" "\x01\0\0\0\0" "\x22\0\0"),
	  IS4, 11, SLC_PP_F_SSL },
	{ "tlv ssl inside ssl is not entered (CVE-2022-41881)",
	  DATA(PROXY TCP4 "\0\x19" ADDR4 "\x20\0\x0a" "\x01\0\0\0\0" "\x20\0\x02" "\xff\xff"),
	  IS4, 13, SLC_PP_F_SSL },
	{ "tlv crc inside ssl is not a crc",
	  DATA(PROXY TCP4 "\0\x18" ADDR4 "\x20\0\x09" "\x01\0\0\0\0" "\x03\0\x01" "x"),
	  IS4, 12, SLC_PP_F_SSL },
	{ "tlv unique id inside ssl is not limited",
	  DATA(PROXY TCP4 "\0\x98" ADDR4 "\x20\0\x89" "\x01\0\0\0\0" "\x05\0\x81" X128 "x"),
	  IS4, 140, SLC_PP_F_SSL },
	{ "tlv ssl twice", DATA(PROXY TCP4 "\0\x1c" ADDR4 "\x20\0\x05" "\x01\0\0\0\0"
				"\x20\0\x05" "\0\0\0\0\0"), IS4, 16, SLC_PP_F_SSL },

	{ "local", DATA(LOCAL "\0" "\0\0"), REAL },
	{ "local that says tcp4, without a block (go-mmproxy refuses)",
	  DATA(LOCAL TCP4 "\0\0"), REAL },
	{ "local with an address block (HAProxy since 8b72270e9 refuses)",
	  DATA(LOCAL TCP4 "\0\x0c" ADDR4), REAL },
	{ "local with an IPv6 block", DATA(LOCAL TCP6 "\0\x24" ADDR6), REAL },
	{ "local with half a block", DATA(LOCAL TCP4 "\0\x05" "\xcb\0\x71\x07\x0a"), REAL },
	{ "local with an undefined family (policy)", DATA(LOCAL "\xf7" "\0\x02" "??"), REAL },
	{ "local with TLVs", DATA(LOCAL "\0" "\0\x04" "\x04\0\x01" "x"), REAL, 4 },
	{ "local with CRC", DATA(LOCAL "\0" "\0\x07" "\x03\0\x04" "\xa9\xb8\x7e\x8f"),
	  REAL, 7, SLC_PP_F_CRC },
	{ "local with block and CRC",
	  DATA(LOCAL TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\xac\xed\x23\xfb"), REAL, 7, SLC_PP_F_CRC },
	{ "local health check of AWS NLB, TLVs at 16, off the wire (kubernetes#57250)",
	  DATA(LOCAL TCP4 "\0\x54" "\x03\0\x04" "\xbc\xe5\x95\x1f" "\x04\0\x4a"
	       Z36 Z36 "\0\0"), REAL, 84, SLC_PP_F_CRC },
	{ "local with one stray byte", DATA(LOCAL "\0" "\0\x01" "x"), REAL },
	{ "local with a TLV that overruns", DATA(LOCAL "\0" "\0\x04" "\x04\0\x09" "x"), REAL },
	{ "local with an ssl TLV that overruns", DATA(LOCAL "\0" "\0\x04" "\x20\0\x01" "x"), REAL },
	{ "local with a CRC of three bytes",
	  DATA(LOCAL "\0" "\0\x06" "\x03\0\x03" "xxx"), REAL },
	{ "local with two CRCs", DATA(LOCAL "\0" "\0\x0e" "\x03\0\x04" "xxxx" "\x03\0\x04" "xxxx"),
	  REAL },
	{ "local with a long unique id", DATA(LOCAL "\0" "\0\x84" "\x05\0\x81" X128 "x"), REAL },
};

struct bad_case {
	const char *name;
	/* in */
	const u8 *data;
	size_t len;
	/* out */
	enum slc_pp_error err;
};

static const struct bad_case v1_bad[] = {
	{ "http", DATA("G"), SLC_PP_ERR_SIGNATURE },
	{ "http POST", DATA("PO"), SLC_PP_ERR_SIGNATURE },
	{ "http/2", DATA("PRI"), SLC_PP_ERR_SIGNATURE },
	{ "tls", DATA("\x16"), SLC_PP_ERR_SIGNATURE },
	{ "ssh", DATA("S"), SLC_PP_ERR_SIGNATURE },
	{ "empty line", DATA("\r\n\r\n\r"), SLC_PP_ERR_SIGNATURE },
	{ "lower case", DATA("p"), SLC_PP_ERR_SIGNATURE },
	{ "mixed case", DATA("Pr"), SLC_PP_ERR_SIGNATURE },
	{ "space in front", DATA(" "), SLC_PP_ERR_SIGNATURE },
	{ "NUL in front", DATA("\0"), SLC_PP_ERR_SIGNATURE },
	{ "byte order mark", DATA("\xef"), SLC_PP_ERR_SIGNATURE },
	{ "keyword misspelt", DATA("PROXI"), SLC_PP_ERR_SIGNATURE },
	{ "keyword too long", DATA("PROXYS"), SLC_PP_ERR_V1_SPACE },
	{ "keyword alone", DATA("PROXY\r"), SLC_PP_ERR_V1_SPACE },
	{ "tab for space", DATA("PROXY\t"), SLC_PP_ERR_V1_SPACE },
	{ "two spaces before family", DATA("PROXY  "), SLC_PP_ERR_V1_SPACE },
	{ "no family", DATA("PROXY \r"), SLC_PP_ERR_V1_FAMILY },
	{ "family lower case", DATA("PROXY t"), SLC_PP_ERR_V1_FAMILY },
	{ "family half lower case", DATA("PROXY TCp"), SLC_PP_ERR_V1_FAMILY },
	{ "family TCP", DATA("PROXY TCP "), SLC_PP_ERR_V1_FAMILY },
	{ "family TCP5", DATA("PROXY TCP5"), SLC_PP_ERR_V1_FAMILY },
	{ "family UDP4", DATA("PROXY UD"), SLC_PP_ERR_V1_FAMILY },
	{ "family UNIX", DATA("PROXY UNI"), SLC_PP_ERR_V1_FAMILY },
	{ "family unknown, lower case", DATA("PROXY u"), SLC_PP_ERR_V1_FAMILY },
	{ "family TCP46", DATA("PROXY TCP46"), SLC_PP_ERR_V1_SPACE },
	{ "family and line end", DATA("PROXY TCP4\r"), SLC_PP_ERR_V1_SPACE },
	{ "family and tab", DATA("PROXY TCP4\t"), SLC_PP_ERR_V1_SPACE },
	{ "two spaces before source", DATA("PROXY TCP4  "), SLC_PP_ERR_V1_SPACE },
	{ "two spaces before destination", DATA("PROXY TCP4 1.2.3.4  "), SLC_PP_ERR_V1_SPACE },
	{ "two spaces before source port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4  "),
	  SLC_PP_ERR_V1_SPACE },
	{ "two spaces before destination port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1  "),
	  SLC_PP_ERR_V1_SPACE },
	{ "tab between addresses", DATA("PROXY TCP4 1.2.3.4\t"), SLC_PP_ERR_V1_SPACE },
	{ "comma between addresses", DATA("PROXY TCP4 1.2.3.4,"), SLC_PP_ERR_V1_SPACE },
	{ "tab between ports", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1\t"), SLC_PP_ERR_V1_SPACE },
	{ "source missing", DATA("PROXY TCP4 \r"), SLC_PP_ERR_V1_ADDR },
	{ "destination missing", DATA("PROXY TCP4 1.2.3.4 \r"), SLC_PP_ERR_V1_ADDR },
	{ "line ends after source", DATA("PROXY TCP4 1.2.3.4\r"), SLC_PP_ERR_V1_SPACE },
	{ "line ends after destination", DATA("PROXY TCP4 1.2.3.4 1.2.3.4\r"),
	  SLC_PP_ERR_V1_SPACE },
	{ "line ends after source port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1\r"),
	  SLC_PP_ERR_V1_SPACE },
	{ "destination port missing", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r"), SLC_PP_ERR_V1_PORT },
	{ "source port missing", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 \r"), SLC_PP_ERR_V1_PORT },
	{ "299.168.0.1 (HAProxy reads 43.168.0.1)", DATA("PROXY TCP4 299"), SLC_PP_ERR_V1_ADDR },
	{ "16909060 (HAProxy reads 60.0.0.0)", DATA("PROXY TCP4 1690"), SLC_PP_ERR_V1_ADDR },
	{ "octet 256", DATA("PROXY TCP4 1.2.3.256"), SLC_PP_ERR_V1_ADDR },
	{ "octet with a leading zero", DATA("PROXY TCP4 01"), SLC_PP_ERR_V1_ADDR },
	{ "last octet with a leading zero", DATA("PROXY TCP4 1.2.3.04"), SLC_PP_ERR_V1_ADDR },
	{ "octet missing", DATA("PROXY TCP4 1.."), SLC_PP_ERR_V1_ADDR },
	{ "three octets", DATA("PROXY TCP4 1.2.3 "), SLC_PP_ERR_V1_ADDR },
	{ "five octets", DATA("PROXY TCP4 1.2.3.4."), SLC_PP_ERR_V1_SPACE },
	{ "hex octet", DATA("PROXY TCP4 0x"), SLC_PP_ERR_V1_ADDR },
	{ "signed octet", DATA("PROXY TCP4 +"), SLC_PP_ERR_V1_ADDR },
	{ "host name", DATA("PROXY TCP4 l"), SLC_PP_ERR_V1_ADDR },
	{ "NUL in an address", DATA("PROXY TCP4 1.2\0"), SLC_PP_ERR_V1_ADDR },
	{ "tcp4 with IPv6 text", DATA("PROXY TCP4 2001"), SLC_PP_ERR_V1_ADDR },
	{ "tcp4 with :: text (nginx accepts)", DATA("PROXY TCP4 :"), SLC_PP_ERR_V1_ADDR },
	{ "tcp4 with IPv6 destination", DATA("PROXY TCP4 1.2.3.4 :"), SLC_PP_ERR_V1_ADDR },
	{ "tcp4 with v4-mapped text", DATA("PROXY TCP4 :"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 with IPv4 text", DATA("PROXY TCP6 203."), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 with IPv4 destination", DATA("PROXY TCP6 ::1 10."), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 three colons", DATA("PROXY TCP6 :::"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 two ::", DATA("PROXY TCP6 1::2::"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 five digits", DATA("PROXY TCP6 12345"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 seven groups", DATA("PROXY TCP6 1:2:3:4:5:6:7 "), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 nine groups", DATA("PROXY TCP6 1:2:3:4:5:6:7:8:"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 :: for nothing", DATA("PROXY TCP6 1::2:3:4:5:6:7:"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 ends in a colon", DATA("PROXY TCP6 1::2: "), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 begins with one colon", DATA("PROXY TCP6 :1"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 not hex", DATA("PROXY TCP6 2001:dg"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 zone", DATA("PROXY TCP6 fe80::1%"), SLC_PP_ERR_V1_SPACE },
	{ "tcp6 brackets", DATA("PROXY TCP6 ["), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 v4-compatible", DATA("PROXY TCP6 ::1."), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 dotted, not mapped", DATA("PROXY TCP6 64:ff9b::1."), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 dotted, as long as a mapped one", DATA("PROXY TCP6 8:ffff:1."),
	  SLC_PP_ERR_V1_ADDR },
	{ "tcp6 dotted octet 256", DATA("PROXY TCP6 ::ffff:1.2.3.256"), SLC_PP_ERR_V1_ADDR },
	{ "tcp6 source mapped, destination not (policy)",
	  DATA("PROXY TCP6 ::ffff:1.2.3.4 ::1 "), SLC_PP_ERR_MIXED },
	{ "tcp6 destination mapped, source not (policy)",
	  DATA("PROXY TCP6 ::1 ::ffff:102:304 "), SLC_PP_ERR_MIXED },
	{ "source port 65536", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 65536"), SLC_PP_ERR_V1_PORT },
	{ "destination port 65536", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536"),
	  SLC_PP_ERR_V1_PORT },
	{ "port 131152 (HAProxy reads 80)", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 131152"),
	  SLC_PP_ERR_V1_PORT },
	{ "port 2^64+80 (HAProxy reads 80)", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 184467"),
	  SLC_PP_ERR_V1_PORT },
	{ "port 080", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 08"), SLC_PP_ERR_V1_PORT },
	{ "port 00", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 00"), SLC_PP_ERR_V1_PORT },
	{ "destination port 080", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 08"), SLC_PP_ERR_V1_PORT },
	{ "negative port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 -"), SLC_PP_ERR_V1_PORT },
	{ "plus port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 +"), SLC_PP_ERR_V1_PORT },
	{ "hex port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 0x"), SLC_PP_ERR_V1_SPACE },
	{ "service name for port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 h"), SLC_PP_ERR_V1_PORT },
	{ "LF alone", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"), SLC_PP_ERR_V1_END },
	{ "CR alone", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rG"), SLC_PP_ERR_V1_END },
	{ "CR CR LF", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r"), SLC_PP_ERR_V1_END },
	{ "space before line end", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 "), SLC_PP_ERR_V1_END },
	{ "one field too many", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 "), SLC_PP_ERR_V1_END },
	{ "letters behind the port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2a"), SLC_PP_ERR_V1_END },
	{ "NUL behind the port", DATA("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\0"), SLC_PP_ERR_V1_END },
	{ "unknown misspelt", DATA("PROXY UNKNOWM"), SLC_PP_ERR_V1_FAMILY },
	{ "unknown and letters (nginx accepts)", DATA("PROXY UNKNOWNX"), SLC_PP_ERR_V1_END },
	{ "unknown and LF", DATA("PROXY UNKNOWN\n"), SLC_PP_ERR_V1_END },
	{ "unknown and CR", DATA("PROXY UNKNOWN\r "), SLC_PP_ERR_V1_END },
	{ "unknown, endless (CVE-2021-23351)",
	  DATA("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 655350"), SLC_PP_ERR_V1_LONG },
	{ "unknown, CR as byte 107",
	  DATA("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\r"), SLC_PP_ERR_V1_LONG },
};

static const struct bad_case v2_bad[] = {
	{ "version 1", DATA(SIG "\x11"), SLC_PP_ERR_VERSION },
	{ "version 3", DATA(SIG "\x31"), SLC_PP_ERR_VERSION },
	{ "version 0", DATA(SIG "\x01"), SLC_PP_ERR_VERSION },
	{ "command 2", DATA(SIG "\x22"), SLC_PP_ERR_COMMAND },
	{ "command 15", DATA(SIG "\x2f"), SLC_PP_ERR_COMMAND },
	{ "family 4", DATA(PROXY "\x41"), SLC_PP_ERR_FAMILY },
	{ "family 15", DATA(PROXY "\xf1"), SLC_PP_ERR_FAMILY },
	{ "transport 3", DATA(PROXY "\x13"), SLC_PP_ERR_FAMILY },
	{ "transport 15", DATA(PROXY "\x2f"), SLC_PP_ERR_FAMILY },
	{ "inet without a transport (policy)", DATA(PROXY "\x10"), SLC_PP_ERR_FAMILY },
	{ "stream without a family (policy)", DATA(PROXY "\x01"), SLC_PP_ERR_FAMILY },
	{ "tcp4 without a block (CVE-2019-14243)", DATA(PROXY TCP4 "\0\0"), SLC_PP_ERR_SHORT },
	{ "tcp4 block one short", DATA(PROXY TCP4 "\0\x0b"), SLC_PP_ERR_SHORT },
	{ "tcp6 with a block of tcp4", DATA(PROXY TCP6 "\0\x0c"), SLC_PP_ERR_SHORT },
	{ "tcp6 block one short", DATA(PROXY TCP6 "\0\x23"), SLC_PP_ERR_SHORT },
	{ "udp4 block one short", DATA(PROXY UDP4 "\0\x0b"), SLC_PP_ERR_SHORT },
	{ "udp6 block one short", DATA(PROXY UDP6 "\0\x23"), SLC_PP_ERR_SHORT },
	{ "unix block one short", DATA(PROXY USTREAM "\0\xd7"), SLC_PP_ERR_SHORT },
	{ "unix dgram block one short", DATA(PROXY UDGRAM "\0\xd7"), SLC_PP_ERR_SHORT },
	{ "length 4081", DATA(PROXY TCP4 "\x0f\xf1"), SLC_PP_ERR_TOO_BIG },
	{ "length 65535", DATA(PROXY TCP4 "\xff\xff"), SLC_PP_ERR_TOO_BIG },
	{ "local of 65535", DATA(LOCAL "\0" "\xff\xff"), SLC_PP_ERR_TOO_BIG },
	{ "little-endian length", DATA(PROXY TCP4 "\x0c\0" ADDR4 "GET"), SLC_PP_ERR_TLV },
	{ "tcp6 source mapped, destination not (policy)",
	  DATA(PROXY TCP6 "\0\x24" Z8 "\0\0\xff\xff" "\xcb\0\x71\x07" IP6_2 "\0\0\0\0"),
	  SLC_PP_ERR_MIXED },
	{ "tcp6 destination mapped, source not (policy)",
	  DATA(PROXY TCP6 "\0\x24" IP6_7 Z8 "\0\0\xff\xff" "\xcb\0\x71\x07" "\0\0\0\0"),
	  SLC_PP_ERR_MIXED },
	{ "one stray byte", DATA(PROXY TCP4 "\0\x0d"), SLC_PP_ERR_TLV },
	{ "one stray byte behind addresses of two families", DATA(PROXY TCP6 "\0\x25"),
	  SLC_PP_ERR_TLV },
	{ "two stray bytes", DATA(PROXY TCP4 "\0\x0e"), SLC_PP_ERR_TLV },
	{ "one stray byte behind a TLV", DATA(PROXY TCP4 "\0\x10" ADDR4 "\x04\0\0"),
	  SLC_PP_ERR_TLV },
	{ "unspec and a stray byte", DATA(PROXY "\0" "\0\x01"), SLC_PP_ERR_TLV },
	{ "TLV overruns by one", DATA(PROXY TCP4 "\0\x10" ADDR4 "\x04\0\x02"), SLC_PP_ERR_TLV },
	{ "TLV overruns into payload (HAProxy 488ee7fb6)",
	  DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x04\0\x01"), SLC_PP_ERR_TLV },
	{ "TLV of 65535", DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x02\xff\xff"), SLC_PP_ERR_TLV },
	{ "second TLV overruns", DATA(PROXY TCP4 "\0\x12" ADDR4 "\x04\0\0" "\x04\0\x01"),
	  SLC_PP_ERR_TLV },
	{ "unique id of 129 bytes", DATA(PROXY TCP4 "\0\x90" ADDR4 "\x05\0\x81"),
	  SLC_PP_ERR_UNIQUE_ID },
	{ "ssl empty", DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x20\0\0"), SLC_PP_ERR_TLV_SSL },
	{ "ssl of four bytes", DATA(PROXY TCP4 "\0\x13" ADDR4 "\x20\0\x04"), SLC_PP_ERR_TLV_SSL },
	{ "ssl and a stray byte", DATA(PROXY TCP4 "\0\x15" ADDR4 "\x20\0\x06"),
	  SLC_PP_ERR_TLV_SSL },
	{ "ssl and two stray bytes", DATA(PROXY TCP4 "\0\x16" ADDR4 "\x20\0\x07"),
	  SLC_PP_ERR_TLV_SSL },
	{ "ssl sub-TLV overruns", DATA(PROXY TCP4 "\0\x18" ADDR4 "\x20\0\x09"
				       "\x01\0\0\0\0" "\x21\0\x02"), SLC_PP_ERR_TLV_SSL },
	{ "ssl sub-TLV overruns into the next TLV",
	  DATA(PROXY TCP4 "\0\x1a" ADDR4 "\x20\0\x08" "\x01\0\0\0\0" "\x21\0\x03"),
	  SLC_PP_ERR_TLV_SSL },
	{ "ssl second sub-TLV overruns",
	  DATA(PROXY TCP4 "\0\x1a" ADDR4 "\x20\0\x0b" "\x01\0\0\0\0" "\x21\0\0" "\x22\0\x01"),
	  SLC_PP_ERR_TLV_SSL },
	{ "ssl overruns, and so would what follows it",
	  DATA(PROXY TCP4 "\0\x19" ADDR4 "\x20\0\x09" "\x01\0\0\0\0" "\x21\0\x02"),
	  SLC_PP_ERR_TLV_SSL },
	{ "crc empty", DATA(PROXY TCP4 "\0\x0f" ADDR4 "\x03\0\0"), SLC_PP_ERR_CRC_LEN },
	{ "crc of three bytes", DATA(PROXY TCP4 "\0\x12" ADDR4 "\x03\0\x03"),
	  SLC_PP_ERR_CRC_LEN },
	{ "crc of five bytes", DATA(PROXY TCP4 "\0\x14" ADDR4 "\x03\0\x05"),
	  SLC_PP_ERR_CRC_LEN },
	{ "crc twice (policy)",
	  DATA(PROXY TCP4 "\0\x1a" ADDR4 "\x03\0\x04" "\0\0\0\0" "\x03\0\x04"),
	  SLC_PP_ERR_CRC_TWICE },
	{ "crc of zeros", DATA(PROXY TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\0\0\0\0"),
	  SLC_PP_ERR_CRC },
	{ "crc little-endian",
	  DATA(PROXY TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\xc3\xd3\x3e\xd9"), SLC_PP_ERR_CRC },
	{ "crc not inverted",
	  DATA(PROXY TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\x26\xc1\x2c\x3c"), SLC_PP_ERR_CRC },
	{ "crc of another family byte",
	  DATA(PROXY UDP4 "\0\x13" ADDR4 "\x03\0\x04" "\xd9\x3e\xd3\xc3"), SLC_PP_ERR_CRC },
	{ "unspec with a wrong crc",
	  DATA(PROXY "\0" "\0\x07" "\x03\0\x04" "\x3e\xc9\x89\x4f"), SLC_PP_ERR_CRC },
	{ "local with a wrong crc",
	  DATA(LOCAL "\0" "\0\x07" "\x03\0\x04" "\xa9\xb8\x7e\x8e"), SLC_PP_ERR_CRC },
	{ "local with block and a wrong crc",
	  DATA(LOCAL TCP4 "\0\x13" ADDR4 "\x03\0\x04" "\xac\xed\x23\xfa"), SLC_PP_ERR_CRC },
	{ "local health check of AWS NLB, damaged",
	  DATA(LOCAL TCP4 "\0\x54" "\x03\0\x04" "\xbc\xe5\x95\x1f" "\x04\0\x4a"
	       Z36 Z36 "\0\x01"), SLC_PP_ERR_CRC },
};

#endif /* SLC_TEST_PP_VECTORS_H */
