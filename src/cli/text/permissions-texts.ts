// What `awsls permissions --check` says.

import type { Lacking, PermissionsReport, Untold } from "../../commands/permissions-check.ts";

export interface PermissionsTexts {
  /** Who was asked about, in a line or two. */
  caller(report: PermissionsReport): readonly string[];
  readonly lacks: Readonly<Record<Lacking["why"], string>>;
  untold(untold: Untold): string;
  /** What comes of it, in a line or more. */
  verdict(report: PermissionsReport): readonly string[];
  /** The command that prints it follows. */
  readonly policy: string;
}
