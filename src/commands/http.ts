// One HTTP request to the learner's own URL, timed.

import * as http from "node:http";
import * as https from "node:https";
import { isIP, type LookupFunction } from "node:net";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Milliseconds from sending to the last byte. */
  readonly ms: number;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Sent as `application/json`. */
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 40_000;

/** Names under `localhost` are the loopback (RFC 6761), which not every resolver knows. */
const lookupLocalhost: LookupFunction = (hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/** @throws {Error} of the network, with its code */
export function sendHttp({ method, url, json, headers = {}, signal }: HttpRequest): Promise<HttpAnswer> {
  const target = new URL(url);
  const started = performance.now();
  const sent = {
    ...headers,
    ...(json === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(json)) }),
  };
  const isLocalName = isIP(target.hostname) === 0 && /(^|\.)localhost$/.test(target.hostname);
  return new Promise((resolve, reject) => {
    const { request } = target.protocol === "https:" ? https : http;
    const outgoing = request(
      target,
      {
        method,
        headers: sent,
        signal,
        timeout: TIMEOUT_MS,
        agent: false,
        ...(isLocalName ? { lookup: lookupLocalhost } : {}),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const body = Buffer.concat(chunks).toString("utf8");
          resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers, ms: performance.now() - started });
        });
      },
    );
    outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    outgoing.once("error", reject);
    outgoing.end(json);
  });
}
