// Results of the identity pool's commands as lines for people.

import type { Denial } from "../commands/identity-attempt.ts";
import type { CredentialsResult } from "../commands/identity-credentials.ts";
import type { IdentityEnableResult } from "../commands/identity-enable.ts";
import type { IdentityItemsResult } from "../commands/identity-items.ts";
import type { IdentityPlan } from "../commands/identity-plan.ts";
import type { IdentityStatusResult } from "../commands/identity-status.ts";
import type { WriteResult } from "../commands/identity-write.ts";
import type { Finished } from "./command.ts";
import { exported } from "./exported-credentials.ts";
import { momentOf } from "./moment.ts";
import { renderItems, renderPlan, type Words } from "./render.ts";
import { statusRowLines } from "./render-status.ts";
import { shellOf } from "./shell.ts";
import { wrapped } from "./wrapped.ts";

export function renderIdentityEnable(result: IdentityEnableResult, words: Words): string[] {
  const { identity: chosen, plan, outcomes, removed, declined } = result;
  const { text, awsls, look } = words;
  const { identity, results } = text;
  if (declined) return [results.notChanged];
  if (outcomes.length === 0) {
    return [
      ...renderPlan(plan, words),
      ...removed.map(({ component, name }) => `  - ${text.label(component)} ${name}`),
    ];
  }
  const isChanged = removed.length > 0 || outcomes.some(({ outcome }) => outcome !== "none");
  return [
    isChanged ? identity.enabled : identity.wasEnabled,
    ...identity.who(chosen).flatMap((line) => wrapped(line, look.columns())),
    `${identity.next}  ${awsls("identity credentials")}`,
  ];
}

export function renderIdentityStatus(status: IdentityStatusResult, words: Words): string[] {
  const { identity: chosen, identityPoolId, resources, roles } = status;
  const { text, look } = words;
  const { identity, results } = text;
  return [
    ...wrapped(chosen === undefined ? identity.leftover : results.identityIs(chosen), look.columns(), "", "  "),
    ...(identityPoolId === undefined ? [] : [identity.poolIs(identityPoolId)]),
    "",
    ...resources.flatMap((row) => statusRowLines(row, words)),
    ...roles.flatMap(({ name, policy }) => ["", identity.roleMay(name), ...policyLines(policy, words)]),
  ];
}

function policyLines(policy: unknown, { text }: Words): string[] {
  if (policy === undefined) return [`  ${text.identity.noPolicy}`];
  return JSON.stringify(policy, null, 2)
    .split("\n")
    .map((line) => `  ${line}`);
}

/** Secrets are shown to whoever asks for them alone. */
export function finishCredentials(result: CredentialsResult, isExported: boolean): Finished {
  if (isExported) return exported(result);
  const { credentials: _secret, endpoint: _known, ...shown } = result;
  return { result: shown, lines: (words) => renderCredentials(result, words) };
}

function renderCredentials(result: CredentialsResult, { text, awsls, look }: Words): string[] {
  const { kind, expiration, expiresInSeconds } = result;
  const { identity } = text;
  const exporting = awsls(`identity credentials${kind === "guest" ? " --guest" : ""} --export`);
  return [
    ...identity.caller(result).flatMap((line) => wrapped(line, look.columns(), "", "  ")),
    identity.until(momentOf(Date.parse(expiration)), expiresInSeconds),
    ...wrapped(identity.may(result), look.columns()),
    `${identity.exportThem}  ${shellOf(process.platform).evaluate(exporting)}`,
  ];
}

export function renderIdentityItems(result: IdentityItemsResult, words: Words): string[] {
  const { kind, table, items, own, allowed, action } = result;
  const { text, look } = words;
  if (!allowed) return [...wrapped(text.identity.notRead(table, action), look.columns()), ...whyLines(result, words)];
  if (items.length === 0) return renderItems(result, words);
  const owned = new Set(own);
  const marked = items.map((item) => `${owned.has(String(item["id"])) ? "*" : " "} ${JSON.stringify(item)}`);
  return [
    ...wrapped(text.identity.itemsOf(kind, table), look.columns()),
    ...marked,
    ...(own.length > 0 ? [text.identity.ownRows] : []),
    ...(result.truncated ? [text.results.moreItems(items.length, table)] : []),
  ];
}

export function renderWrite(result: WriteResult, words: Words): string[] {
  const { identity } = words.text;
  const what = result.allowed ? identity.done(result) : identity.denied(result);
  return [...wrapped(what, words.look.columns()), ...whyLines(result, words)];
}

function whyLines(
  { reason, message, action, kind }: Partial<Denial> & Pick<WriteResult, "action" | "kind">,
  { text, look }: Words,
): string[] {
  const { identity } = text;
  return [
    ...(reason === undefined ? [] : wrapped(identity.reason(reason, action, kind), look.columns())),
    ...(message === undefined ? [] : wrapped(`${identity.awsSays} ${message}`, look.columns(), "", "  ")),
  ];
}

export function renderIdentityPlan({ planned }: IdentityPlan, { text, look }: Words): string[] {
  return wrapped(text.identity.wouldCall(planned), look.columns());
}
