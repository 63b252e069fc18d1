// The Lambda Runtime API that functions' processes talk to: one server, one unguessable path for each process.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { serveConnection } from "./runtime-connection.ts";
import type { RuntimeReply, RuntimeRequest } from "./runtime-connection.ts";
import { parseUsage } from "./usage.ts";
import type { Usage } from "./usage.ts";

/** AWS's limit for an answer: 6 MB and a little. */
export const MAX_RESPONSE = 6_291_556;

/** What one process does there. */
export interface RuntimeSession {
  /** Wants the next invocation; the reply waits until there is one. */
  next(reply: RuntimeReply): void;
  /** Answers an invocation; `undefined` when the answer was larger than allowed. */
  response(requestId: string, body: Buffer | undefined, usage: Usage): void;
  error(requestId: string, body: Buffer, usage: Usage): void;
  initError(body: Buffer, usage: Usage): void;
}

export interface RuntimeApi {
  /** Opens a session; gives `AWS_LAMBDA_RUNTIME_API` for its process and what closes it. */
  open(session: RuntimeSession): { readonly address: string; close(): void };
  close(): Promise<void>;
}

const PREFIX = "/2018-06-01/runtime/";

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const sessions = new Map<string, RuntimeSession>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, MAX_RESPONSE, (request, reply) => serve(sessions, request, reply));
  });
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
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(sessions: ReadonlyMap<string, RuntimeSession>, request: RuntimeRequest, reply: RuntimeReply): void {
  const { method, path: url, headers, body } = request;
  const slash = url.indexOf("/", 1);
  const session = sessions.get(url.slice(1, slash));
  if (!session || !url.startsWith(PREFIX, slash)) return reply(403);
  const path = url.slice(slash + PREFIX.length);
  if (method === "GET" && path === "invocation/next") return session.next(reply);
  if (method !== "POST") return reply(405);
  const usage = parseUsage(headers.get("awsls-usage"));
  const [what, requestId = "", how] = path.split("/");
  if (what === "invocation" && how === "response") {
    // The session first: what it sets off by this and the next request leaves with the answers to both.
    session.response(requestId, body, usage);
    reply(body ? 202 : 413);
  } else if (what === "invocation" && how === "error") {
    session.error(requestId, body ?? Buffer.alloc(0), usage);
    reply(202);
  } else if (what === "init" && requestId === "error") {
    session.initError(body ?? Buffer.alloc(0), usage);
    reply(202);
  } else reply(404);
}
