// What of an answer is API Gateway's own, and not the function's.

import { isSame } from "../core/change.ts";
import type { HttpAnswer } from "./http.ts";

type Answer = Pick<HttpAnswer, "status" | "body">;

/**
 * API Gateway's own words, for a route that is not deployed yet, an authorizer, a permission or a role that has not spread yet:
 * the function did not run to its end, so the request may be sent again.
 */
export function isApiGatewaysOwn({ status, body }: Answer): boolean {
  const words = [
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [404, "Not Found"],
    [500, "Internal Server Error"],
    [503, "Service Unavailable"],
  ] as const;
  return words.some(([code, message]) => status === code && isSame(parseJson(body), { message }));
}

/** A function may answer 401, too: that is no proof that a token is wanted. */
export function isUnauthorized(answer: Answer): boolean {
  return answer.status === 401 && isApiGatewaysOwn(answer);
}

/** Undefined for what is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
