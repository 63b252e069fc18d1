// The command table, in the order of `--help`. Its words are in the catalogue.

import type { Command } from "./command.ts";
import { AUTH_COMMANDS } from "./commands/auth.ts";
import { AUTH_USER_COMMANDS } from "./commands/auth-user.ts";
import { AUTH_ADMIN_COMMANDS } from "./commands/auth-admin.ts";
import { IDENTITY_COMMANDS } from "./commands/identity.ts";
import { LOCAL_COMMANDS } from "./commands/local.ts";
import { PERMISSION_COMMANDS } from "./commands/permissions.ts";
import { LOG_COMMANDS } from "./commands/logs.ts";
import { STACK_COMMANDS } from "./commands/stack.ts";
import { STEP_COMMANDS } from "./commands/steps.ts";
import { TIMER_COMMANDS } from "./commands/timer.ts";
import type { OptionFlags } from "./text/catalogue.ts";

export const COMMANDS: readonly Command[] = [
  ...STACK_COMMANDS,
  LOG_COMMANDS.logs,
  ...PERMISSION_COMMANDS,
  ...STEP_COMMANDS,
  ...TIMER_COMMANDS,
  ...AUTH_COMMANDS,
  ...AUTH_USER_COMMANDS,
  ...AUTH_ADMIN_COMMANDS,
  ...IDENTITY_COMMANDS,
  ...LOCAL_COMMANDS,
];

export const GLOBAL_OPTIONS: readonly OptionFlags[] = [
  "--local",
  "--stack <name>",
  "--profile <name>",
  "--region <region>",
  "--endpoint-url <url>",
  "--state <file>",
  "--json",
  "-y, --yes",
  "--dry-run",
  "--verbose",
  "--no-color",
];
