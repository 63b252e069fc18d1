// Rows below a heading, their cells in columns.

import { harmlessOnOneLine } from "./harmless.ts";
import { wrapped } from "./wrapped.ts";

/** In front of what a row has no room for. */
const FURTHER = "    ";

/** What others wrote stays on its line. */
export function tableLines(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string[] {
  const lines = [heading, ...rows].map((row) => row.map(harmlessOnOneLine));
  const widths = heading.map((_, at) => Math.max(...lines.map((row) => row[at]?.length ?? 0)));
  return lines.flatMap((row) => {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    return wrapped(cells.join("  ").trimEnd(), columns, "", FURTHER);
  });
}
