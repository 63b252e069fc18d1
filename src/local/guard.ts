// Who may reach a port of this cloud: this machine's own programs and pages, never a foreign web page.

import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a Host header names this machine: 127.0.0.1, localhost, [::1] or *.localhost, any port. Everything else may
 * be a foreign name that was made to point here (DNS rebinding).
 */
export function isLocalHost(hostHeader: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(hostHeader ?? "")?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]" || /^[a-z0-9_.-]+\.localhost$/.test(name);
}

/**
 * Why a request to the control port is refused before its body is read; undefined when it may pass. IAM's and STS's
 * form posts are "simple" to a browser and come without a preflight, so the Origin of every request counts.
 */
export function refusalOf(headers: IncomingHttpHeaders): string | undefined {
  if (!isLocalHost(headers.host)) {
    return `Host ${JSON.stringify(headers.host ?? "")} is not this machine: use 127.0.0.1 or localhost`;
  }
  if (headers.origin !== undefined && !isLocalOrigin(headers.origin)) {
    return `Origin ${JSON.stringify(headers.origin)} may not reach the local cloud`;
  }
  if (headers["sec-fetch-site"] === "cross-site") return "A page of another site may not reach the local cloud";
  return undefined;
}

function isLocalOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
  return host !== undefined && isLocalHost(host);
}
