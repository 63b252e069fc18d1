// The policy that `awsls permissions` prints is enough for everything that awsls does, no action of it is for nothing, and whoever
// lacks one is told which.

import { CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../src/cli/text/catalogue.ts";
import { problems } from "../../src/cli/text/en/problems.ts";
import { permissions } from "../../src/commands/permissions.ts";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import { down } from "../../src/commands/down.ts";
import { enableIdentity } from "../../src/commands/identity-enable.ts";
import { createStep } from "../../src/commands/step-create.ts";
import { enableTimer } from "../../src/commands/timer-enable.ts";
import { up } from "../../src/commands/up.ts";
import { namesOf } from "../../src/core/names.ts";
import { Problem } from "../../src/core/problem.ts";
import type { GrantingPolicy } from "../../src/stack/grants.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { type Command, journeyOf } from "./rights/journey.ts";
import { actionsOf, inNoTime, openPerson, type Person, RoleName, runOn, without } from "./rights/person.ts";
import { usedIn } from "./rights/used.ts";

const SLOW = { timeout: 240_000 };
/** Read to tell whose a thing is. Of what is recorded nothing has to be read. */
const TAGS = [
  "dynamodb:ListTagsOfResource",
  "events:ListTagsForResource",
  "lambda:ListTags",
  "logs:ListTagsForResource",
];
/** Whoever lacks these is told otherwise: see the tests below. */
const APART = ["iam:CreateServiceLinkedRole", ...TAGS];
/** Without them a command does the rest of its work, and says that. */
const IN_PASSING = ["dynamodb:DeleteItem", "iam:SimulatePrincipalPolicy"];
/**
 * AWS has been seen to ask for the first two when something is made with tags, the local cloud does not; the third is for a client
 * with a secret, which it has none of.
 */
const NOT_HERE = ["apigateway:PUT", "apigateway:TagResource", "cognito-idp:DeleteUserPoolClient"];

let cloud: TestCloud;
let person: Person;
let policy: GrantingPolicy;
beforeAll(async () => {
  // A minute of a schedule takes a quarter of a second.
  cloud = await startTestCloud({ speed: 240 });
  person = await openPerson(cloud);
  const place = { partition: "aws", region: cloud.config.region, account: "000000000000" };
  policy = await permissions({ names: namesOf("http-crud-tutorial"), place }, {});
});
afterAll(async () => {
  person.close();
  await cloud.close();
});

/** What somebody reads of it: the problem's words, or what the command found and said in passing. */
async function told(command: Command): Promise<{ readonly failed: boolean; readonly words: string }> {
  const { events } = person.stack;
  const before = events.length;
  try {
    const result = await runOn(person.stack, (context) => command.run(inNoTime(context)));
    const notices = events.slice(before).filter(({ type }) => type === "notice");
    return { failed: false, words: JSON.stringify([result, notices]) };
  } catch (error) {
    if (!(error instanceof Problem)) return { failed: true, words: `no Problem: ${String(error)}` };
    const { what, details = "", todo } = explain(problems, error);
    return { failed: true, words: [what, details, todo].join("\n") };
  }
}

/** `up` takes a rule whose tags it cannot read for anybody's, and the stack for one without a timer. */
const turnedOn: Command = { name: "timer enable", run: (context) => enableTimer(context, {}) };

const names = (action: string, words: string): boolean => new RegExp(`${action}\\b`).test(words);

it(
  "is enough for every command, and without any one action the first command that needs it names it",
  SLOW,
  async () => {
    const unproven = new Set(actionsOf(policy).filter((action) => ![...APART, ...NOT_HERE].includes(action)));
    const wordless: string[] = [];
    const inPassing: string[] = [];
    const withAll = async (command: Command): Promise<ReadonlySet<string>> => {
      await person.may(policy);
      await command.before?.();
      await cloud.clearRequests();
      await runOn(person.stack, (context) => command.run(context));
      const requests = (await cloud.requests()).filter(({ principal }) => principal.includes(`/${RoleName}/`));
      expect(
        requests.filter(({ code }) => code?.startsWith("AccessDenied") === true),
        command.name,
      ).toEqual([]);
      return usedIn(requests);
    };
    for (const command of journeyOf(cloud, person)) {
      const used = await withAll(command).catch((error: unknown) => {
        throw new Error(`${command.name} does not work`, { cause: error });
      });
      const candidates = [...used].filter((action) => unproven.has(action));
      for (const action of candidates) {
        await person.may(policy);
        await command.before?.();
        await person.may(without(policy, action));
        const { failed, words } = await told(command);
        // Not needed: it does without, or there was nothing to do for it any more.
        if (names(action, words)) {
          unproven.delete(action);
          if (!failed) inPassing.push(action);
        } else if (failed) wordless.push(`${command.name} without ${action}: ${words}`);
      }
      if (candidates.length > 0) await withAll(command);
    }
    expect(wordless).toEqual([]);
    expect([...unproven]).toEqual([]);
    expect(inPassing).toEqual(IN_PASSING);
  },
);

describe("what is told otherwise", () => {
  beforeAll(async () => {
    await runOn(person.owner, down);
    await person.may(policy);
    await runOn(person.stack, up);
    await runOn(person.stack, (context) => enableTimer(context, {}));
  });

  it.each(TAGS)(
    "%s: what has tags that cannot be read is nobody's, if nothing else says whose it is",
    async (action) => {
      const { stack } = person;
      await person.may(without(policy, action));
      await runOn(stack, up);
      const state = readFileSync(stack.statePath);
      rmSync(stack.statePath);
      const { failed, words } = await told(action.startsWith("events:") ? turnedOn : { name: "up", run: up });
      writeFileSync(stack.statePath, state);
      expect({ failed, isNamed: names(action, words) }, words).toEqual({ failed: true, isNamed: true });
    },
  );

  it("iam:PassRole, by Cognito: in other words, which do not name it, and after a wait for a role that may be too fresh", async () => {
    await person.may(policy);
    await runOn(person.stack, (context) => enableAuth(context, {}));
    await person.may(without(policy, "iam:PassRole"));
    const { failed, words } = await told({
      name: "identity enable",
      run: (context) => enableIdentity(context, { guests: true }),
    });
    expect({ failed, isNamed: names("iam:PassRole", words) }, words).toEqual({ failed: true, isNamed: true });
  });

  it("iam:CreateServiceLinkedRole: only with the first API of an account, and API Gateway does not name it", async () => {
    const fresh = await startTestCloud();
    const newcomer = await openPerson(fresh);
    try {
      for (const noun of ["table", "function"]) await createStep(await newcomer.owner.context(), noun);
      await newcomer.may(without(policy, "iam:CreateServiceLinkedRole"));
      const context = await newcomer.stack.context();
      await expect(createStep(context, "api")).rejects.toMatchObject({
        code: "AwsRefused",
        data: {
          operation: "CreateApi",
          message: "Caller does not have permissions to create a Service Linked Role.",
          missing: "iam:CreateServiceLinkedRole",
        },
      });
      await newcomer.may(policy);
      await createStep(await newcomer.stack.context(), "api");
    } finally {
      newcomer.close();
      await fresh.close();
    }
  });
});

it("IAM takes it as it is, also for the longest name of a stack", async () => {
  const iam = new IAMClient(cloud.config);
  for (const partition of ["aws", "aws-cn", "aws-us-gov"]) {
    const place = { partition, region: "ap-northeast-2", account: "123456789012" };
    const longest = await permissions({ names: namesOf(`a${"b".repeat(35)}`), place }, {});
    const PolicyDocument = JSON.stringify(longest);
    expect(PolicyDocument.length, partition).toBeLessThanOrEqual(6144);
    await iam.send(new CreatePolicyCommand({ PolicyName: `longest-${partition}`, PolicyDocument }));
  }
});
