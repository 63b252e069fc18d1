// Times of this machine's zone, as they are shown.

import { afterEach, expect, it, vi } from "vitest";
import { momentOf } from "../../src/cli/moment.ts";

afterEach(() => vi.unstubAllEnvs());

it.each([
  ["Asia/Seoul", "2026-11-26T09:00:00Z", "18:00:00 (UTC+9)"],
  ["Asia/Seoul", "2026-12-01T09:00:00Z", "2026-12-01 18:00:00 (UTC+9)"],
  // There it is tomorrow already.
  ["Asia/Seoul", "2026-11-26T15:30:00Z", "2026-11-27 00:30:00 (UTC+9)"],
  ["UTC", "2026-11-26T09:00:00Z", "09:00:00 (UTC)"],
  ["America/St_Johns", "2026-11-26T09:00:00Z", "05:30:00 (UTC-3:30)"],
  // Summer has another offset than the day on which it is asked.
  ["Europe/Berlin", "2027-06-01T09:00:00Z", "2027-06-01 11:00:00 (UTC+2)"],
])("in %s %s is %s", (zone, at, shown) => {
  vi.stubEnv("TZ", zone);
  expect(momentOf(Date.parse(at), Date.parse("2026-11-26T06:00:00Z"))).toBe(shown);
});
