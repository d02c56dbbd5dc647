/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of a configuration. Their tables drive the command line, help,
 * completion and the configuration file alike.
 */
#ifndef SLUICE_OBJECTS_H
#define SLUICE_OBJECTS_H

#include "attr.h"

/**
 * struct object - what can be configured
 * @name: first word of its commands
 * @attrs: its attributes; ATTR_ADD and ATTR_SET tell the options
 * @get: request that shows it
 * @in_batch: the change of a batch that adds, sets, deletes it; 0 if there is
 *	none
 */
struct object {
	const char *name;
	const struct attr *attrs;
	uint8_t get;
	struct {
		uint16_t add;
		uint16_t set;
		uint16_t del;
	} in_batch;
};

/*
 * No names of services, as `stats` takes one where it takes these; nor of pools, as
 * the two may bear one name. The module refuses them as well.
 */
#define OBJECT_NO_NAMES		"reset", "rate", "help"

extern const struct object service_object;
extern const struct object pool_object;
extern const struct object backend_object;
extern const struct object rule_object;
extern const struct object limits_object;

extern const struct attr service_attrs[];
extern const struct attr pool_attrs[];
extern const struct attr backend_attrs[];
extern const struct attr rule_attrs[];
extern const struct attr flow_attrs[];
/* Of a network namespace: SLUICE_CMD_GET_INFO and SLUICE_CMD_SET_INFO */
extern const struct attr limits_attrs[];

/* Methods that a pool may have, versions of headers by number */
extern const char *const object_methods[];
extern const char *const object_headers[];

#endif /* SLUICE_OBJECTS_H */
