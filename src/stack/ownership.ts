// Whose a resource is: ours, another stack's, or impossible to say. Never a guess.

import { hostname, userInfo } from "node:os";
import type { Identity } from "../aws/identity.ts";
import type { Maker } from "../core/problem.ts";
import type { Tags } from "../resources/resource.ts";
import type { Recorded } from "../state/state.ts";
import type { ComponentId, Observation } from "./component.ts";

export type Ownership =
  | { readonly whose: "ours" }
  | { readonly whose: "foreign"; readonly belongsTo?: Maker }
  /** Same stack, region and AWS identity, but made on another machine: somebody who shares it, or we ourselves elsewhere. */
  | { readonly whose: "other-origin"; readonly owner: string; readonly origin: string }
  | { readonly whose: "unknown" };

export interface Owner {
  readonly stack: string;
  readonly region: string;
  readonly owner: string;
  readonly origin: string;
}

/** What was chosen and AWS does not show otherwise, so that it survives a lost state file. */
export const SETTINGS_TAG = "awsls:settings";

const KEYS = ["stack", "region", "owner", "origin"] as const;

/** Tag values take letters, digits, spaces and `_.:/=+-@`. */
export function originOfThisMachine(): string {
  return toTagValue(`${userNameHere()}@${hostname()}`);
}

function userNameHere(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the password file (containers).
    return String(process.getuid?.() ?? "user");
  }
}

function toTagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_").slice(0, 256);
}

/** Whose it is, as far as its tags say. */
export function makerOf({ stack, region }: Owner, ownership: Ownership): { readonly belongsTo?: Maker } {
  if (ownership.whose === "other-origin") {
    return { belongsTo: { stack, region, owner: ownership.owner, origin: ownership.origin } };
  }
  return ownership.whose === "foreign" && ownership.belongsTo !== undefined ? { belongsTo: ownership.belongsTo } : {};
}

/** The tags that everything taggable carries (DESIGN §1.1). */
export function tagsOf(owner: Owner, component: ComponentId): Tags {
  return {
    "awsls:stack": owner.stack,
    "awsls:component": component,
    "awsls:region": owner.region,
    "awsls:owner": owner.owner,
    "awsls:origin": owner.origin,
  };
}

export function ownerOf(identity: Identity, stack: string, region: string, origin: string): Owner {
  return { stack, region, owner: toTagValue(identity.owner), origin };
}

/** What the state file says of the very thing that is there. */
export type Trace =
  /** Nothing, or it names another one: deleted and made again by somebody under the same name. */
  | "none"
  /** Its creation was about to be sent; its tags may not be visible yet. */
  | "intent"
  | "made";

/**
 * What is recorded of a live resource, by the attribute that AWS never gives twice where there is one.
 * A resource with such an attribute has its tags from the moment it is made, so that an intent alone is no trace of it.
 */
export function traceOf(
  recorded: Recorded | undefined,
  live: Readonly<Record<string, string>>,
  identity: string | undefined,
): Trace {
  if (recorded === undefined) return "none";
  if (identity === undefined) return recorded.status;
  return recorded.status === "made" && recorded.attributes[identity] === live[identity] ? "made" : "none";
}

/**
 * Pure. Ours when stack, region, owner and origin all match, or when its creation is recorded and no tag says that it
 * is another stack's. Whoever signs in as somebody else, or on a renamed machine, keeps what is recorded.
 */
export function ownershipOf(owner: Owner, { tags }: Observation, trace: Trace): Ownership {
  if (tags === "untaggable") return { whose: "ours" };
  if (tags === "unreadable") return { whose: trace === "none" ? "unknown" : "ours" };
  const differing = KEYS.filter((key) => tags[`awsls:${key}`] !== owner[key]);
  if (differing.length === 0) return { whose: "ours" };
  if (!KEYS.some((key) => tags[`awsls:${key}`] !== undefined)) {
    // Not visible yet after an interrupted creation, or taken off by hand.
    return { whose: trace === "none" ? "foreign" : "ours" };
  }
  const isAnotherStack = differing.includes("stack") || differing.includes("region");
  if (trace === "made" && !isAnotherStack) return { whose: "ours" };
  const {
    "awsls:owner": madeBy = "",
    "awsls:origin": origin = "",
    "awsls:stack": stack = "",
    "awsls:region": region = "",
  } = tags;
  if (differing.length === 1 && differing[0] === "origin") {
    // The recorded one was made here, whatever this machine is called today.
    return trace === "none" ? { whose: "other-origin", owner: madeBy, origin } : { whose: "ours" };
  }
  return { whose: "foreign", belongsTo: { stack, region, owner: madeBy, origin } };
}
