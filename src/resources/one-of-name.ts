// Where names are not unique on AWS: which one of several is meant, which are copies of it, and which could be.

import type { Observed, Rival, Tags } from "./resource.ts";
import { hasTags, missingTags } from "./tags.ts";

/** One of those that carry the name. */
export interface Candidate<Found> extends Rival {
  readonly found: Found;
}

export interface Meant<Found> {
  readonly found: Found;
  /** Others with all of its tags: what was made twice because a reply was lost. */
  readonly copies: readonly Found[];
  readonly origin: Omit<Observed<unknown>, "live">;
}

/**
 * The recorded one, else the one with these tags, else the nearest to them with all others as its rivals.
 * @param named oldest first
 * @param recorded also when it is not among the named: a new one may not be listed yet, one that was renamed never is
 */
export function oneOf<Found>(
  named: readonly Candidate<Found>[],
  recorded: Candidate<Found> | undefined,
  tags: Tags,
): Meant<Found> | undefined {
  const missing = (each: Candidate<Found>): number => Object.keys(missingTags(tags, each.tags)).length;
  const isOurs = (each: Candidate<Found>): boolean => hasTags(each.tags, tags);
  const othersThan = (one: Candidate<Found>): Candidate<Found>[] => named.filter(({ id }) => id !== one.id);
  const meant = recorded ?? named.find(isOurs);
  if (meant !== undefined) {
    const copies = othersThan(meant).filter(isOurs);
    return { found: meant.found, copies: copies.map(({ found }) => found), origin: originOf(meant) };
  }
  const [nearest] = named.toSorted((a, b) => missing(a) - missing(b));
  if (nearest === undefined) return undefined;
  const rivals = othersThan(nearest).map((each) => ({ id: each.id, ...originOf(each) }));
  return { found: nearest.found, copies: [], origin: { ...originOf(nearest), rivals } };
}

function originOf({ tags, createdAt }: Rival): Omit<Rival, "id"> {
  return { tags, ...(createdAt === undefined ? {} : { createdAt }) };
}
