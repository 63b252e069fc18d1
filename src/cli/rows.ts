// Rows of endless commands as lines for people.

import type { styleText } from "node:util";
import type { Row } from "../core/row.ts";
import type { Catalogue } from "./text/catalogue.ts";

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export interface RowLook {
  readonly text: Catalogue;
  readonly paint: Paint;
  /** Characters a line, where somebody looks at it. */
  columns(): number | undefined;
}

/** Undefined for a row that only `--json` shows. */
export function renderRow(row: Row, _look: RowLook): string | undefined {
  return row.message;
}
