// What is taken over, as lines for people: one a resource where the terminal is wide enough, whose they were above them.

import { isSame } from "../core/change.ts";
import type { TakenOver } from "../core/event.ts";
import type { Maker } from "../core/problem.ts";
import type { TakeoverTexts } from "./text/catalogue.ts";
import { wrapped } from "./wrapped.ts";

interface Group<T> {
  readonly belongsTo: Maker | undefined;
  readonly resources: readonly T[];
}

/** By whose they are, in the order in which they come. */
export function groupsOf<T extends { readonly belongsTo?: Maker }>(all: readonly T[]): readonly Group<T>[] {
  const makers = all
    .map(({ belongsTo }) => belongsTo)
    .filter((maker, at, every) => every.findIndex((other) => isSame(other, maker)) === at);
  return makers.map((belongsTo) => ({
    belongsTo,
    resources: all.filter((each) => isSame(each.belongsTo, belongsTo)),
  }));
}

/**
 * @param titleOf what it is, its name, its id
 * @param columns the terminal's
 */
export function takeoverLines(
  resources: readonly TakenOver[],
  text: TakeoverTexts,
  titleOf: (resource: TakenOver) => string,
  columns: number,
): string[] {
  return [
    ...groupsOf(resources).flatMap((group) => [
      ...wrapped(`${text.heading(group.resources.length, group.belongsTo)}:`, columns, ""),
      ...group.resources.flatMap((each) => resourceLines(titleOf(each), text.becomes(each), columns)),
    ]),
    ...(resources.some(({ deletes }) => deletes !== undefined) ? wrapped(text.policiesGo, columns, "") : []),
    ...resources.flatMap(({ keptCode }) =>
      keptCode === undefined ? [] : wrapped(text.codeKept(keptCode), columns, ""),
    ),
    ...wrapped(text.tags(resources.map(({ resource }) => resource)), columns, ""),
  ];
}

function resourceLines(title: string, becomes: string, columns: number): string[] {
  const line = `  ${title}: ${becomes}`;
  if (line.length <= columns) return [line];
  return [...wrapped(`${title}:`, columns, "  ", "    "), ...wrapped(becomes, columns, "      ")];
}
