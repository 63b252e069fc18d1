// `awsls permissions --check`: which of the rights the caller lacks. Where IAM cannot tell, that is said, and nothing else.

import { isAwsError } from "../aws/errors.ts";
import { missingRightIn } from "../aws/missing-right.ts";
import { FINDING_RIGHTS } from "../resources/iam/role.ts";
import { type Simulation, simulate, type Verdict } from "../resources/iam/simulation.ts";
import type { IamAction } from "../resources/rights.ts";
import type { Grant } from "../stack/grants.ts";
import { problemIn } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { stackGrants } from "./permissions.ts";
import { type Caller, findCaller, type Unasked } from "./permissions-caller.ts";

export interface RightsOn {
  readonly actions: readonly string[];
  /** As the policy has it. */
  readonly resource: string;
}

export interface Lacking extends RightsOn {
  readonly why: "noStatement" | "explicitDeny" | "permissionsBoundary";
}

export interface Untold extends RightsOn {
  /** "conditions": policies ask for these keys, whose values only a real call has. */
  readonly why: "conditions" | "organizations";
  readonly keys: readonly string[];
}

export interface PermissionsReport {
  readonly stack: string;
  readonly caller: string;
  /** Whose policies were asked about. */
  readonly entity?: string;
  /** "allowed" says what IAM says of policies: of sessions of roles it is never said. */
  readonly verdict: "allowed" | "lacking" | "couldNotTell";
  /** How many rights on how many resources, each on each. */
  readonly asked: number;
  readonly lacking: readonly Lacking[];
  readonly untold: readonly Untold[];
  /** Why nothing could be told at all. */
  readonly nothing?: { readonly why: Unasked } | { readonly why: "refused"; readonly missing: string };
  /** The caller is a session: whether it was given less than its role is not shown by anything. */
  readonly isSession: boolean;
}

/** Where AWS says that IAM's calls come from. */
const IAM_REGIONS: Readonly<Record<string, string>> = { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };

/** @throws {Problem} what AWS refuses for other reasons than a missing right */
export async function checkPermissions(context: StackContext): Promise<PermissionsReport> {
  const { session, settings } = context;
  const caller = await findCaller(context);
  const report = { stack: session.names.stack, caller: caller.arn, isSession: caller.isSession };
  const nothing = { ...report, verdict: "couldNotTell", asked: 0, lacking: [], untold: [] } as const;
  const { entity, unasked = "unknownCaller" } = caller;
  if (entity === undefined) return { ...nothing, nothing: { why: unasked } };
  const grants = await stackGrants(session, settings);
  const questions = questionsOf(grants, session.place);
  try {
    const answers = await Promise.all(questions.map((question) => ask(context, entity, question)));
    return { ...report, entity, ...toReport(caller, withoutAbsent(answers.flat(), grants)) };
  } catch (error) {
    const isElsewhere = caller.isGuessed === true && isAwsError(error, "NoSuchEntityException", "NoSuchEntity");
    const missing = isElsewhere ? FINDING_RIGHTS.itself.join(", ") : missingRightIn(error);
    if (missing !== undefined) return { ...nothing, entity, nothing: { why: "refused", missing } };
    throw problemIn(session, { component: "role", name: entity }, error);
  }
}

/** What one call of the simulator can be asked: the same resources and condition keys for all actions. */
interface Question {
  readonly actions: readonly IamAction[];
  /** Example → as the policy has it. */
  readonly resources: ReadonlyMap<string, string>;
  readonly context: NonNullable<Simulation["context"]>;
}

function questionsOf(grants: readonly Grant[], place: StackContext["session"]["place"]): Question[] {
  const questions = new Map<string, Question>();
  for (const each of grants.flatMap(formsOf)) {
    const resources = new Map(each.arns.map((arn, index) => [each.examples?.[index] ?? exampleOf(arn), arn]));
    const key = JSON.stringify([[...resources.keys()], each.condition]);
    const actions = [...(questions.get(key)?.actions ?? []), ...each.actions];
    questions.set(key, { actions: [...new Set(actions)], resources, context: contextOf(each, place) });
  }
  return [...questions.values()].filter(({ actions }) => actions.length > 0);
}

/** Of forms of one ARN, each with the actions that are looked at by it. */
function formsOf(grant: Grant): Grant[] {
  if (grant.isTaggedApart !== true) return [grant];
  const { isTaggedApart: _apart, ...rest } = grant;
  const isOfTags = (action: string): boolean => /Tag/.test(action);
  const form = (from: number, to: number | undefined, actions: readonly IamAction[]): Grant => ({
    ...rest,
    actions,
    arns: rest.arns.slice(from, to),
    ...(rest.examples === undefined ? {} : { examples: rest.examples.slice(from, to) }),
  });
  return [
    form(0, 1, rest.actions.filter(isOfTags)),
    form(
      1,
      undefined,
      rest.actions.filter((action) => !isOfTags(action)),
    ),
  ];
}

/** A name or id that nothing has: policies about certain ones do not allow it. */
function exampleOf(arn: string): string {
  return arn === "*" ? arn : arn.replaceAll("*", "awsls");
}

/** What is known of every such call. */
function contextOf(
  { actions, condition = {} }: Grant,
  { partition, region }: StackContext["session"]["place"],
): Question["context"] {
  const isIam = actions.some((action) => action.startsWith("iam:"));
  return {
    ...condition,
    "aws:RequestedRegion": isIam ? (IAM_REGIONS[partition] ?? "us-east-1") : region,
    "aws:SecureTransport": true,
  };
}

interface Answer extends Verdict {
  /** As the policy has it. */
  readonly pattern: string;
}

async function ask(
  { session }: StackContext,
  policySourceArn: string,
  { actions, resources, context }: Question,
): Promise<Answer[]> {
  const examples = [...resources.keys()];
  // Left out, it is all of them; some actions are about nothing else.
  const asked = examples[0] === "*" ? {} : { resources: examples };
  const verdicts = await simulate(session.clients, { policySourceArn, actions, context, ...asked });
  return verdicts.map((verdict) => ({ ...verdict, pattern: resources.get(verdict.resource) ?? verdict.resource }));
}

/** Keys that AWS sends along with certain actions alone: with all others they are absent, which IAM cannot be told. */
function withoutAbsent(answers: readonly Answer[], grants: readonly Grant[]): Answer[] {
  const special = new Set(grants.flatMap(({ condition = {} }) => Object.keys(condition)));
  return answers.map((answer) => ({
    ...answer,
    missingContext: answer.missingContext.filter((key) => !special.has(key)),
  }));
}

type Told = Pick<PermissionsReport, "verdict" | "asked" | "lacking" | "untold">;

function toReport({ isSession }: Caller, answers: readonly Answer[]): Told {
  const untold = together(answers.flatMap(untoldOf));
  const lacking = together(answers.flatMap((answer) => (untoldOf(answer).length > 0 ? [] : lackingOf(answer))));
  const isCertain = untold.length === 0 && !isSession;
  const verdict = lacking.length > 0 ? "lacking" : isCertain ? "allowed" : "couldNotTell";
  return { verdict, asked: answers.length, lacking, untold };
}

function untoldOf({ action, pattern, decision, missingContext, limitedBy }: Answer): Untold[] {
  const of = { actions: [action], resource: pattern };
  if (missingContext.length > 0) return [{ ...of, why: "conditions", keys: missingContext }];
  // Of an organization's policies IAM sees a part.
  const isLimited = limitedBy.includes("organizations") || (decision === "allowed" && limitedBy.length > 0);
  return isLimited ? [{ ...of, why: "organizations", keys: [] }] : [];
}

function lackingOf({ action, pattern, decision, limitedBy }: Answer): Lacking[] {
  if (decision === "allowed") return [];
  const why = limitedBy.includes("permissionsBoundary") ? "permissionsBoundary" : "noStatement";
  return [{ actions: [action], resource: pattern, why: decision === "explicitDeny" ? "explicitDeny" : why }];
}

/** Actions on one resource, for one reason, are told together. */
function together<T extends RightsOn>(all: readonly T[]): T[] {
  const groups = new Map<string, T>();
  for (const each of all) {
    const key = JSON.stringify({ ...each, actions: [] });
    groups.set(key, { ...each, actions: [...(groups.get(key)?.actions ?? []), ...each.actions] });
  }
  return [...groups.values()]
    .map((each) => ({ ...each, actions: each.actions.toSorted() }))
    .toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
}
