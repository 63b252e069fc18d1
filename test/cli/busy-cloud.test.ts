// A local cloud that is too busy to answer is no dead one: nobody takes its place or its data.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StatusResult } from "../../src/commands/status.ts";
import { openWorkplace, processesOn, type Workplace } from "./awsls.ts";

let place: Workplace;
let stopped: number | undefined;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(async () => {
  if (stopped !== undefined) process.kill(stopped, "SIGCONT");
  await place.close();
});

/** Five greetings of two seconds, and six starts of Node at once. */
const PATIENCE_MS = 13_500;

it.skipIf(process.platform === "win32")(
  "every command says so in time, deletes nothing and starts no other",
  { timeout: 60_000 },
  async () => {
    await place.awsls("up", "--local");
    await place.awsls("table", "create", "--local", "--stack", "bob");
    const { pid } = place.cloud();
    const files = [
      "http-crud-tutorial.json",
      "bob.json",
      "local/cloud.json",
      "local/cloud.lock",
      "local/settings.json",
    ];
    const contents = (): string[] => files.map((file) => readFileSync(join(place.folder, ".awsls", file), "utf8"));
    const before = contents();
    process.kill(pid, "SIGSTOP");
    stopped = pid;
    const commands = ["up", "status", "down --stack bob", "local start", "local stop", "table create --stack eve"];
    const started = performance.now();
    const outcomes = await Promise.all(
      commands.map(async (command) => {
        const outcome = await place.awsls(...command.split(" "), "--json");
        return { command, ...outcome, ms: performance.now() - started };
      }),
    );
    for (const { command, code, stdout, ms } of outcomes) {
      expect(code, command).toBe(3);
      expect(JSON.parse(stdout), command).toMatchObject({
        error: { code: "LocalCloudFailed", data: { doing: "reach", reason: `process ${pid}` } },
      });
      expect(ms, command).toBeLessThan(PATIENCE_MS);
    }
    expect(contents()).toEqual(before);
    process.kill(pid, "SIGCONT");
    stopped = undefined;
    expect(place.cloud().pid).toBe(pid);
    if (process.platform === "linux") expect(processesOn(place.folder)).toEqual([pid]);
    for (const stack of ["http-crud-tutorial", "bob"]) {
      const { resources } = await place.json<StatusResult>("status", "--stack", stack);
      expect(resources[0]?.condition).toBe("exists");
    }
    for (const stack of ["http-crud-tutorial", "bob"]) {
      expect(await place.awsls("down", "--stack", stack)).toMatchObject({ code: 0 });
    }
    expect(processesOn(place.folder)).toEqual([]);
  },
);
