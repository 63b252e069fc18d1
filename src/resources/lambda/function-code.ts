// The zip that a function runs, as AWS gives it back.

import { createHash } from "node:crypto";
import { GetFunctionCommand, type GetFunctionCommandOutput, LambdaClient } from "@aws-sdk/client-lambda";
import { toError } from "../../core/clock.ts";
import type { Scope } from "../resource.ts";
import type { LambdaFunction } from "./function.ts";

/** No zip can be larger than what AWS lets it unpack to: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = 262_144_000;
/** For all of it. The URL itself is good for ten minutes. */
const DOWNLOAD_MS = 5 * 60_000;

/** AWS gave no zip of it, or it did not arrive. */
export class CodeUnavailable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "CodeUnavailable";
  }
}

/**
 * Downloads the code that was seen.
 * @throws {CodeUnavailable} what the SDK throws, and the signal's reason
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html
 */
export async function downloadCode(
  { clients, signal }: Pick<Scope, "clients" | "signal">,
  { functionName, codeSha256 }: Pick<LambdaFunction, "functionName" | "codeSha256">,
): Promise<Uint8Array> {
  const url = locationIn(await clients.get(LambdaClient).send(new GetFunctionCommand({ FunctionName: functionName })));
  const zip = await download(url, signal);
  const sha256 = createHash("sha256").update(zip).digest("base64");
  if (sha256 !== codeSha256) throw new CodeUnavailable(`CodeSha256 is ${codeSha256}, what was fetched has ${sha256}`);
  return zip;
}

function locationIn({ Code: { Location = "" } = {} }: GetFunctionCommandOutput): string {
  if (!URL.canParse(Location)) throw new CodeUnavailable("GetFunction: no Code.Location");
  return Location;
}

/** The URL is signed: no credentials of ours go there, and it is in no message. */
async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]) });
    if (!answer.ok || answer.body === null) throw new CodeUnavailable(`${new URL(url).host}: HTTP ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new CodeUnavailable(`more than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CodeUnavailable ? error : new CodeUnavailable(reasonOf(toError(error)));
  }
}

/** `fetch` puts the network's word behind its own. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
