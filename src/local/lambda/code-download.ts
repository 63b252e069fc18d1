// `Code.Location`: a URL that gives the zip to whoever has it, for ten minutes, without a key. On AWS it is Amazon S3's.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type CloudEnvironment, Reply } from "../service.ts";
import type { WireRequest } from "../wire/wire.ts";
import type { CodeStore } from "./code-store.ts";

/** On the control port. Nothing else is reached by such a URL. */
export const CODE_PATH = "/_lambda/code/";
const VALID_MS = 10 * 60_000;

export interface CodeDownload {
  /** Undefined for code that an older awsls unpacked without keeping its zip. */
  location(folder: string): string | undefined;
  /** Answers a request below `CODE_PATH`; refusals are S3's. */
  serve(request: Pick<WireRequest, "method" | "path" | "query">): Reply;
}

/** URLs end with the process: its key is nowhere else. */
export function createCodeDownload(env: Pick<CloudEnvironment, "clock" | "endpoint">, code: CodeStore): CodeDownload {
  const key = randomBytes(32);
  const sign = (folder: string, expires: string): Buffer =>
    createHmac("sha256", key).update(`GET\n${folder}\n${expires}`).digest();
  return {
    location(folder) {
      if (!code.hasZip(folder)) return undefined;
      const expires = String(env.clock.now() + VALID_MS);
      const query = new URLSearchParams({ Expires: expires, Signature: sign(folder, expires).toString("hex") });
      return `${env.endpoint()}${CODE_PATH}${folder}?${query.toString()}`;
    },
    serve({ method, path, query }) {
      const folder = path.slice(CODE_PATH.length);
      const given = new URLSearchParams(query);
      const expires = given.get("Expires") ?? "";
      const signature = Buffer.from(given.get("Signature") ?? "", "hex");
      const expected = sign(folder, expires);
      // Before anything else: an unsigned path must never reach the disk.
      if (method !== "GET" || signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
        return refusal(403, "SignatureDoesNotMatch", "The request signature does not match the one that was given");
      }
      if (env.clock.now() > Number(expires)) return refusal(403, "AccessDenied", "Request has expired");
      const zip = code.zip(folder);
      if (zip === undefined) return refusal(404, "NoSuchKey", "The specified key does not exist.");
      return new Reply(200, { "content-type": "application/zip" }, zip);
    },
  };
}

function refusal(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Reply(status, { "content-type": "application/xml" }, Buffer.from(body));
}
