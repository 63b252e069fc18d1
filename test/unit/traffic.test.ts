import { expect, it } from "vitest";
import { createTraffic } from "../../src/local/traffic.ts";

const yes = (): Promise<boolean> => Promise.resolve(true);

it("shuts when it holds and nothing is under way, and lets nothing pass afterwards", async () => {
  const traffic = createTraffic();
  expect(await traffic.pass(() => Promise.resolve(1))).toBe(1);
  expect(await traffic.shutIf(() => Promise.resolve(false))).toBe(false);
  expect(await traffic.pass(() => Promise.resolve(2))).toBe(2);
  expect(await traffic.shutIf(yes)).toBe(true);
  expect(await traffic.pass(() => Promise.resolve(3))).toBeUndefined();
});

it("stays open for what is under way, and for what comes while it looks", async () => {
  const traffic = createTraffic();
  let finish = (): void => undefined;
  const making = traffic.pass(() => new Promise<void>((resolve) => (finish = resolve)));
  expect(await traffic.shutIf(yes)).toBe(false);
  finish();
  await making;
  const comesMeanwhile = async (): Promise<boolean> => {
    await traffic.pass(() => Promise.resolve());
    return true;
  };
  expect(await traffic.shutIf(comesMeanwhile)).toBe(false);
  // One that failed is not under way any more.
  await traffic.pass(() => Promise.reject(new Error("refused"))).catch(() => undefined);
  expect(await traffic.shutIf(yes)).toBe(true);
});
