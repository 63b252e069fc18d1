// What a command wants a stack for: whether it writes, and whether it may start a local cloud.

/**
 * "make" may start a local cloud; "continue", "change", "use" and "delete" only one that has something in it; "down" needs none to
 * run, and ends it with the last stack, as "delete" does. "use" and "look" write nothing.
 */
export type Purpose = "make" | "continue" | "change" | "delete" | "down" | "use" | "look";

export function isMaking(purpose: Purpose): boolean {
  return purpose === "make" || purpose === "continue";
}

export function isRemoving(purpose: Purpose): boolean {
  return purpose === "delete" || purpose === "down";
}

export function isWriting(purpose: Purpose): boolean {
  return purpose !== "look" && purpose !== "use";
}

/** @param hasData whether there is a cloud that could be started again */
export function mayStartCloud(purpose: Purpose, hasData: boolean): boolean {
  return purpose === "make" || (hasData && purpose !== "look" && purpose !== "down");
}
