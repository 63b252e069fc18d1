// The Lambda Runtime API that functions' processes talk to: one server, one unguessable path for each process.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

/** AWS's limit for an answer: 6 MB and a little. */
export const MAX_RESPONSE = 6_291_556;

/** What one process does there. */
export interface RuntimeSession {
  /** Wants the next invocation; the response is kept open until there is one. */
  next(response: ServerResponse): void;
  /** Answers an invocation; `undefined` when the answer was larger than allowed. */
  response(requestId: string, body: Buffer | undefined, usage: string): void;
  error(requestId: string, body: Buffer, usage: string): void;
  initError(body: Buffer, usage: string): void;
}

export interface RuntimeApi {
  /** Opens a session; gives `AWS_LAMBDA_RUNTIME_API` for its process and what closes it. */
  open(session: RuntimeSession): { readonly address: string; close(): void };
  close(): Promise<void>;
}

const PREFIX = "/2018-06-01/runtime/";

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const sessions = new Map<string, RuntimeSession>();
  const server = createServer((request, response) => serve(sessions, request, response));
  // A process waits as long as it is idle.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    open(session) {
      const token = randomBytes(16).toString("hex");
      sessions.set(token, session);
      return { address: `127.0.0.1:${port}/${token}`, close: () => void sessions.delete(token) };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(
  sessions: ReadonlyMap<string, RuntimeSession>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // No Date header: nobody reads it here, and this is crossed twice by every invocation.
  response.sendDate = false;
  const url = request.url ?? "/";
  const slash = url.indexOf("/", 1);
  const session = sessions.get(url.slice(1, slash));
  if (!session || !url.startsWith(PREFIX, slash)) {
    answer(response, 403);
    return;
  }
  const path = url.slice(slash + PREFIX.length);
  if (request.method === "GET" && path === "invocation/next") {
    session.next(response);
    return;
  }
  readBody(request, (body) => {
    const usage = String(request.headers["awsls-usage"] ?? "");
    const [what, requestId = "", how] = path.split("/");
    if (request.method !== "POST") answer(response, 405);
    else if (what === "invocation" && how === "response") {
      answer(response, body ? 202 : 413);
      session.response(requestId, body, usage);
    } else if (what === "invocation" && how === "error") {
      answer(response, 202);
      session.error(requestId, body ?? Buffer.alloc(0), usage);
    } else if (what === "init" && requestId === "error") {
      answer(response, 202);
      session.initError(body ?? Buffer.alloc(0), usage);
    } else answer(response, 404);
  });
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-length": 0 }).end();
}

/** Calls back with the body, or with undefined when it is too large. An aborted request calls nobody. */
function readBody(request: IncomingMessage, then: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_RESPONSE) chunks.push(chunk);
  });
  request.on("end", () => {
    const [first] = chunks;
    if (size > MAX_RESPONSE) then(undefined);
    else then(chunks.length === 1 && first ? first : Buffer.concat(chunks));
  });
}
