import { describe, expect, it } from "vitest";
import { createTimeCheck } from "../../src/local/signing-time.ts";
import type { Signed } from "../../src/local/signature.ts";

const NOW = Date.UTC(2026, 0, 1, 0, 10, 0, 500);
const check = createTimeCheck(() => NOW);

function signed(more: Partial<Signed> = {}): Signed {
  const timestamp = more.timestamp ?? "20260101T001000Z";
  return {
    accessKeyId: "AKIA",
    day: timestamp.slice(0, 8),
    region: "us-east-1",
    service: "sts",
    signedHeaders: ["host", "x-amz-date"],
    signature: "",
    timestamp,
    sessionToken: undefined,
    ...more,
  };
}

describe("the time of a signature", () => {
  it.each(["20260101T001000Z", "20260101T000500Z", "20260101T001500Z"])("%s is current", (timestamp) => {
    expect(check(signed({ timestamp }))).toBeUndefined();
  });

  it.each([
    [
      "20260101T000459Z",
      "Signature expired: 20260101T000459Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)",
    ],
    [
      "20250101T001000Z",
      "Signature expired: 20250101T001000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)",
    ],
    [
      "20260101T001501Z",
      "Signature not yet current: 20260101T001501Z is still later than 20260101T001500Z (20260101T001000Z + 5 min.)",
    ],
  ])("%s is not", (timestamp, message) => {
    expect(check(signed({ timestamp }))).toEqual({ reason: "signature", message });
  });

  it.each(["not-a-date", "2026-01-01T00:10:00Z", "20260101T001000", "", "20261301T001000Z"])(
    "%j is none",
    (timestamp) => {
      expect(check(signed({ timestamp }))).toMatchObject({
        reason: "incomplete",
        message: expect.stringContaining("ISO-8601 'basic format'"),
      });
    },
  );

  it("is on the day that the scope names", () => {
    expect(check(signed({ day: "20251231" }))?.message).toContain("'20251231' != '20260101', from '20260101T001000Z'");
    expect(check(signed({ day: "2026" }))?.message).toContain("'2026' != '20260101'");
  });

  it("counts only together with the host", () => {
    expect(check(signed({ signedHeaders: ["x-amz-date"] }))?.message).toContain("'Host' or ':authority'");
  });

  it("follows the clock", () => {
    let now = NOW;
    const moving = createTimeCheck(() => now);
    expect(moving(signed())).toBeUndefined();
    now += 301_000;
    expect(moving(signed())?.message).toContain("Signature expired");
  });
});

describe("the time of a presigned call", () => {
  it.each([
    ["20260101T000900Z", 60, undefined],
    ["20260101T000500Z", 604_800, undefined],
    ["20251226T000000Z", 604_800, undefined],
    ["20260101T000900Z", 59, "is now earlier than 20260101T000901Z (20260101T001000Z - 59 sec.)"],
    ["20260101T002000Z", 60, "Signature not yet current"],
    ["20260101T001000Z", 604_801, "X-Amz-Expires"],
    ["20260101T001000Z", -1, "X-Amz-Expires"],
  ])("made at %s for %i s", (timestamp, expires, problem) => {
    const found = check(signed({ timestamp, expires }))?.message;
    expect(found).toEqual(problem === undefined ? undefined : expect.stringContaining(problem));
  });
});
