// How a command and a local cloud recognise each other before the command says its key: whoever has taken the port of a
// cloud that died must not get it.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { get } from "node:http";

/** Answered to anybody: what is proved is that the cloud has the key. */
export const HELLO_PATH = "/_awsls/hello";

const TIMEOUT_MS = 2_000;

export function proofOf(secret: string, nonce: string): string {
  // Named, so that a proof is good for nothing else.
  return createHmac("sha256", secret).update(`awsls hello ${nonce}`).digest("hex");
}

/**
 * Whether the cloud of that key listens at that URL. "busy" is somebody who accepts and does not answer in 2 s.
 * Not by `fetch`, which refuses some ports.
 */
export function sayHello(url: string, secret: string): Promise<"genuine" | "busy" | "nobody"> {
  const nonce = randomBytes(16).toString("hex");
  return new Promise((resolve) => {
    const request = get(`${url}${HELLO_PATH}?${nonce}`, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString().slice(0, 200)));
      response.once("end", () => resolve(isProof(body, proofOf(secret, nonce)) ? "genuine" : "nobody"));
      response.once("error", () => resolve("nobody"));
    });
    request.once("timeout", () => {
      resolve("busy");
      request.destroy();
    });
    request.once("error", () => resolve("nobody"));
  });
}

function isProof(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
