// Calls of `up`, `up` again and `down`; the time from nothing to the first answer; memory.

import { note } from "./figures.mjs";
import { median, memoryOf, send } from "./measure.mjs";
import { inCloud } from "./stack.mjs";

/** @typedef {import("./stack.mjs").Stack} Stack */

const FRESH_UPS = 9;

/** Calls of each command, and the time from nothing to the first 200. */
export async function journeys() {
  /** @type {number[]} */
  const firstAnswers = [];
  for (let n = 0; n < FRESH_UPS; n++) {
    await inCloud(async (stack) => {
      const answer = await send({ url: `${stack.url}/items` });
      firstAnswers.push(performance.now() - stack.started);
      if (answer.status !== 200) throw new Error(`GET /items: ${answer.status} ${answer.body}`);
      if (n < FRESH_UPS - 1) return;
      await callsOf(stack);
    });
  }
  const ms = median(firstAnswers);
  note(
    "`up --local` from nothing to the first 200",
    `${(ms / 1000).toFixed(2)} s`,
    firstAnswers,
    "≤ 2.5 s",
    ms <= 2500,
  );
}

/** @param {Stack} stack */
async function callsOf(stack) {
  const { requests: first } = await stack.control("GET", "requests");
  noteCalls("a fresh `up`", first, 25);
  const memory = await memoryOf(stack.pid);
  const mb = memory.pssMb ?? memory.rssMb ?? NaN;
  const text = `${Math.round(mb)} MB ${memory.pssMb === undefined ? "RSS" : "PSS"} (RSS ${Math.round(memory.rssMb ?? NaN)} MB), ${memory.processes} processes`;
  note("memory of the local cloud, idle after `up` and one request", text, memory, "≤ 200 MB", mb <= 200);
  await stack.control("DELETE", "requests");
  await stack.awsls("up");
  const { requests: second } = await stack.control("GET", "requests");
  noteCalls("a second `up`", second, 16);
  const writes = /** @type {LoggedRequest[]} */ (second).filter(isWriting).map(({ operation }) => operation);
  note("writing calls of a second `up`", String(writes.length), writes, "0", writes.length === 0);
  // Another stack keeps the cloud alive, so that its log can still be read after `down`.
  await stack.awsls("up", "--local", "--stack", "other");
  await stack.control("DELETE", "requests");
  await stack.awsls("down", "--yes");
  const { requests: last } = await stack.control("GET", "requests");
  noteCalls("`down`", last, 25);
  await stack.awsls("down", "--yes", "--stack", "other");
}

/** @typedef {{ service: string, operation: string, status: number }} LoggedRequest */

/**
 * @param {string} command
 * @param {readonly LoggedRequest[]} requests calls that functions made meanwhile are not the command's
 * @param {number} limit polls and retries are counted here, so what passes here passes without them
 */
function noteCalls(command, requests, limit) {
  const own = requests.filter(({ operation }) => !["Scan", "PutItem", "GetItem", "DeleteItem"].includes(operation));
  const calls = own.map(({ service, operation }) => `${service}:${operation}`);
  note(`calls of ${command}`, String(calls.length), calls, `≤ ${limit}`, calls.length <= limit);
}

/** @param {LoggedRequest} request */
function isWriting({ operation }) {
  return !/^(?:Describe|Get|List|Scan|Query|Filter)/.test(operation);
}
