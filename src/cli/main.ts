// The process: arguments in, one exit code out. Nothing else sets it.

import { run } from "./program.ts";

process.exitCode = await run(process.argv.slice(2), process);
