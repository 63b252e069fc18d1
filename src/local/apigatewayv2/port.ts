// One port per HTTP API on 127.0.0.1: who may call, AWS's size limits, and the body, before the API sees a request.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerUnread, type Unread } from "../answer-unread.ts";
import { isLocalHost } from "../guard.ts";
import { readHeaders, type RequestHeaders } from "./event.ts";

/** "Total combined size of request line and header values" (Amazon API Gateway quotas, HTTP API). */
const REQUEST_HEAD_LIMIT = 10_240;
/** "Payload size" of the same page: 10 MB. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** A request that may be served; a request without a body has none, not an empty one. */
export interface ApiRequest {
  readonly message: IncomingMessage;
  readonly head: RequestHeaders;
  readonly body: Buffer | undefined;
  readonly port: number;
}

export interface ApiPort {
  readonly port: number;
  /** Stops listening and ends what is still open. */
  close(): Promise<void>;
}

/** What stands behind a port. */
export interface PortHandler {
  serve(request: ApiRequest, response: ServerResponse): void;
  /** What every answer carries, also one that the port gives itself. Flat: name, value, name, value. */
  headersOf(message: IncomingMessage): string[];
}

/**
 * @param wanted the port to listen on, 0 for any
 * @throws {Error} Node's EADDRINUSE or EACCES when the port cannot be had
 */
export async function openPort(wanted: number, handler: PortHandler): Promise<ApiPort> {
  // Node ends a connection whose head is longer than this without our having a say, so it stays well above AWS's limit.
  const server = createServer(
    { maxHeaderSize: 4 * REQUEST_HEAD_LIMIT, keepAliveTimeout: 65_000 },
    (message, response) => receive(toUnread(message, response, false), handler),
  );
  // Without a listener of ours Node asks for every body, also for one that is then refused.
  server.on("checkContinue", (message, response) => receive(toUnread(message, response, true), handler));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toUnread(request: IncomingMessage, response: ServerResponse, isHeldBack: boolean): Unread {
  return { request, response, isHeldBack, drain: 2 * BODY_LIMIT };
}

function receive(unread: Unread, handler: PortHandler): void {
  const { request: message, response, isHeldBack } = unread;
  const { headers } = message;
  const refuse = (status: number, reason: string, isNowHeldBack = isHeldBack): void => {
    const body = JSON.stringify({ message: reason });
    const own = ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))];
    const head = { status, headers: [...own, ...handler.headersOf(message)] };
    answerUnread({ ...unread, isHeldBack: isNowHeldBack }, head, body);
  };
  if (!isLocalHost(headers.host)) return refuse(403, "Forbidden");
  const head = readHeaders(message.rawHeaders);
  const line = (message.method ?? "").length + (message.url ?? "").length + " HTTP/1.1 ".length;
  if (line > REQUEST_HEAD_LIMIT) return refuse(414, "Request-URI Too Long");
  if (line + head.size > REQUEST_HEAD_LIMIT) return refuse(431, "Request Header Fields Too Large");

  const port = message.socket.localPort ?? 0;
  const length = headers["content-length"];
  if (headers["transfer-encoding"] === undefined && (length === undefined || length === "0")) {
    return handler.serve({ message, head, body: undefined, port }, response);
  }
  if (Number(length) > BODY_LIMIT) return refuse(413, "Request Entity Too Large");
  if (isHeldBack) response.writeContinue();
  readBody(message, (body) => {
    if (body === "too large") refuse(413, "Request Entity Too Large", false);
    else handler.serve({ message, head, body: body.length === 0 ? undefined : body, port }, response);
  });
}

/** Calls back once, and not at all when the client hangs up before the end. */
function readBody(message: IncomingMessage, done: (body: Buffer | "too large") => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("error", () => {});
  message.on("data", function collect(chunk: Buffer) {
    size += chunk.length;
    if (size <= BODY_LIMIT) {
      chunks.push(chunk);
      return;
    }
    message.off("data", collect);
    message.removeAllListeners("end");
    done("too large");
  });
  message.once("end", () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}
