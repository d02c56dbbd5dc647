// SPDX-License-Identifier: GPL-2.0
/* Changes that are made in one step, or none of them. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"

void batch_begin(struct request *rq)
{
	request_begin(rq, SLUICE_CMD_BATCH, 0);
}

void batch_dry_run(struct request *rq)
{
	request_put_flag(rq, SLUICE_A_BATCH_DRY_RUN);
}

void batch_generation(struct request *rq, uint32_t generation)
{
	request_put_u32(rq, SLUICE_A_BATCH_GENERATION, generation);
}

uint32_t batch_change_begin(struct request *rq, const struct object *object,
			    unsigned int use, const char *name)
{
	uint16_t type = use & ATTR_ADD ? object->in_batch.add :
			use & ATTR_SET ? object->in_batch.set :
					 object->in_batch.del;

	return request_object_begin(rq, type, name, object->attrs);
}

void batch_change_end(struct request *rq, uint32_t nest)
{
	request_object_end(rq, nest);
}

static int on_done(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[SLUICE_A_BATCH_MAX + 1];
	struct batch_done *done = data;

	nlsock_parse(nlh, tb, SLUICE_A_BATCH_MAX);
	if (tb[SLUICE_A_BATCH_GENERATION])
		done->generation =
			mnl_attr_get_u32(tb[SLUICE_A_BATCH_GENERATION]);
	if (tb[SLUICE_A_BATCH_COUNT])
		done->count = mnl_attr_get_u32(tb[SLUICE_A_BATCH_COUNT]);
	return MNL_CB_OK;
}

int batch_send(struct request *rq, struct batch_done *done,
	       struct nlsock_error *err)
{
	memset(done, 0, sizeof(*done));
	if (nlsock_talk(rq, on_done, done, err) == EMSGSIZE && !*err->text)
		snprintf(err->text, sizeof(err->text),
			 "too many changes at once for the limit of socket buffers, see net.core.wmem_max");
	return err->code;
}
