// The control port: an HTTP server on 127.0.0.1 that lets in who may, reads whole bodies, and survives every client.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerUnread } from "./answer-unread.ts";
import type { Unread } from "./answer-unread.ts";
import { refusalOf } from "./guard.ts";
import type { Reply } from "./service.ts";
import { isCode } from "./store.ts";
import type { WireRequest } from "./wire/wire.ts";

/** The largest request that AWS takes for any operation here: Lambda's, a 50 MB zip as base64. */
export const MAX_BODY_BYTES = 69_905_067;

/** `undefined` means: hang up without an answer. Must not reject. */
export type Handle = (request: WireRequest, signal: AbortSignal) => Promise<Reply | undefined>;

export interface Server {
  readonly port: number;
  /** Aborts what is running, breaks every connection, frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1; port 0 takes any free one.
 * @throws {Error} `EADDRINUSE`, `EACCES` from the system
 */
export async function startServer(port: number, handle: Handle): Promise<Server> {
  const running = new Set<AbortController>();
  const receive = (request: IncomingMessage, response: ServerResponse, isHeldBack: boolean): void => {
    const controller = new AbortController();
    running.add(controller);
    response.on("close", () => {
      running.delete(controller);
      if (!response.writableFinished) controller.abort(new Error("the caller hung up"));
    });
    // A client that goes away in the middle is no error of ours, but an unheard "error" event would end the process.
    request.on("error", () => {});
    response.on("error", () => {});
    void serve({ request, response, isHeldBack, drain: 2 * MAX_BODY_BYTES }, handle, controller.signal);
  };
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => receive(request, response, false));
  // Without a listener of ours Node asks for every body, also for one that is then refused.
  server.on("checkContinue", (request, response) => receive(request, response, true));
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        for (const controller of running) controller.abort(new Error("the local cloud stops"));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Listens on the wanted port, or on any other when that one is taken or not allowed.
 * @throws {Error} whatever else the system says
 */
export async function startServerNear(port: number, handle: Handle): Promise<Server> {
  try {
    return await startServer(port, handle);
  } catch (error) {
    if (port === 0 || !(isCode(error, "EADDRINUSE") || isCode(error, "EACCES"))) throw error;
    return startServer(0, handle);
  }
}

async function serve(unread: Unread, handle: Handle, signal: AbortSignal): Promise<void> {
  const { request, response, isHeldBack } = unread;
  const url = request.url ?? "";
  const refused = url.startsWith("/") ? refusalOf(request.headers) : "The request target must be a path";
  if (refused !== undefined) return refuse(unread, 403, "ForbiddenException", refused);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuseSize(unread);
  if (isHeldBack) response.writeContinue();
  const body = await readBody(request);
  if (body === "aborted") return;
  if (body === "too large") return refuseSize({ ...unread, isHeldBack: false });
  const mark = url.indexOf("?");
  const reply = await handle(
    {
      method: request.method ?? "GET",
      path: mark === -1 ? url : url.slice(0, mark),
      query: mark === -1 ? "" : url.slice(mark + 1),
      headers: request.headers,
      body,
    },
    signal,
  );
  if (!reply) request.socket.destroy();
  else send(response, reply);
}

function refuseSize(unread: Unread): void {
  const message = `Request must be smaller than ${MAX_BODY_BYTES} bytes`;
  refuse(unread, 413, "RequestEntityTooLargeException", message);
}

/** No protocol is known yet: JSON, with the error's name in the body and, as REST services send it, in a header. */
function refuse(unread: Unread, status: number, code: string, message: string): void {
  const body = Buffer.from(JSON.stringify({ __type: code, message }));
  const headers = {
    "content-type": "application/json",
    "content-length": body.byteLength,
    "x-amzn-errortype": code,
    "x-amzn-requestid": randomUUID(),
  };
  answerUnread(unread, { status, headers }, body);
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const length = reply.status === 204 ? {} : { "content-length": reply.body.byteLength };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  response.end(reply.body);
}

function readBody(request: IncomingMessage): Promise<Buffer | "aborted" | "too large"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve("too large");
      }
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("close", () => resolve("aborted"));
  });
}
