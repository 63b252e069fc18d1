// The first line of a process's log: https://docs.aws.amazon.com/lambda/latest/dg/runtime-management-identify.html

import { createHash } from "node:crypto";
import type { CloudEnvironment } from "../service.ts";

/** AWS numbers its builds of a runtime; here its only build is this Node, which decides its ARN. */
export function initStartLine({ partition, region }: CloudEnvironment, runtime: string): string {
  const [, language = runtime, version = ""] = /^([a-z]+)([\d.]*?)(?:\.x)?$/.exec(runtime) ?? [];
  const build = createHash("sha256").update(`${runtime} ${process.version}`).digest("hex");
  return (
    `INIT_START Runtime Version: ${language}:${version}.v1\t` +
    `Runtime Version ARN: arn:${partition}:lambda:${region}::runtime:${build}\n`
  );
}
