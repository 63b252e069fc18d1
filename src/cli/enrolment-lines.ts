// What an authenticator app has to be told of a user: as a secret to type, as a URI, and as a QR code to scan.

import { styleText } from "node:util";
import { renderUnicodeCompact } from "uqr";
import type { TotpSecret } from "../commands/context.ts";
import { groupsOfFour } from "../core/one-time-code.ts";
import type { Catalogue } from "./text/catalogue.ts";
import { wrapped } from "./wrapped.ts";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly wantsColor: boolean;
}

/** The prompt below the code has to be on the screen, too. */
const PROMPT_ROWS = 1;

/** The URI is one line, to be copied; the code is never broken, so it is there only when the screen holds all of it. */
export function enrolmentLines(
  { secret, uri }: TotpSecret,
  { entries }: Pick<Catalogue, "entries">,
  screen: Screen,
): string[] {
  const code = qrCode(uri, screen);
  return [
    ...wrapped(entries.scan, screen.columns),
    `  ${groupsOfFour(secret)}`,
    `  ${uri}`,
    ...(code ?? wrapped(entries.noRoom, screen.columns)),
  ];
}

/** With as much of its light border as there is room for; undefined on a screen that is too small. */
function qrCode(uri: string, { columns, rows, wantsColor }: Screen): string[] | undefined {
  for (const border of [2, 1]) {
    const lines = renderUnicodeCompact(uri, { border }).split("\n");
    const hasRoom = (lines[0]?.length ?? 0) <= columns && lines.length + PROMPT_ROWS <= rows;
    // Its light parts are drawn: black and white whatever the terminal's own colours are.
    if (hasRoom) return wantsColor ? lines.map(inBlackAndWhite) : lines;
  }
  return undefined;
}

function inBlackAndWhite(line: string): string {
  return styleText(["whiteBright", "bgBlack"], line, { validateStream: false });
}
