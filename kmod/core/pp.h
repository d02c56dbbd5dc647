/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PROXY protocol headers, versions 1 and 2: decoding, and making them.
 *
 * Owns what the bytes mean. Does not know who may send a header, how long to
 * wait for one, or whether the address in it may be used: see
 * slc_addr_source_class() and path/.
 *
 * "spec" is HAProxy's doc/proxy-protocol.txt, revision 2026/04/27. Where it
 * decides, we do as it says. Where it leaves a choice, or two receivers read
 * the same bytes differently, this is our policy; it fails closed unless that
 * would break a sender in use:
 *
 * =============================== ======= =====================================
 * what                            spec    verdict
 * =============================== ======= =====================================
 * partial header                  2       wait; a verdict of "bad" is final
 * v1 UNKNOWN, any text to CRLF    2.1     accepted, real endpoints; a lone CR or
 *                                         LF is text; CRLF within 107 bytes
 * v1 numbers                      2.1     no leading zeros, no wrap-around
 * v1 TCP6 with IPv4 text          2.1     refused
 * v1 TCP6 with ::ffff:a.b.c.d     2.1     accepted though not in the grammar:
 *                                         inet_ntop(), so HAProxy and nginx,
 *                                         write it. No other dotted form
 * v4-mapped address, v1 or v2     -       both of them: demoted to IPv4, whose
 *                                         rules then apply; one of them: refused
 * port 0                          2.1     accepted here; not a usable source
 * version not 2, command not 0, 1 2.2     refused
 * PROXY, undefined nibble         2.2     refused
 * PROXY, bytes 01 02 10 20 30     2.2     refused: each nibble is defined, but
 *                                         the combination is not
 * PROXY, UNSPEC (00)              2.2     accepted, real endpoints; TLVs at 16
 * PROXY, UNIX (31 32)             2.2     accepted, real endpoints
 * PROXY, DGRAM (12 22)            2.2     accepted, real endpoints: "valid but
 *                                         unsupported" over a stream; and STREAM
 *                                         (11 21) so in a datagram
 * PROXY, len below address block  2.2     refused, never completed from payload
 * LOCAL, any family byte          2.2     accepted, real endpoints: "the family
 *                                         is ignored" beats "must be rejected",
 *                                         and no address is taken from it
 * LOCAL, any body                 2.2     accepted, skipped. If it tiles as TLVs
 *                                         from 16 (AWS NLB) or from behind the
 *                                         address block, those are the TLVs and
 *                                         a CRC32C among them must be right
 * header longer than configured   2.2     refused on its sixteenth byte; 536
 *                                         always fit
 * TLVs do not tile the header     2.2     refused
 * sub-TLVs do not tile SSL        2.2.6   refused; one level, types not checked
 * CRC32C wrong                    2.2.3   refused; big-endian, over the bytes
 *                                         received
 * CRC32C not four bytes, or twice 2.2.3   refused
 * UNIQUE_ID above 128             2.2.5   refused
 * AUTHORITY above 255             2.2.2   accepted
 * other TLVs, unknown or repeated 2.2     accepted
 * NETNS                           2.2.8   accepted, never acted on
 * a second header                 2       payload
 * a header in pieces, in UDP      2       refused; so is v1
 * =============================== ======= =====================================
 *
 * Locking: none. Everything here is pure.
 */
#ifndef SLC_CORE_PP_H
#define SLC_CORE_PP_H

#include "addr.h"

/* Bytes, v1's line end included. */
#define SLC_PP_V1_MAX_LEN	107
/* The fixed part of a v2 header: signature, command, family, length. */
#define SLC_PP_V2_FIXED_LEN	16
#define SLC_PP_SIGNATURE_LEN	12
/* No v2 header longer than this is taken, whatever is configured. */
#define SLC_PP_MAX_LEN		4096
/* Every receiver takes this much: a segment of the smallest MTU (spec 2.2). */
#define SLC_PP_MIN_MAX_LEN	536

/* Bytes of the simple header, of which there is one length. */
#define SLC_SPP_LEN		38
/* slc_pp.version of that, which has none */
#define SLC_PP_VERSION_SPP	3

/* slc_pp.cmd */
#define SLC_PP_LOCAL		0
#define SLC_PP_PROXY		1

/* slc_pp.family, besides SLC_FAMILY_IPV4 and SLC_FAMILY_IPV6 */
#define SLC_PP_FAMILY_UNSPEC	0
#define SLC_PP_FAMILY_UNIX	1

/* slc_pp.transport */
#define SLC_PP_UNSPEC		0
#define SLC_PP_STREAM		1
#define SLC_PP_DGRAM		2

/* slc_pp.flags */
#define SLC_PP_F_CRC		0x0001	/* had a CRC32C, and it was right */
#define SLC_PP_F_SSL		0x0002	/* has an SSL TLV */
#define SLC_PP_F_MAPPED		0x0004	/* was v4-mapped, now family IPv4 */

/* Types of TLV that something here looks at (spec 2.2.3, 2.2.5, 2.2.6). */
#define SLC_PP_TLV_CRC32C	0x03
#define SLC_PP_TLV_NOOP		0x04
#define SLC_PP_TLV_UNIQUE_ID	0x05
#define SLC_PP_TLV_SSL		0x20

#define SLC_PP_UNIQUE_ID_MAX	128

/**
 * enum slc_pp_error - Why bytes cannot become a header.
 * @SLC_PP_OK:		   nothing wrong so far
 * @SLC_PP_ERR_SIGNATURE:  neither version's first bytes
 * @SLC_PP_ERR_VERSION:	   v2 signature, but the version is not 2
 * @SLC_PP_ERR_COMMAND:	   neither LOCAL nor PROXY
 * @SLC_PP_ERR_FAMILY:	   family and transport undefined
 * @SLC_PP_ERR_SHORT:	   length below the family's address block
 * @SLC_PP_ERR_MIXED:	   one address is IPv4, the other IPv6
 * @SLC_PP_ERR_TOO_BIG:	   length above the configured maximum
 * @SLC_PP_ERR_TLV:	   TLVs do not tile the header
 * @SLC_PP_ERR_TLV_SSL:	   sub-TLVs do not tile the SSL TLV
 * @SLC_PP_ERR_UNIQUE_ID:  unique id longer than 128 bytes
 * @SLC_PP_ERR_CRC_LEN:	   CRC32C TLV not four bytes long
 * @SLC_PP_ERR_CRC_TWICE:  more than one CRC32C TLV
 * @SLC_PP_ERR_CRC:	   CRC32C does not match
 * @SLC_PP_ERR_V1_SPACE:   not exactly one space between two fields
 * @SLC_PP_ERR_V1_FAMILY:  not TCP4, TCP6 or UNKNOWN
 * @SLC_PP_ERR_V1_ADDR:	   not an address of that family
 * @SLC_PP_ERR_V1_PORT:	   not a port
 * @SLC_PP_ERR_V1_END:	   something other than CRLF behind the last field
 * @SLC_PP_ERR_V1_LONG:	   no CRLF within 107 bytes
 * @SLC_PP_NR_ERRORS:	   how many there are
 */
enum slc_pp_error {
	SLC_PP_OK,
	SLC_PP_ERR_SIGNATURE,
	SLC_PP_ERR_VERSION,
	SLC_PP_ERR_COMMAND,
	SLC_PP_ERR_FAMILY,
	SLC_PP_ERR_SHORT,
	SLC_PP_ERR_MIXED,
	SLC_PP_ERR_TOO_BIG,
	SLC_PP_ERR_TLV,
	SLC_PP_ERR_TLV_SSL,
	SLC_PP_ERR_UNIQUE_ID,
	SLC_PP_ERR_CRC_LEN,
	SLC_PP_ERR_CRC_TWICE,
	SLC_PP_ERR_CRC,
	SLC_PP_ERR_V1_SPACE,
	SLC_PP_ERR_V1_FAMILY,
	SLC_PP_ERR_V1_ADDR,
	SLC_PP_ERR_V1_PORT,
	SLC_PP_ERR_V1_END,
	SLC_PP_ERR_V1_LONG,
	SLC_PP_NR_ERRORS
};

/**
 * struct slc_pp - A decoded header.
 * @src:       the client; zero unless @has_addr
 * @dst:       what the client connected to; zero unless @has_addr
 * @err:       why decoding failed; SLC_PP_OK otherwise
 * @tlv_off:   where TLVs begin, in bytes from the start of the header
 * @tlv_len:   their length; @tlv_off + @tlv_len is the header's length if any
 * @flags:     SLC_PP_F_*
 * @version:   1, 2 or SLC_PP_VERSION_SPP
 * @cmd:       SLC_PP_LOCAL or SLC_PP_PROXY; v1 is always PROXY
 * @family:    SLC_FAMILY_IPV4, SLC_FAMILY_IPV6 or SLC_PP_FAMILY_*; UNSPEC for
 *	       LOCAL, whatever its family byte says
 * @transport: SLC_PP_UNSPEC, SLC_PP_STREAM or SLC_PP_DGRAM
 * @has_addr:  use @src and @dst; else the connection's own endpoints
 */
struct slc_pp {
	struct slc_endpoint	src;
	struct slc_endpoint	dst;
	enum slc_pp_error	err;
	u16			tlv_off;
	u16			tlv_len;
	u16			flags;
	u8			version;
	u8			cmd;
	u8			family;
	u8			transport;
	bool			has_addr;
};

/* What a header of version 2 begins with */
extern const u8 slc_pp_v2_signature[SLC_PP_SIGNATURE_LEN];

int slc_pp_decode(const u8 *buf, size_t len, unsigned int max,
		  struct slc_pp *pp);
bool slc_pp_is_v2(const u8 *buf, size_t len);
int slc_pp_decode_datagram(const u8 *buf, size_t len, unsigned int max,
			   struct slc_pp *pp);
int slc_spp_decode(const u8 *buf, size_t len, struct slc_pp *pp);
void slc_spp_encode(u8 *buf, const struct slc_endpoint *src,
		    const struct slc_endpoint *dst);

/**
 * struct slc_pp_writer - A header in the making.
 * @buf:     where it is written
 * @room:    bytes that fit
 * @len:     bytes written
 * @crc_off: where the CRC32C's value is, or 0
 * @version: 1 or 2
 * @is_full: it does not fit
 */
struct slc_pp_writer {
	u8 *buf;
	size_t room;
	size_t len;
	size_t crc_off;
	u8 version;
	bool is_full;
};

/**
 * slc_pp_begin() - Begin a header: all of it but TLVs.
 * @w:	  filled in
 * @buf:  where the header goes
 * @room: bytes that fit there; none is longer than SLC_PP_MAX_LEN
 * @pp:	  what it says: version, cmd, transport, has_addr, src and dst
 *
 * Without an address, or with the command LOCAL, it names no client: UNKNOWN,
 * or UNSPEC. Version 1 has no datagrams: UNKNOWN, too. Addresses that are not
 * both IPv4 are written as IPv6, which may be v4-mapped; a receiver may refuse
 * one that is mapped alone.
 *
 * Context: Any. Pure.
 */
void slc_pp_begin(struct slc_pp_writer *w, u8 *buf, size_t room,
		  const struct slc_pp *pp);

/**
 * slc_pp_put_tlv() - Add a TLV.
 * @w:	   the header; one of version 1 stays as it is
 * @type:  its type
 * @value: its value
 * @len:   bytes in @value
 *
 * Context: Any. Pure.
 */
void slc_pp_put_tlv(struct slc_pp_writer *w, u8 type, const void *value,
		    u16 len);

/**
 * slc_pp_put_crc() - Let the header have a CRC32C.
 * @w: the header; one of version 1 stays as it is
 *
 * Computed at the end, over what is written later, too.
 *
 * Context: Any. Pure.
 */
void slc_pp_put_crc(struct slc_pp_writer *w);

/**
 * slc_pp_end() - Finish a header.
 * @w: the header
 *
 * Context: Any. Pure.
 * Return: its bytes, or -E2BIG if it did not fit.
 */
int slc_pp_end(struct slc_pp_writer *w);

/**
 * slc_pp_find_tlv() - The next TLV of a type.
 * @tlvs: TLVs
 * @len:  their bytes
 * @off:  where to begin: 0, or behind one that was found
 * @type: what to look for
 *
 * Context: Any. Pure.
 * Return: its offset, @len if there is none.
 */
unsigned int slc_pp_find_tlv(const u8 *tlvs, unsigned int len,
			     unsigned int off, u8 type);

#endif /* SLC_CORE_PP_H */
