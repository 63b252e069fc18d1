// What the state file holds: the learner's settings and a cache of identifiers, stamped with the target.

import * as v from "valibot";
import { toError } from "../core/clock.ts";
import { HANDLERS } from "../core/names.ts";
import { Problem, type StateDamage } from "../core/problem.ts";

export const STATE_VERSION = 1;

const targetSchema = v.strictObject({
  kind: v.picklist(["local", "endpoint", "aws"]),
  /** Of kind "endpoint": the URL that was given. */
  endpoint: v.optional(v.string()),
  /** Of kind "local": its data folder, from the state file's own. */
  folder: v.optional(v.string()),
  region: v.string(),
  account: v.string(),
});

const settingsSchema = v.strictObject({
  architecture: v.optional(v.picklist(["x86_64", "arm64"])),
  /** The SDK goes into the function's zip. */
  bundle: v.optional(v.boolean()),
  /** A role that exists and is used as it is. */
  roleArn: v.optional(v.string()),
  /** Folders of handlers that are the learner's own, from the state file's: a project that is moved keeps them. */
  code: v.optional(v.strictObject(v.entriesFromList(HANDLERS, v.optional(v.string())))),
  /** The EventBridge timer; its presence means that the stack has one. */
  timer: v.optional(
    v.strictObject({
      schedule: v.string(),
      enabled: v.boolean(),
      /** When the rule was made, turned on or given this schedule, in ISO 8601: a rate counts from it. */
      since: v.optional(v.pipe(v.string(), v.isoTimestamp())),
    }),
  ),
  /** Sign-in by Cognito; its presence means that the stack has it. */
  auth: v.optional(
    v.strictObject({
      /** Which routes want a token; "writes" are PUT and DELETE. */
      protect: v.picklist(["all", "writes", "none"]),
      /** DELETE is for the group `admins` alone. */
      adminsOnlyDelete: v.boolean(),
      /** Off, all routes are open, and everything else stays. */
      enabled: v.boolean(),
    }),
  ),
  /** AWS credentials for users by a Cognito identity pool; its presence means that the stack has it. */
  identity: v.optional(
    v.strictObject({
      /** Whoever did not sign in gets credentials, too. */
      guests: v.boolean(),
      /** The group `admins` has a role of its own. */
      admins: v.boolean(),
    }),
  ),
});

const recordedSchema = v.strictObject({
  name: v.string(),
  /** "intent": the creating call was about to be sent; whether AWS made it is not known. */
  status: v.picklist(["intent", "made"]),
  attributes: v.record(v.string(), v.string()),
});

const stateSchema = v.strictObject({
  version: v.literal(STATE_VERSION),
  stack: v.string(),
  target: v.optional(targetSchema),
  settings: settingsSchema,
  resources: v.record(v.string(), recordedSchema),
  /** Components that `--adopt` began to take over; none once all of it is done. */
  takeover: v.optional(v.array(v.string())),
});

export type TargetRecord = Readonly<v.InferOutput<typeof targetSchema>>;
export type Settings = Readonly<v.InferOutput<typeof settingsSchema>>;
export type Recorded = Readonly<v.InferOutput<typeof recordedSchema>>;
export interface State {
  readonly version: typeof STATE_VERSION;
  readonly stack: string;
  readonly target?: TargetRecord | undefined;
  readonly settings: Settings;
  readonly resources: Readonly<Record<string, Recorded>>;
  readonly takeover?: readonly string[] | undefined;
}

export function emptyState(stack: string): State {
  return { version: STATE_VERSION, stack, settings: {}, resources: {} };
}

/** Nothing of the stack is there any more, or yet. */
export function isEmpty(state: State): boolean {
  const { timer, auth, identity } = state.settings;
  return Object.keys(state.resources).length === 0 && [timer, auth, identity].every((addOn) => addOn === undefined);
}

/**
 * What a stack that is gone leaves to the next one of its name: where the learner's own code is.
 * @returns undefined when it leaves nothing
 */
export function remainsOf({ stack, settings: { code } }: State): State | undefined {
  return code === undefined ? undefined : { ...emptyState(stack), settings: { code } };
}

/**
 * Parses and checks a state file.
 * @throws {Problem} `StateDamaged` with what is wrong and where, `StateOfOther`, `StateNewer` for a version that this awsls does not know
 */
export function parseState(text: string, path: string, stack: string): State {
  const damaged = (is: StateDamage, details = ""): Problem => new Problem("StateDamaged", { path, is, details });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw text.trim() === "" ? damaged("empty") : damaged("notJson", toError(error).message);
  }
  const header = v.safeParse(v.looseObject({ version: v.number() }), json);
  if (!header.success) throw damaged("notState");
  if (header.output.version > STATE_VERSION) throw new Problem("StateNewer", { path, version: header.output.version });
  const parsed = v.safeParse(stateSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw damaged("misshapen", [v.getDotPath(issue), issue.message].filter(Boolean).join(": "));
  }
  if (parsed.output.stack !== stack) throw new Problem("StateOfOther", { path, stack: parsed.output.stack });
  return parsed.output;
}

/** The text of a state file: sorted members, so that two saves of the same state are the same bytes. */
export function printState(state: State): string {
  return `${JSON.stringify(sortMembers(state), null, 2)}\n`;
}

function sortMembers(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortMembers(member)]),
  );
}
