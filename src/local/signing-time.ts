// When a signature holds: within five minutes of the cloud's clock, a presigned one until it expires.

import { timeOf } from "./signature.ts";
import type { Signed } from "./signature.ts";

const TOLERANCE_MS = 5 * 60 * 1000;
/** A week: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const LONGEST_EXPIRES = 604_800;

/** Why AWS refuses a signature before it compares it. */
export interface Untimely {
  readonly reason: "incomplete" | "signature";
  readonly message: string;
}

/** Checks what a signature says of itself: its time, the day in its scope, and that it covers the host. */
export function createTimeCheck(now: () => number): (signed: Signed) => Untimely | undefined {
  let second = Number.NaN;
  let [earliest, latest] = ["", ""];

  return (signed) => {
    const { timestamp, day, expires, signedHeaders } = signed;
    const time = now();
    const current = Math.floor(time / 1000);
    // Times of this form sort as text, so that the many calls of one second cost two comparisons each.
    if (current !== second) {
      second = current;
      [earliest, latest] = [stampOf(time - TOLERANCE_MS), stampOf(time + TOLERANCE_MS)];
    }
    const isCurrent = timestamp.length === 16 && earliest <= timestamp && timestamp <= latest;
    if (isCurrent && expires === undefined && timestamp.startsWith(`${day}T`) && signedHeaders.includes("host")) {
      return undefined;
    }
    return untimely(signed, time);
  };
}

function untimely({ timestamp, day, expires, signedHeaders }: Signed, now: number): Untimely | undefined {
  const time = timeOf(timestamp);
  if (Number.isNaN(time)) {
    const message = `Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    return { reason: "incomplete", message };
  }
  const message =
    scopeProblem(timestamp, day) ??
    (signedHeaders.includes("host")
      ? undefined
      : "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.") ??
    expiresProblem(expires) ??
    timeProblem(timestamp, time, now, expires);
  return message === undefined ? undefined : { reason: "signature", message };
}

function scopeProblem(timestamp: string, day: string): string | undefined {
  const date = timestamp.slice(0, 8);
  if (date === day) return undefined;
  return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date}', from '${timestamp}'.`;
}

function expiresProblem(expires: number | undefined): string | undefined {
  if (expires === undefined || (expires >= 0 && expires <= LONGEST_EXPIRES)) return undefined;
  return `X-Amz-Expires must be between 0 and ${LONGEST_EXPIRES} seconds (a week)`;
}

function timeProblem(timestamp: string, time: number, now: number, expires: number | undefined): string | undefined {
  // A timestamp has whole seconds, so the clock is read in whole seconds too.
  const current = Math.floor(now / 1000) * 1000;
  const latest = current + TOLERANCE_MS;
  if (time > latest) {
    return `Signature not yet current: ${timestamp} is still later than ${stampOf(latest)} (${stampOf(now)} + 5 min.)`;
  }
  const earliest = current - (expires === undefined ? TOLERANCE_MS : expires * 1000);
  if (time >= earliest) return undefined;
  const span = expires === undefined ? "5 min." : `${expires} sec.`;
  return `Signature expired: ${timestamp} is now earlier than ${stampOf(earliest)} (${stampOf(now)} - ${span})`;
}

/** `20261123T101112Z` */
function stampOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
