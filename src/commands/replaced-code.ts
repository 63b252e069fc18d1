// `--adopt`: the code that awsls's replaces is kept first, for what was written in the console's editor often is nowhere else.

import { type HandlerName, HANDLERS } from "../core/names.ts";
import { Problem } from "../core/problem.ts";
import type { LambdaFunction } from "../resources/lambda/function.ts";
import type { ComponentId } from "../stack/component.ts";
import { componentOf } from "../stack/components.ts";
import { FUNCTIONS } from "../stack/function-component.ts";
import { problemOf } from "../stack/observe.ts";
import type { Run } from "../stack/run.ts";
import { unlessOurs } from "../stack/takeover.ts";
import { isCodeKept, keepCode, replacedCodePathOf } from "../state/replaced-code.ts";

export interface ReplacedCode {
  /** The function's component. */
  readonly resource: ComponentId;
  readonly path: string;
  /** Undefined when the file is there already. */
  readonly zip: Uint8Array | undefined;
}

/**
 * Fetches code of somebody else's that this run replaces; nothing is written yet.
 * @param before of an earlier look
 * @throws {Problem} `CodeNotFetched`, `KeptCodeDiffers`
 */
export async function fetchReplacedCode(run: Run, before: readonly ReplacedCode[] = []): Promise<ReplacedCode[]> {
  const fetched: ReplacedCode[] = [];
  for (const handler of HANDLERS) {
    const live = replacedFunction(run, handler);
    if (live !== undefined) fetched.push(await fetchOne(run, FUNCTIONS[handler].function, live, before));
  }
  return fetched;
}

async function fetchOne(
  run: Run,
  resource: ComponentId,
  live: LambdaFunction,
  before: readonly ReplacedCode[],
): Promise<ReplacedCode> {
  const { codeSha256, functionName: name } = live;
  const path = replacedCodePathOf(run.session.state.path, codeSha256);
  const known = before.find((each) => each.path === path && each.resource === resource);
  if (known !== undefined) return known;
  if (isCodeKept(path, codeSha256)) return { resource, path, zip: undefined };
  const { downloadCode, CodeUnavailable } = await import("../resources/lambda/function-code.ts");
  try {
    return { resource, path, zip: await downloadCode(run.session, live) };
  } catch (error) {
    if (!(error instanceof CodeUnavailable)) throw problemOf(run, componentOf(resource), error);
    const { region } = run.session.place;
    throw new Problem("CodeNotFetched", { name, region, path, reason: error.message }, { cause: error });
  }
}

/** @throws {Problem} `KeptCodeDiffers`, `Unwritable`, `DiskFull` */
export function saveReplacedCode(run: Run, replaced: readonly ReplacedCode[]): void {
  for (const { path, zip } of replaced) if (zip !== undefined) keepCode(run.session.state.path, path, zip);
}

/** Also when it is half ours already, after a takeover that was cut off. */
function replacedFunction(run: Run, handler: HandlerName): LambdaFunction | undefined {
  const { output, takesOver } = run.inputs;
  const { function: id } = FUNCTIONS[handler];
  const [code, live] = [run.inputs.code[handler], output(id)];
  const isTaken = takesOver(id) || unlessOurs(run, componentOf(id)) !== undefined;
  return isTaken && code !== undefined && live?.codeSha256 !== code.sha256 ? live : undefined;
}
