// Drift: what is changed or deleted by hand is named by `status` and `--dry-run` and repaired by `up`; what is not ours stays.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { enableAuth } from "../../src/commands/auth-enable.ts";
import type { StackContext } from "../../src/commands/context.ts";
import { down } from "../../src/commands/down.ts";
import { enableIdentity } from "../../src/commands/identity-enable.ts";
import { status } from "../../src/commands/status.ts";
import { enableTimer } from "../../src/commands/timer-enable.ts";
import { up } from "../../src/commands/up.ts";
import type { Change } from "../../src/core/change.ts";
import { startTestCloud, type TestCloud } from "../cloud.ts";
import { openTestStack, type TestStack } from "../session.ts";
import { byHandOn, type ByHand } from "./drift/by-hand.ts";
import { DELETIONS } from "./drift/deletions.ts";
import { ELSEWHERE, FIELDS, IDENTIFIERS } from "./drift/fields.ts";
import { KEPT } from "./drift/kept.ts";
import type { DriftRow, Seen } from "./drift/row.ts";

let cloud: TestCloud;
let stack: TestStack;
let aws: ByHand;
beforeAll(async () => {
  cloud = await startTestCloud();
  aws = byHandOn(cloud);
  stack = openTestStack(cloud);
  await up(await stack.context());
  await enableTimer(await stack.context(), {});
  await enableAuth(await stack.context(), {});
  await enableIdentity(await stack.context(), { guests: true, admins: true });
});
afterAll(async () => {
  await down(await stack.context());
  stack.close();
  await cloud.close();
});
beforeEach(async () => {
  await up(await stack.context());
});
afterEach(() => stack.release());

/** PutItem is the timer's own, which may run meanwhile; Scan and DeleteItem are the function's, asked whether its routes are open. */
const READING = /^(Get|List|Describe|PutItem|Scan|DeleteItem)/;

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  await cloud.clearRequests();
  await work();
  const operations = (await cloud.requests()).map(({ operation }) => operation);
  return operations.filter((operation) => !READING.test(operation)).toSorted();
}

const context = (more: Partial<StackContext> = {}): Promise<StackContext> =>
  stack.context().then((usual) => ({ ...usual, ...more }));

const toFields = (changes: readonly Change[]): Record<string, [unknown, unknown]> =>
  Object.fromEntries(changes.map(({ field, from, to }) => [field, [from, to]]));

/** What `status` does not find as it should be. */
async function seenByStatus(): Promise<Record<string, Seen>> {
  const { resources } = await status(await context());
  return Object.fromEntries(
    resources
      .filter(({ condition }) => condition !== "exists")
      .map(({ subject, condition, changes }) => [
        subject.component,
        condition === "missing" ? condition : toFields(changes),
      ]),
  );
}

/** What `up --dry-run` would do. */
async function planned(): Promise<Record<string, unknown>> {
  const { plan } = await up(await context({ dryRun: true }));
  return Object.fromEntries(
    plan
      .filter(({ action }) => action !== "none")
      .map(({ subject, action, changes }) => [subject.component, action === "create" ? action : toFields(changes)]),
  );
}

function expectedPlan({ seen, also = {} }: DriftRow): Record<string, unknown> {
  const wanted = Object.entries(seen).map(([id, what]) => [id, what === "missing" ? "create" : what]);
  return { ...(Object.fromEntries(wanted) as Record<string, unknown>), ...also };
}

const unchanged = async (): Promise<void> => {
  expect(await writesOf(async () => up(await context()))).toEqual([]);
  expect(await seenByStatus()).toEqual({});
};

async function isRepaired(row: DriftRow): Promise<void> {
  await row.by(aws);
  expect(await seenByStatus()).toEqual(row.seen);
  let plan: unknown;
  expect(await writesOf(async () => (plan = await planned()))).toEqual([]);
  expect(plan).toEqual(row.detached === true ? expect.objectContaining(expectedPlan(row)) : expectedPlan(row));
  expect(await writesOf(async () => up(await context()))).toEqual(row.writes);
  await unchanged();
}

describe("changed by hand: named, and repaired with the writes that it takes", () => {
  it.each(FIELDS)("$what ($member)", isRepaired);
});

describe("deleted by hand: named, and made again", () => {
  it.each(DELETIONS)("$what", isRepaired);
});

describe("not ours: not named, not touched, also beside a repair of the same thing", () => {
  it.each(KEPT)("$what", async ({ by, look, beside, undo }) => {
    await by(aws);
    const before = await look(aws);
    expect(before).toBeDefined();
    await up(await context());
    expect(await look(aws)).toEqual(before);
    await unchanged();
    if (beside !== undefined) {
      const neighbour = FIELDS.find(({ what }) => what === beside);
      if (neighbour === undefined) throw new Error(`no row "${beside}"`);
      await neighbour.by(aws);
      await undoesNothing(look, before, () => context().then(up));
    }
    await undo?.(aws);
    await unchanged();
  });

  async function undoesNothing(
    look: (aws: ByHand) => Promise<unknown>,
    before: unknown,
    repair: () => Promise<unknown>,
  ): Promise<void> {
    expect(await writesOf(repair)).not.toEqual([]);
    expect(await look(aws)).toEqual(before);
    await unchanged();
  }
});

describe("every member of every spec has a row", () => {
  const covered = new Set([...FIELDS.map(({ member }) => member), ...IDENTIFIERS, ...ELSEWHERE]);

  it.each(specMembers())("%s", (member) => {
    expect(covered.has(member), "a row in test/resources/drift/fields.ts, or an identifier there").toBe(true);
  });

  it("and no row is about a member that there is not", () => {
    const all = new Set(specMembers());
    expect([...covered].filter((member) => member !== undefined && !all.has(member))).toEqual([]);
  });
});

/** `TableSpec.tags`, … : read from the sources, so that a new member asks for its row. */
function specMembers(): string[] {
  const folder = fileURLToPath(new URL("../../src/resources", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const bodies = new Map<string, { parent: string | undefined; members: string[] }>();
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    for (const [, name = "", parent, body = ""] of text.matchAll(
      /^export interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}/gms,
    )) {
      const members = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = ""]) => member);
      bodies.set(name, { parent, members });
    }
  }
  return [...bodies.keys()]
    .filter((name) => name.endsWith("Spec"))
    .flatMap((name) => {
      const { parent, members = [] } = bodies.get(name) ?? {};
      const inherited = parent === undefined ? [] : (bodies.get(parent)?.members ?? []);
      return [...inherited, ...members].map((member) => `${name}.${member}`);
    });
}
