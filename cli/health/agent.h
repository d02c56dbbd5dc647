/* SPDX-License-Identifier: GPL-2.0 */
/* Asking agents, beside checks. What they say is says.h's. */
#ifndef SLUICE_HEALTH_AGENT_H
#define SLUICE_HEALTH_AGENT_H

#include "check.h"

/**
 * agent_ask() - Ask the agent of a backend, unless it is being asked.
 * @check: of the backend; check_said() is called if the agent has said something
 */
void agent_ask(struct check *check);

/* Do not wait for it any more. */
void agent_leave(struct check *check);

#endif /* SLUICE_HEALTH_AGENT_H */
