// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* libsluice: who is my client? See sluice.h. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "sluice.h"

/* More than what is known of a connection takes: TLVs and twenty small attributes */
#define REPLY_LEN	8192

/* One exchange with the kernel, all of it on the stack of who asks */
struct exchange {
	struct mnl_socket *nl;
	uint16_t family;
	union {
		char buf[REPLY_LEN];
		struct nlmsghdr align;
	};
};

static struct nlmsghdr *begin(struct exchange *x, uint16_t type, uint8_t cmd,
			      uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(x->buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* Send what is in the buffer, and have what comes back there instead, given to @cb. */
static int talk(struct exchange *x, mnl_cb_t cb, void *data)
{
	unsigned int port = mnl_socket_get_portid(x->nl);
	struct nlmsghdr *nlh = &x->align;
	ssize_t n;
	int ret;

	if (mnl_socket_sendto(x->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		do {
			n = mnl_socket_recvfrom(x->nl, x->buf, sizeof(x->buf));
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return -errno;
		ret = mnl_cb_run(x->buf, n, 0, port, cb, data);
	} while (ret > 0);
	return ret < 0 ? -errno : 0;
}

static int get_family(const struct nlmsghdr *nlh, void *data)
{
	uint16_t *family = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_payload_len(attr) == sizeof(*family))
			*family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/* The number that the family has here */
static int find(struct exchange *x)
{
	struct nlmsghdr *nlh = begin(x, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	int err;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SLUICE_FAMILY_NAME);
	x->family = 0;
	err = talk(x, get_family, &x->family);
	if (err == -ENOENT)
		return -ENOPROTOOPT;
	return err ? err : x->family ? 0 : -EPROTO;
}

/* Attributes of an answer, by number */
struct table {
	const struct nlattr *attr[SLUICE_A_WHOAMI_MAX + 1];
};

static int get_attr(const struct nlattr *attr, void *data)
{
	unsigned int type = mnl_attr_get_type(attr);
	struct table *table = data;

	if (type <= SLUICE_A_WHOAMI_MAX)
		table->attr[type] = attr;
	return MNL_CB_OK;
}

/* An address and a port; false if they are none. Without both there is none. */
static bool get_endpoint(const struct table *table, int addr, int port,
			 struct sockaddr_storage *to)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	const struct nlattr *a = table->attr[addr], *p = table->attr[port];
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *sin = (struct sockaddr_in *)to;
	const unsigned char *bytes;

	if (!a || !p)
		return true;
	if (mnl_attr_get_payload_len(a) != 16 || mnl_attr_get_payload_len(p) != 2)
		return false;
	bytes = mnl_attr_get_payload(a);
	if (!memcmp(bytes, mapped, sizeof(mapped))) {
		sin->sin_family = AF_INET;
		sin->sin_port = htons(mnl_attr_get_u16(p));
		memcpy(&sin->sin_addr, bytes + 12, 4);
	} else {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(mnl_attr_get_u16(p));
		memcpy(&sin6->sin6_addr, bytes, 16);
	}
	return true;
}

static bool get_rest(const struct table *table, struct sluice_whoami *w)
{
	const struct nlattr *name = table->attr[SLUICE_A_WHOAMI_SERVICE];
	const struct nlattr *version = table->attr[SLUICE_A_WHOAMI_VERSION];
	const struct nlattr *tlvs = table->attr[SLUICE_A_WHOAMI_TLVS];

	if (!name || !version || mnl_attr_validate(name, MNL_TYPE_NUL_STRING) < 0 ||
	    mnl_attr_get_payload_len(name) > sizeof(w->name) ||
	    mnl_attr_get_payload_len(version) != 1)
		return false;
	memcpy(w->name, mnl_attr_get_str(name), strlen(mnl_attr_get_str(name)) + 1);
	w->version = mnl_attr_get_u8(version);
	w->local = table->attr[SLUICE_A_WHOAMI_LOCAL];
	if (!tlvs)
		return true;
	w->tlvs_len = mnl_attr_get_payload_len(tlvs);
	if (w->tlvs_len > sizeof(w->tlvs))
		return false;
	memcpy(w->tlvs, mnl_attr_get_payload(tlvs), w->tlvs_len);
	return true;
}

static int get_whoami(const struct nlmsghdr *nlh, void *data)
{
	struct sluice_whoami *w = data;
	struct table table = { 0 };

	memset(w, 0, sizeof(*w));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), get_attr, &table);
	if (get_endpoint(&table, SLUICE_A_WHOAMI_SENDER_ADDR,
			 SLUICE_A_WHOAMI_SENDER_PORT, &w->sender) &&
	    get_endpoint(&table, SLUICE_A_WHOAMI_SERVICE_ADDR,
			 SLUICE_A_WHOAMI_SERVICE_PORT, &w->service) &&
	    get_endpoint(&table, SLUICE_A_WHOAMI_CLIENT_ADDR,
			 SLUICE_A_WHOAMI_CLIENT_PORT, &w->client) &&
	    get_endpoint(&table, SLUICE_A_WHOAMI_HEADER_ADDR,
			 SLUICE_A_WHOAMI_HEADER_PORT, &w->destination) &&
	    w->sender.ss_family && w->service.ss_family && w->client.ss_family &&
	    get_rest(&table, w))
		return MNL_CB_OK;
	errno = EPROTO;
	return MNL_CB_ERROR;
}

/* An address as the kernel has it, IPv4 mapped; false if it is of no family of IP. */
static bool put_addr(struct nlmsghdr *nlh, int attr, const struct sockaddr *sa)
{
	unsigned char bytes[16] = { [10] = 0xff, [11] = 0xff };

	if (sa->sa_family == AF_INET)
		memcpy(bytes + 12, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	else
		return false;
	mnl_attr_put(nlh, attr, sizeof(bytes), bytes);
	return true;
}

static int ask(struct exchange *x, int fd, const struct sockaddr *peer,
	       const struct sockaddr *local, struct sluice_whoami *w)
{
	struct nlmsghdr *nlh;
	int err = find(x);

	if (err)
		return err;
	nlh = begin(x, x->family, SLUICE_CMD_WHOAMI, SLUICE_FAMILY_VERSION);
	mnl_attr_put_u32(nlh, SLUICE_A_WHOAMI_FD, fd);
	if (peer && !put_addr(nlh, SLUICE_A_WHOAMI_PEER_ADDR, peer))
		return -EAFNOSUPPORT;
	/* sin_port and sin6_port are in one place. */
	if (peer)
		mnl_attr_put_u16(nlh, SLUICE_A_WHOAMI_PEER_PORT,
				 ntohs(((const struct sockaddr_in *)peer)->sin_port));
	if (local && !put_addr(nlh, SLUICE_A_WHOAMI_LOCAL_ADDR, local))
		return -EAFNOSUPPORT;
	w->client.ss_family = AF_UNSPEC;
	err = talk(x, get_whoami, w);
	return err ? err : w->client.ss_family == AF_UNSPEC ? -EPROTO : 0;
}

int sluice_whoami_peer(int fd, const struct sockaddr *peer,
		       const struct sockaddr *local, struct sluice_whoami *w)
{
	struct exchange x;
	int err;

	x.nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!x.nl)
		return -errno;
	err = mnl_socket_bind(x.nl, 0, MNL_SOCKET_AUTOPID) ? -errno :
	      ask(&x, fd, peer, local, w);
	mnl_socket_close(x.nl);
	return err;
}

int sluice_whoami(int fd, struct sluice_whoami *w)
{
	return sluice_whoami_peer(fd, NULL, NULL, w);
}

bool sluice_tlv_next(const struct sluice_whoami *w, size_t *at, struct sluice_tlv *tlv)
{
	const unsigned char *p = w->tlvs + *at;
	size_t left = w->tlvs_len - *at, len;

	if (*at > w->tlvs_len || left < 3)
		return false;
	len = p[1] << 8 | p[2];
	if (len > left - 3)
		return false;
	*tlv = (struct sluice_tlv) { .type = p[0], .len = len, .value = p + 3 };
	*at += 3 + len;
	return true;
}

bool sluice_tlv_find(const struct sluice_whoami *w, unsigned int type,
		     struct sluice_tlv *tlv)
{
	size_t at = 0;

	while (sluice_tlv_next(w, &at, tlv))
		if (tlv->type == type)
			return true;
	return false;
}
