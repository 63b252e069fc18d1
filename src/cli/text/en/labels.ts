// What AWS's things are called.

import type { Maker, TargetData } from "../../../core/problem.ts";

const LABELS: Readonly<Record<string, string>> = {
  table: "table",
  role: "role",
  logGroup: "log group",
  function: "function",
  api: "HTTP API",
  stage: "stage",
  routes: "routes",
  integration: "integration",
  permission: "permission",
  policy: "policy",
  timerRole: "role",
  timerLogGroup: "log group",
  timerFunction: "function",
  timerRule: "rule",
  timerTarget: "target",
  timerPermission: "permission",
};

export function label(component: string): string {
  return LABELS[component] ?? component;
}

/** `AWS account 123456789012 in eu-central-1`. */
export function placeOf({ kind, endpoint, region, account }: TargetData): string {
  if (kind === "local") return `the local cloud (${region})`;
  return kind === "aws" ? `AWS account ${account} in ${region}` : `${endpoint} (${region})`;
}

/** Whose a resource is, as its tags say. */
export function madeBy({ stack, region, owner, origin }: Maker): string {
  return `stack ${stack} in ${region}, made by ${owner} from ${origin}`;
}

/** Name and, where names are not unique, id. */
export function titleOf({ name, id }: { readonly name: string; readonly id?: string | undefined }): string {
  return id === undefined ? name : `${name} ${id}`;
}

/** `2026-11-20 09:30 UTC`. */
export function momentOf(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/** The first few by what stands behind account and region. */
export function shortArns(arns: readonly string[]): string {
  return fewOf(arns.map((arn) => arn.split(":").slice(5).join(":")));
}

export function fewOf(names: readonly string[]): string {
  return `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}
