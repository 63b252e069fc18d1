// English.

import type { Catalogue } from "./catalogue.ts";
import { entries } from "./en/entries.ts";
import { authAdmin } from "./en/auth-admin.ts";
import { identity } from "./en/identity.ts";
import * as help from "./en/help.ts";
import { label, titleOf } from "./en/labels.ts";
import { notices } from "./en/notices.ts";
import { permissions } from "./en/permissions.ts";
import { problems } from "./en/problems.ts";
import { progress } from "./en/progress.ts";
import { results } from "./en/results.ts";
import { rows } from "./en/rows.ts";
import { signIn } from "./en/sign-in.ts";
import { takeover } from "./en/takeover.ts";
import { auth } from "./en/auth.ts";
import { timer } from "./en/timer.ts";

export const en: Catalogue = {
  problems,
  notices,
  progress,
  results,
  takeover,
  rows,
  timer,
  auth,
  entries,
  signIn,
  authAdmin,
  identity,
  permissions,
  help,
  label,
  title: titleOf,
};
