// The levers of a local cloud that runs, below `/_awsls/` on its control port.

import * as v from "valibot";
import type { CloudInfo } from "../commands/context.ts";
import { sendHttp } from "../commands/http.ts";
import { toError } from "../core/clock.ts";
import { Problem } from "../core/problem.ts";
import { logOf } from "./local-process.ts";

type Lever = "keep" | "stop" | "reset" | "inbox";

const refusalSchema = v.object({ message: v.string() });
const ANSWER_MS = 10_000;

/**
 * One of the cloud's levers; only for a cloud that has said hello. Not by `fetch`, which refuses some ports.
 * @throws {Problem} `LocalCloudFailed` with its own words when it did not do it
 */
export async function pull(cloud: CloudInfo, method: "GET" | "POST", lever: Lever, body: object = {}): Promise<string> {
  const failed = (reason: string): Problem =>
    new Problem("LocalCloudFailed", { doing: lever, reason, log: logOf(cloud.folder) });
  const answer = await sendHttp({
    method,
    url: `${cloud.url}/_awsls/${lever}`,
    headers: { authorization: `Bearer ${cloud.credentials.secretAccessKey}` },
    ...(method === "GET" ? {} : { json: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error: unknown) => {
    throw failed(toError(error).message);
  });
  if (answer.status === 200) return answer.body;
  const said = v.safeParse(v.pipe(v.string(), v.parseJson(), refusalSchema), answer.body);
  throw failed(said.success ? said.output.message : answer.body);
}
