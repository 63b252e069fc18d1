// Results of commands as lines for people: stdout of everything but --json.

import type { DetachResult } from "../commands/step-delete.ts";
import type { LocalEnvironment, LocalStatus } from "../commands/local.ts";
import type { RemovalResult } from "../commands/removal.ts";
import type { StatusResult } from "../commands/status.ts";
import type { ShowResult } from "../commands/step-show.ts";
import type { StepResult } from "../commands/step-create.ts";
import type { ItemsResult } from "../commands/table-items.ts";
import type { TestResult } from "../commands/test.ts";
import type { UpResult } from "../commands/up.ts";
import type { Change } from "../core/change.ts";
import type { Planned } from "../stack/plan.ts";
import type { Invocation } from "./invocation.ts";
import { en } from "./text/en.ts";

export function renderUp(result: UpResult, awsls: Invocation): string[] {
  const { url, outcomes, ms, plan } = result;
  if (outcomes.length === 0) return renderPlan(plan);
  const changed = outcomes.filter(({ outcome }) => outcome !== "none").length;
  const summary =
    changed === 0
      ? "Nothing to do: everything is as it should be"
      : `${changed} of ${outcomes.length} resources made or changed`;
  return [
    `${summary} (${en.seconds(ms)})`,
    "",
    `  ${url ?? ""}/items`,
    "",
    `Try it:  ${awsls("test")}`,
    `         curl ${url ?? ""}/items`,
  ];
}

export function renderStep(result: StepResult, awsls: Invocation): string[] {
  const { outcomes, plan, step, next } = result;
  if (outcomes.length === 0) return renderPlan(plan);
  const changed = outcomes.some(({ outcome }) => outcome !== "none");
  return [`Step ${step} ${changed ? "done" : "was done already: nothing to do"}. Next:  ${awsls(next)}`];
}

function renderPlan(plan: readonly Planned[]): string[] {
  const todo = plan.filter(({ action }) => action !== "none");
  if (todo.length === 0) return ["Nothing would change."];
  const signs = { create: "+", update: "~", replace: "±", delete: "-", none: " " } as const;
  return [
    "This would change (nothing was changed):",
    ...todo.flatMap(({ subject, action, changes }) => [
      `  ${signs[action]} ${en.label(subject.component)} ${subject.name}`,
      ...changes.map((change) => `      ${renderChange(change)}`),
    ]),
  ];
}

function renderChange({ field, from, to }: Change): string {
  return `${field}: ${print(from)} → ${print(to)}`;
}

function print(value: unknown): string {
  if (value === undefined) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function renderRemoval(result: RemovalResult): string[] {
  const { deleted, planned, declined, ms } = result;
  if (declined) return ["Nothing was deleted."];
  if (planned.length > 0) {
    return [
      "This would be deleted (nothing was):",
      ...planned.map(({ component, name }) => `  - ${en.label(component)} ${name}`),
    ];
  }
  if (deleted.length === 0) return ["Nothing to do: it is not there."];
  return [`${deleted.length === 1 ? "1 resource" : `${deleted.length} resources`} deleted (${en.seconds(ms)}).`];
}

export function renderDetach({ detached }: DetachResult, awsls: Invocation): string[] {
  return [
    detached === 0
      ? "Nothing to do: no route has a target."
      : `${detached} routes detached. Attach them again:  ${awsls("routes attach")}`,
  ];
}

export function renderShow({ shown }: ShowResult): string[] {
  return shown.flatMap(({ subject, live, tags }, index) => [
    ...(index === 0 ? [] : [""]),
    `${en.label(subject.component)} ${subject.name}`,
    ...JSON.stringify({ ...(live as object), ...(tags === undefined ? {} : { tags }) }, null, 2)
      .split("\n")
      .slice(1, -1),
  ]);
}

export function renderStatus({ stack, target, resources, url, next }: StatusResult, awsls: Invocation): string[] {
  const signs = { exists: "✔", missing: "·", drifted: "~", foreign: "!", unknown: "?" } as const;
  return [
    `${stack} on ${target.kind === "local" ? "the local cloud" : (target.endpoint ?? `AWS account ${target.account}`)}, ${target.region}`,
    "",
    ...resources.flatMap(({ subject, step, condition, changes }) => [
      `${signs[condition]} ${step}  ${en.label(subject.component).padEnd(11)}  ${condition.padEnd(7)}  ${subject.name}`,
      ...changes.map((change) => `                 ${renderChange(change)}`),
    ]),
    "",
    ...(url === undefined ? [] : [`URL:   ${url}/items`]),
    `Next:  ${awsls(next)}`,
  ];
}

export function renderTest({ exchanges, kept, item, url }: TestResult): string[] {
  return [
    `All ${exchanges.length} requests answered as they should.`,
    ...(kept ? [`Item ${item.id} is kept: curl ${url}/items/${encodeURIComponent(item.id)}`] : []),
  ];
}

export function renderItems({ items, truncated, table }: ItemsResult): string[] {
  if (items.length === 0) return [`${table} is empty.`];
  return [...items.map((item) => JSON.stringify(item)), ...(truncated ? ["…"] : [])];
}

export function renderLocal({ running, cloud, folder, hasData }: LocalStatus, awsls: Invocation): string[] {
  if (cloud !== undefined && running) {
    const stays = cloud.startedBy === "user" ? "until `local stop`" : "until the last stack is gone";
    return [
      `Running on ${cloud.url} (${cloud.region}, account ${cloud.account}, process ${cloud.pid}), ${stays}.`,
      `Data: ${folder}`,
    ];
  }
  return [
    hasData ? `Stopped; its data is in ${folder}. Start it:  ${awsls("local start")}` : "There is no local cloud here.",
  ];
}

/** Shell lines; PowerShell's on Windows. */
export function renderEnvironment({ variables, unset }: LocalEnvironment, platform: NodeJS.Platform): string[] {
  const isPowerShell = platform === "win32";
  return [
    ...Object.entries(variables).map(([name, value]) =>
      isPowerShell ? `$Env:${name} = '${value}'` : `export ${name}='${value}'`,
    ),
    ...unset.map((name) => (isPowerShell ? `$Env:${name} = $null` : `unset ${name}`)),
  ];
}
