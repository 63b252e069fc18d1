// What AWS documents of policies: asked of the local cloud's evaluator, and of one that others wrote, so that the answers
// are not ours alone. That one is tests' only: its licence (AGPL) keeps it out of the package.

import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import type { EvaluationResult, Simulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { decide, mentionedIn } from "../../src/local/iam/decision.ts";
import { parsePolicy } from "../../src/local/iam/policy-document.ts";
import type { Decision } from "../../src/local/service.ts";
import { ACCOUNT, READ, ROLE, SESSION, TABLE } from "./policy-cases/case.ts";
import type { Answer, PolicyCase } from "./policy-cases/case.ts";
import { CONDITION_CASES } from "./policy-cases/conditions.ts";
import { ELEMENT_CASES } from "./policy-cases/elements.ts";
import { POLICY_CASES } from "./policy-cases/policies.ts";
import { VARIABLE_CASES } from "./policy-cases/variables.ts";

const CASES = [...ELEMENT_CASES, ...CONDITION_CASES, ...VARIABLE_CASES, ...POLICY_CASES];

const documentOf = (statements: readonly object[], Version = "2012-10-17"): object => ({
  Version,
  Statement: statements.length > 0 ? statements : [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }],
});
const policyOf = (statements: readonly object[], version?: string) =>
  parsePolicy(JSON.stringify(documentOf(statements, version)));

const ANSWERS: Readonly<Record<Decision, Answer>> = {
  allowed: "allowed",
  deniedByIdentity: "denied",
  deniedByResource: "denied",
  deniedBySession: "denied",
  noIdentity: "not allowed",
  noSession: "not allowed",
};

/** What is not given is known to be absent. */
function ours({ role, version, session, of, action = READ, resource = TABLE, keys = {} }: PolicyCase): Answer {
  const identity = [policyOf(role, version)];
  const own = session && [policyOf(session)];
  const resourcePolicy = of && policyOf(of);
  const mentioned = mentionedIn([...identity, ...(own ?? []), ...(resourcePolicy ? [resourcePolicy] : [])]);
  const given = new Set(Object.keys(keys).map((key) => key.toLowerCase()));
  const absent = [...mentioned].filter((key) => !given.has(key)).map((key) => [key, []]);
  const context = { ...Object.fromEntries(absent), ...keys };
  const caller = { kind: "role", arn: SESSION, userId: "AROA:ada", roleArn: ROLE } as const;
  return ANSWERS[decide({ identity, session: own, mentioned }, caller, { action, resource }, resourcePolicy, context)];
}

/**
 * Without the check of its input, which leaves out the keys that AWS's reference does not list for the action, the identity
 * pool's among them; but only with it policies of sessions and resources are looked at.
 */
async function others(each: PolicyCase): Promise<Answer> {
  const { role, version, session, of, action = READ, resource = TABLE, keys = {} } = each;
  const simulation: Simulation = {
    request: {
      principal: SESSION,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, valueOf(value)])),
    },
    identityPolicies: [{ name: "role", policy: documentOf(role, version) }],
    ...(session && { sessionPolicy: documentOf(session) }),
    ...(of && { resourcePolicy: documentOf(of) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const options = { simulationMode: "Strict" } as const;
  if (session === undefined && of === undefined) return THEIRS[runUnsafeSimulation(simulation, options)];
  const checked = await runSimulation(simulation, options);
  if (checked.resultType === "error") throw new Error(JSON.stringify(checked.errors));
  return THEIRS[checked.overallResult];
}

const THEIRS: Readonly<Record<EvaluationResult, Answer>> = {
  Allowed: "allowed",
  ExplicitlyDenied: "denied",
  ImplicitlyDenied: "not allowed",
};

function valueOf(value: string | readonly string[]): string | string[] {
  return typeof value === "string" ? value : [...value];
}

it("has enough of them, each with a name of its own", () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});

describe("the local cloud's evaluator", () => {
  it.each(CASES.map((each) => [each.name, each.answer, each] as const))("%s: %s", (_name, answer, each) => {
    expect(ours(each)).toBe(answer);
  });
});

describe("@cloud-copilot/iam-simulate", () => {
  it.each(CASES.map((each) => [each.name, each.elsewhere?.answer ?? each.answer, each] as const))(
    "%s: %s",
    async (_name, answer, each) => {
      expect(await others(each)).toBe(answer);
    },
  );
});
