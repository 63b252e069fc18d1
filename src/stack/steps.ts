// The tutorial's six steps: what each makes, what must be there before, what its delete takes away.

import type { ComponentId } from "./component.ts";

export interface Step {
  readonly number: number;
  readonly noun: string;
  /** The command that does it. */
  readonly command: string;
  readonly makes: readonly ComponentId[];
  /** What it stands on, in the tutorial's order. */
  readonly after: readonly ComponentId[];
  /** What the noun's `delete` removes: what was made on top of it and cannot live without it included. */
  readonly removes: readonly ComponentId[];
}

export const STEPS: readonly Step[] = [
  { number: 1, noun: "table", command: "table create", makes: ["table"], after: [], removes: ["table"] },
  {
    number: 2,
    noun: "function",
    command: "function create",
    makes: ["role", "logGroup", "function"],
    after: ["table"],
    removes: ["function", "permission", "role", "logGroup"],
  },
  {
    number: 3,
    noun: "api",
    command: "api create",
    makes: ["api", "stage"],
    after: ["function"],
    removes: ["api", "stage", "routes", "integration", "permission", "authorizer"],
  },
  { number: 4, noun: "routes", command: "routes create", makes: ["routes"], after: ["api"], removes: ["routes"] },
  {
    number: 5,
    noun: "integration",
    command: "integration create",
    makes: ["integration", "permission"],
    after: ["function", "api", "routes"],
    removes: ["integration", "permission"],
  },
  {
    number: 6,
    noun: "attach",
    command: "routes attach",
    makes: ["routes"],
    after: ["api", "routes", "integration"],
    removes: [],
  },
];

/** @throws {Error} never for a noun of the table */
export function stepOf(noun: string): Step {
  const found = STEPS.find((step) => step.noun === noun);
  if (found === undefined) throw new Error(`no step ${noun}`);
  return found;
}
