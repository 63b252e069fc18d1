// Where what a command tells goes: rows to stdout, all else to stderr.

import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createReporter } from "../../src/cli/reporter.ts";
import { posixShell } from "../../src/cli/shell.ts";
import { en as text } from "../../src/cli/text/en.ts";
import type { LogRow } from "../../src/core/row.ts";

const ROW: LogRow = {
  kind: "log",
  function: "crud",
  time: "2026-01-31T09:30:00.000Z",
  type: "output",
  text: "hello",
  eventId: "1",
  logStreamName: "s",
  timestamp: Date.UTC(2026, 0, 31, 9, 30),
  ingestionTime: Date.UTC(2026, 0, 31, 9, 30),
  message: "hello\n",
};

async function reportedOn(isJson: boolean): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const reporter = await createReporter({
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    isTerminal: false,
    wantsColor: true,
    isVerbose: false,
    isJson,
    awsls: (command) => `awsls ${command}`,
    shell: posixShell,
    text,
  });
  reporter.emit({ type: "notice", code: "LocalCloudStarted", data: { url: "http://127.0.0.1:1", pid: 1 } });
  reporter.emit({ type: "row", row: ROW });
  reporter.end();
  return { stdout: String(stdout.read()), stderr: String(stderr.read()) };
}

it("rows go to stdout, notices to stderr", async () => {
  const { stdout, stderr } = await reportedOn(false);
  expect(stdout).toContain("hello");
  expect(stderr).toBe("Local cloud started on http://127.0.0.1:1\n");
});

it("with --json a row is one JSON object on one line", async () => {
  const { stdout } = await reportedOn(true);
  expect(stdout).toBe(`${JSON.stringify(ROW)}\n`);
});
