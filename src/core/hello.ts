// How a command and a local cloud recognise each other before the command says its key: whoever has taken the port of a
// cloud that died must not get it.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { realpathSync } from "node:fs";
import { get } from "node:http";

/** Answered to anybody: what is proved is that the cloud has the key. */
export const HELLO_PATH = "/_awsls/hello";

const TIMEOUT_MS = 2_000;
/** Length of a proof: SHA-256 in hexadecimal. */
const PROOF_LENGTH = 64;

export interface Hello {
  readonly url: string;
  readonly secretAccessKey: string;
  /** The data folder in which url and key were found: a copy of a folder has the same key, but another cloud. */
  readonly folder: string;
}

/** "busy" is somebody who accepts and does not answer in 2 s. */
export type Greeting = "genuine" | "busy" | "nobody";

export function proofOf({ secretAccessKey, folder }: Omit<Hello, "url">, nonce: string): string {
  // Named, so that a proof is good for nothing else.
  return createHmac("sha256", secretAccessKey)
    .update(`awsls hello ${nonce} ${realFolder(folder)}`)
    .digest("hex");
}

/** Whether the cloud of that folder listens there. Not by `fetch`, which refuses some ports. */
export function sayHello(hello: Hello): Promise<Greeting> {
  const nonce = randomBytes(16).toString("hex");
  const expected = proofOf(hello, nonce);
  return new Promise((resolve) => {
    const request = get(`${hello.url}${HELLO_PATH}?${nonce}`, { agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString("latin1");
        if (body.length >= PROOF_LENGTH) end(isSame(body, expected) ? "genuine" : "nobody");
      });
      response.once("end", () => end("nobody"));
      response.once("error", () => end("nobody"));
    });
    // For the whole answer: somebody who drips bytes is not waited for.
    const timer = setTimeout(() => end("busy"), TIMEOUT_MS);
    request.once("error", () => end("nobody"));
    function end(greeting: Greeting): void {
      clearTimeout(timer);
      resolve(greeting);
      request.destroy();
    }
  });
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
