// How long commands take, from their start to their end, against Node itself.

import { tmpdir } from "node:os";
import { note } from "./figures.mjs";
import { timeCommands } from "./measure.mjs";
import { AWSLS, environmentIn, inCloud } from "./stack.mjs";

const TIMES = 9;
const BARE = ["-e", "0"];
/** In a whole stack on the local cloud, where none of them changes anything. */
const COMMANDS = [
  "status",
  "up",
  "table create",
  "function create",
  "routes attach",
  "table show",
  "table items",
  "test",
];
/** Read no SDK and call nothing. */
const LIGHT = ["local status", "local env"];

export async function startUp() {
  const where = { env: environmentIn(tmpdir()) };
  const light = { bare: BARE, help: [AWSLS, "--help"], version: [AWSLS, "--version"] };
  const taken = await timeCommands(light, 3 * TIMES, where);
  const base = taken["bare"] ?? NaN;
  note("bare `node -e 0`", `${Math.round(base)} ms`, taken);
  for (const name of ["help", "version"]) {
    const ratio = (taken[name] ?? NaN) / base;
    note(`\`awsls --${name}\` against bare node`, `${ratio.toFixed(2)} ×`, ratio, "≤ 2 ×", ratio <= 2);
  }
  await inCloud(async ({ folder, env }) => {
    const names = [...COMMANDS, ...LIGHT];
    const commands = Object.fromEntries(names.map((name) => [name, [AWSLS, ...name.split(" ")]]));
    const times = await timeCommands({ bare: BARE, ...commands }, TIMES, { cwd: folder, env });
    for (const name of names) {
      const [ms, bare] = [times[name] ?? NaN, times["bare"] ?? NaN];
      note(`\`awsls ${name}\` against bare node`, `${(ms / bare).toFixed(1)} × (${Math.round(ms)} ms)`, { ms, bare });
    }
  });
}
