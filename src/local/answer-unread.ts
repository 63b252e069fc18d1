// The answer to a request that is refused before it is read.

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/** How long a client may go on sending what nobody reads. */
const DRAIN_MS = 5000;

export interface Unread {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client waits for `100 Continue` with its body. */
  readonly isHeldBack: boolean;
  /** Bytes that a client may go on sending. */
  readonly drain: number;
}

interface Head {
  readonly status: number;
  /** As `writeHead` takes them: an object, or flat. */
  readonly headers: OutgoingHttpHeaders | string[];
}

/**
 * Answers at once and throws away what still comes. Many clients (fetch, the AWS SDK) send their whole body before they
 * look for an answer: one whose connection closed meanwhile would see a broken pipe instead of the refusal.
 */
export function answerUnread(unread: Unread, { status, headers }: Head, body: string | Uint8Array): void {
  const { request, response, isHeldBack, drain } = unread;
  if (response.destroyed) return;
  if (isHeldBack) {
    // Nothing is on its way, and whether the body will come is open: only the connection's end makes that clear.
    response.shouldKeepAlive = false;
    response.writeHead(status, headers).end(body);
    return;
  }
  response.writeHead(status, headers).write(body);
  let size = 0;
  const cut = (): void => {
    response.end(() => request.socket.destroy());
  };
  const timer = setTimeout(cut, DRAIN_MS);
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > drain) cut();
  });
  request.once("end", () => {
    clearTimeout(timer);
    response.end();
  });
  request.once("close", () => clearTimeout(timer));
  request.on("error", () => {});
}
