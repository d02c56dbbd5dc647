/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * libsluice: who is my client? For servers that get their connections by way of Sluice.
 *
 * An accepted socket's peer is the client already. This tells the rest: who brought the
 * client (the sender, a load balancer say), what the client had connected to, and the TLVs
 * of the PROXY header. No right is needed, and nothing is told of sockets of others.
 *
 * One header and one source file, on top of libmnl: link libsluice, or copy both.
 * Threads may ask at the same time; nothing is kept between calls. See libsluice(3).
 */
#ifndef SLUICE_H
#define SLUICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_NAME_MAX	64	/* a service's name, with a zero at its end */
#define SLUICE_TLVS_MAX	4096	/* no header is longer */

/**
 * struct sluice_whoami - what is known of a connection, or of a conversation over UDP
 * @sender: who sends its packets to this host
 * @service: which address and port of a service these are sent to
 * @client: the client; the sender, where no header named another
 * @destination: what the client had connected to, as the header says; ss_family is
 *	AF_UNSPEC if it does not
 * @name: the service's name
 * @version: of the PROXY header, 1 or 2; 0 without one, 3 of the Simple Proxy Protocol
 * @local: the header named no client (LOCAL, UNKNOWN): the sender speaks for itself
 * @tlvs_len: bytes in @tlvs
 * @tlvs: TLVs of the header as they came, see sluice_tlv_next()
 *
 * Addresses are struct sockaddr_in or sockaddr_in6; IPv4 is AF_INET, never mapped.
 */
struct sluice_whoami {
	struct sockaddr_storage sender;
	struct sockaddr_storage service;
	struct sockaddr_storage client;
	struct sockaddr_storage destination;
	char name[SLUICE_NAME_MAX];
	unsigned int version;
	bool local;
	size_t tlvs_len;
	unsigned char tlvs[SLUICE_TLVS_MAX];
};

/**
 * struct sluice_tlv - one TLV
 * @type: its type, PP2_TYPE_* of the PROXY protocol's specification, 2.2
 * @len: bytes at @value
 * @value: the value, no string: there is no zero behind it
 */
struct sluice_tlv {
	unsigned int type;
	size_t len;
	const unsigned char *value;
};

/**
 * sluice_whoami() - Whose connection is this?
 * @fd: an accepted TCP socket, or a UDP socket that is connected to its client
 * @w: filled in
 *
 * Return: 0, or a negative errno:
 *	-ENOENT		it did not come through a service of Sluice, or is over
 *	-ENOPROTOOPT	there is no Sluice on this host, or not in this network namespace
 *	-EBADF, -ENOTSOCK, -EOPNOTSUPP, -ENOTCONN	@fd is no such socket
 *	-EXDEV		@fd is of another network namespace than the caller
 *	-EDESTADDRREQ	a UDP socket, of which sluice_whoami_peer() has to be asked
 *	-EPROTO		what was answered makes no sense
 *	another		what socket(), sendmsg() and recvmsg() may fail with
 */
int sluice_whoami(int fd, struct sluice_whoami *w);

/**
 * sluice_whoami_peer() - Whose datagram is this?
 * @fd: a UDP socket
 * @peer: whom the datagram came from, of recvfrom()
 * @local: the address that it came to, of IP_PKTINFO or IPV6_PKTINFO; not looked at, and
 *	may be NULL, if @fd is bound to an address
 * @w: filled in
 *
 * Return: as sluice_whoami(); -EAFNOSUPPORT if an address is of no family of IP.
 */
int sluice_whoami_peer(int fd, const struct sockaddr *peer,
		       const struct sockaddr *local, struct sluice_whoami *w);

/**
 * sluice_tlv_next() - Walk the TLVs of a header.
 * @w: what is known
 * @at: 0 to begin with, moved on
 * @tlv: filled in; it points into @w
 *
 * Return: false at the end.
 */
bool sluice_tlv_next(const struct sluice_whoami *w, size_t *at, struct sluice_tlv *tlv);

/**
 * sluice_tlv_find() - The first TLV of a type.
 * @w: what is known
 * @type: the type
 * @tlv: filled in; it points into @w
 *
 * Return: false if there is none.
 */
bool sluice_tlv_find(const struct sluice_whoami *w, unsigned int type,
		     struct sluice_tlv *tlv);

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_H */
