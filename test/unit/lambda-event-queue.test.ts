// How often Lambda tries an event, and when, on a clock whose sleeps take no time.

import { describe, expect, it } from "vitest";
import { createEventQueue } from "../../src/local/lambda/event-queue.ts";
import type { FunctionRecord } from "../../src/local/lambda/function-record.ts";
import { AwsError } from "../../src/local/service.ts";
import type { CloudEnvironment, Collection } from "../../src/local/service.ts";

type Attempt = "answered" | "failed" | "throttled" | AwsError;

const HOUR = 3600;
const RECORD = { name: "f", activeAt: 0 } as FunctionRecord;

/** Seconds from the first attempt at which one event is tried, and what the cloud's log says of it. */
async function attemptsOf(
  outcome: (attempt: number) => Attempt,
  records: Map<string, FunctionRecord> = new Map([["f", RECORD]]),
): Promise<{ at: number[]; log: string[] }> {
  let now = 0;
  const at: number[] = [];
  const log: string[] = [];
  const requestIds = new Set<string>();
  const clock: CloudEnvironment["clock"] = {
    now: () => now,
    sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
      return Promise.resolve();
    },
  };
  const queue = createEventQueue(
    {
      env: { clock, log: (line: string) => void log.push(line) } as unknown as CloudEnvironment,
      records: records as unknown as Collection<FunctionRecord>,
    },
    {
      run(_record, request) {
        requestIds.add(request.requestId);
        const kind = outcome(at.push(now / 1000));
        if (kind instanceof AwsError) return Promise.reject(kind);
        return Promise.resolve(kind === "throttled" ? { kind } : { kind, payload: request.payload });
      },
    },
  );
  queue.add(RECORD, "id", new Uint8Array());
  await new Promise((resolve) => setTimeout(resolve, 20));
  queue.close();
  expect([...requestIds]).toEqual(at.length > 0 ? ["id"] : []);
  return { at, log };
}

describe("an event", () => {
  it("whose function answers runs once", async () => {
    expect(await attemptsOf(() => "answered")).toEqual({ at: [0], log: [] });
  });

  it("whose function fails runs twice more, after one minute and after two, and is dropped", async () => {
    const { at, log } = await attemptsOf(() => "failed");
    expect(at).toEqual([0, 60, 180]);
    expect(log).toEqual(["lambda event for f was dropped: Error: it failed to the end"]);
    expect((await attemptsOf((attempt) => (attempt === 2 ? "answered" : "failed"))).at).toEqual([0, 60]);
  });

  it("that is throttled is tried again, first after a second, then every five minutes, for six hours", async () => {
    const { at, log } = await attemptsOf(() => "throttled");
    expect(at.slice(0, 11)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]);
    expect(at.at(-1)).toBeGreaterThan(6 * HOUR - 300);
    expect(at.at(-1)).toBeLessThanOrEqual(6 * HOUR);
    expect(log).toEqual(["lambda event for f was dropped: Error: it was throttled to the end"]);
  });

  it("that was throttled still has its two retries", async () => {
    const outcomes: Attempt[] = ["throttled", "failed", "throttled", "failed", "failed"];
    expect((await attemptsOf((attempt) => outcomes[attempt - 1] ?? "answered")).at).toEqual([0, 1, 61, 63, 183]);
  });

  it("is tried again after a failure of Lambda's own, not when it may not run the function", async () => {
    const kms = new AwsError("KMSAccessDeniedException", 502, "denied");
    expect((await attemptsOf((attempt) => (attempt < 3 ? kms : "answered"))).at).toEqual([0, 1, 3]);
    const refused = await attemptsOf(() => new AwsError("AccessDeniedException", 403, "no role"));
    expect(refused.at).toEqual([0]);
    expect(refused.log).toEqual([expect.stringContaining("no role")]);
  });

  it("of a function that is gone is dropped, also between two attempts", async () => {
    expect((await attemptsOf(() => "answered", new Map())).at).toEqual([]);
    const records = new Map([["f", RECORD]]);
    const { at } = await attemptsOf(() => {
      records.clear();
      return "failed";
    }, records);
    expect(at).toEqual([0]);
  });
});
