// `--adopt`: the code that awsls's replaces is kept first, for what was written in the console's editor often is nowhere else.

import { Problem } from "../core/problem.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import { componentOf } from "../stack/components.ts";
import { problemOf } from "../stack/observe.ts";
import type { Run } from "../stack/run.ts";
import { foreignOwnership } from "../stack/takeover.ts";
import { isCodeKept, keepCode, replacedCodePathOf } from "../state/replaced-code.ts";

export interface ReplacedCode {
  readonly path: string;
  /** Undefined when the file is there already. */
  readonly zip: Uint8Array | undefined;
}

/**
 * Fetches code of somebody else's that this run replaces; nothing is written yet.
 * @param before of an earlier look
 * @throws {Problem} `CodeNotFetched`
 */
export async function fetchReplacedCode(run: Run, before: ReplacedCode | undefined): Promise<ReplacedCode | undefined> {
  const live = replacedFunction(run);
  if (live === undefined) return undefined;
  const { codeSha256, functionName: name } = live;
  const path = replacedCodePathOf(run.session.state.path, codeSha256);
  if (path === before?.path) return before;
  if (isCodeKept(path, codeSha256)) return { path, zip: undefined };
  const { downloadCode, CodeUnavailable } = await import("../resources/lambda/function-code.ts");
  try {
    return { path, zip: await downloadCode(run.session, live) };
  } catch (error) {
    if (!(error instanceof CodeUnavailable)) throw problemOf(run, componentOf("function"), error);
    const { message: reason, isImage } = error;
    const { region } = run.session.place;
    throw new Problem(
      "CodeNotFetched",
      { name, region, path, reason, is: isImage ? "image" : "zip" },
      { cause: error },
    );
  }
}

/** @throws {Problem} `Unwritable`, `DiskFull` */
export function saveReplacedCode(run: Run, { path, zip }: ReplacedCode): void {
  if (zip !== undefined) keepCode(run.session.state.path, path, zip);
}

/** Also when it is half ours already, after a takeover that was cut off. */
function replacedFunction(run: Run): LambdaFunction | undefined {
  const { code, output, takesOver } = run.inputs;
  const live = output("function");
  const isTaken = takesOver("function") || foreignOwnership(run, componentOf("function")) !== undefined;
  return isTaken && code !== undefined && live?.codeSha256 !== code.sha256 ? live : undefined;
}
