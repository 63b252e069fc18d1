// One difference between what is and what should be: the one source of dry runs, status and repair.

export interface Change {
  /** AWS's own member name, dotted below the top: `Environment.TABLE_NAME`. */
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
  /** AWS cannot change this in place: the resource is deleted and made again. */
  readonly replace?: true;
}

/**
 * Stands in a plan for an output that only AWS can give (an API's id, a role's unique id).
 * It is a string so that specs keep their types; it never reaches AWS, because specs are computed again at apply.
 */
export const KNOWN_AFTER_APPLY = "…";

/** Compares member by member; `undefined` in the wanted value means "leave as it is". */
export function changesBetween(
  wanted: Readonly<Record<string, unknown>>,
  live: Readonly<Record<string, unknown>>,
): Change[] {
  return Object.entries(wanted)
    .filter(([field, to]) => to !== undefined && !isSame(to, live[field]))
    .map(([field, to]) => ({ field, from: live[field], to }));
}

/** Deep equality of JSON values; member order does not count, list order does. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)));
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
