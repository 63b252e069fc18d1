// The control port: an HTTP server on 127.0.0.1 that lets in who may, reads whole bodies, and survives every client.

import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { refusalOf } from "./guard.ts";
import { Reply } from "./service.ts";
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
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const controller = new AbortController();
    running.add(controller);
    response.on("close", () => {
      running.delete(controller);
      if (!response.writableFinished) controller.abort(new Error("the caller hung up"));
    });
    // A client that goes away in the middle is no error of ours, but an unheard "error" event would end the process.
    request.on("error", () => {});
    response.on("error", () => {});
    void serve(request, response, handle, controller.signal);
  });
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

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handle,
  signal: AbortSignal,
): Promise<void> {
  const url = request.url ?? "";
  const refused = url.startsWith("/") ? refusalOf(request.headers) : "The request target must be a path";
  if (refused !== undefined) return refuse(response, 403, "ForbiddenException", refused);
  const body = await readBody(request);
  if (body === "aborted") return;
  if (body === "too large") {
    const message = `Request must be smaller than ${MAX_BODY_BYTES} bytes`;
    return refuse(response, 413, "RequestEntityTooLargeException", message);
  }
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

/** Whatever comes after the refusal is not read: the connection ends with it. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const headers = { "content-type": "application/json", "x-amzn-errortype": code, connection: "close" };
  send(response, new Reply(status, headers, Buffer.from(JSON.stringify({ __type: code, message }))));
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const length = reply.status === 204 ? {} : { "content-length": reply.body.byteLength };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  response.end(reply.body);
}

function readBody(request: IncomingMessage): Promise<Buffer | "aborted" | "too large"> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return Promise.resolve("too large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve("too large");
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("close", () => resolve("aborted"));
  });
}
