// Whose a resource is, as its tags say.

import type { ForeignResource, Maker } from "../../../core/problem.ts";

export function madeBy({ stack, region, owner, origin }: Maker): string {
  return `stack ${stack} in ${region}, made by ${owner} from ${origin}`;
}

/** What to add to a name, in brackets, as far as there is something to say. */
export function whose({ belongsTo, others = [] }: Pick<ForeignResource, "belongsTo" | "others">): string {
  const notes = [
    ...(others.length === 0 ? [] : [`one of ${others.length + 1} of that name; also ${others.join(", ")}`]),
    ...(belongsTo === undefined ? [] : [madeBy(belongsTo)]),
  ];
  return notes.length === 0 ? "" : ` (${notes.join("; ")})`;
}
