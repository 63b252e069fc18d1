// What the rows of the drift tests are.

import type { ComponentId } from "../../../src/stack/component.ts";
import type { ByHand } from "./by-hand.ts";

/** Field → what it is and what it should be. */
export type Fields = Readonly<Record<string, readonly [from: unknown, to: unknown]>>;
export type Seen = Fields | "missing";

export interface DriftRow {
  /** The member of a resource's spec that it is about, `<Spec>.<member>`; none for what no spec has (constants, whole things). */
  readonly member?: string;
  readonly what: string;
  readonly by: (aws: ByHand) => Promise<unknown>;
  /** What `status` shows as not as it should be, and nothing else. */
  readonly seen: Partial<Record<ComponentId, Seen>>;
  /** Where `up` will do more than `status` shows: what hangs on something that is made again. */
  readonly also?: Partial<Record<ComponentId, "create">>;
  /** The routes have no target any more, so that `status` takes step 6 for not done; `up` attaches them. */
  readonly detached?: true;
  /** The writing calls of `up`, sorted. */
  readonly writes: readonly string[];
}

export interface KeptRow {
  readonly what: string;
  readonly by: (aws: ByHand) => Promise<unknown>;
  /** How it looks; the same before and after `up`. */
  readonly look: (aws: ByHand) => Promise<unknown>;
  /** The row of ours beside which it must stay, too: where AWS replaces more than what is sent. */
  readonly beside?: string;
  readonly undo?: (aws: ByHand) => Promise<unknown>;
}
