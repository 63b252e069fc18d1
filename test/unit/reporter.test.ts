// Where what a command tells goes: rows to stdout, all else to stderr.

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createReporter, type Reporter, type ReporterOptions } from "../../src/cli/reporter.ts";
import { posixShell } from "../../src/cli/shell.ts";
import { en as text } from "../../src/cli/text/en.ts";
import type { RunEvent } from "../../src/core/event.ts";
import { Problem } from "../../src/core/problem.ts";
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

interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

const reportedOn = (isJson: boolean): Promise<Streams> =>
  reported({ isJson }, (reporter) => {
    reporter.emit({ type: "notice", code: "LocalCloudStarted", data: { url: "http://127.0.0.1:1", pid: 1, speed: 1 } });
    reporter.emit({ type: "row", row: ROW });
  });

async function reported(more: Partial<ReporterOptions>, work: (reporter: Reporter) => void): Promise<Streams> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const reporter = await createReporter({
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    isTerminal: false,
    wantsColor: true,
    isVerbose: false,
    isJson: false,
    awsls: (command) => `awsls ${command}`,
    shell: posixShell,
    text,
    ...more,
  });
  work(reporter);
  reporter.end();
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
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

describe("what is somebody else's commands no terminal", () => {
  const theirs = "\u001b]0;owned\u0007\u009b2J";
  const shown = String.raw`\x1b]0;owned\x07\x9b2J`;
  const subject = { component: "permission", name: theirs };
  const maker = { stack: theirs, region: "r", owner: theirs, origin: theirs };
  it.each<[string, RunEvent]>([
    ["a name", { type: "finished", subject, outcome: "update", changes: [], ms: 1 }],
    [
      "the name of what failed",
      { type: "failed", subject, problem: new Problem("TimedOut", { doing: "x", seconds: 1 }) },
    ],
    [
      "an answer",
      {
        type: "exchange",
        title: "list",
        passed: true,
        method: "GET",
        url: "http://u",
        status: 200,
        body: theirs,
        ms: 1,
      },
    ],
    [
      "tags of what is left",
      { type: "notice", code: "LeftAlone", data: { resource: "api", name: "n", belongsTo: maker } },
    ],
    [
      "what is taken over",
      {
        type: "notice",
        code: "TakesOver",
        data: { resources: [{ resource: "role", name: "n", users: [theirs], belongsTo: maker, changes: [] }] },
      },
    ],
    [
      "how a call ended",
      { type: "call", service: "s", operation: "GetIt", input: {}, ms: 1, error: theirs, attempts: 1 },
    ],
  ])("%s", async (_what, event) => {
    const { stderr } = await reported({ isVerbose: true }, (reporter) => reporter.emit(event));
    expect(stderr).toContain(shown);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it("a row in JSON, which stays the same document", async () => {
    const row = { ...ROW, text: theirs };
    const { stdout } = await reported({ isJson: true }, (reporter) => reporter.emit({ type: "row", row }));
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(JSON.parse(stdout)).toEqual(row);
  });

  it("what to do about a problem", async () => {
    const role = { name: theirs, roleArn: theirs, users: [theirs], answer: "unasked" as const };
    const { stderr } = await reported({}, (reporter) => reporter.problem(new Problem("RoleShared", role)));
    expect(stderr).toContain(`--role-arn ${shown}`);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe("an aws command that is advised goes where this run went", () => {
  const problem = new Problem("Protected", { resource: "table", name: "items", field: "DeletionProtectionEnabled" });
  const advised = "dynamodb update-table --table-name items --no-deletion-protection-enabled";
  it.each<[string, RunEvent[], string]>([
    ["nowhere yet", [], `aws ${advised}`],
    [
      "on AWS",
      [{ type: "connected", kind: "aws", region: "eu-west-1", profile: "my work", unset: [] }],
      `aws --profile 'my work' --region eu-west-1 ${advised}`,
    ],
    [
      "at an endpoint",
      [{ type: "connected", kind: "endpoint", region: "eu-west-1", endpoint: "http://127.0.0.1:1", unset: [] }],
      `aws --region eu-west-1 --endpoint-url http://127.0.0.1:1 ${advised}`,
    ],
    [
      "on the local cloud",
      [{ type: "connected", kind: "local", region: "us-east-1", folder: "..", unset: [] }],
      `aws ${advised}\`. \`aws\` reaches this local cloud in a terminal in which \`eval "$(cd .. && awsls local env)"\` has run.`,
    ],
  ])("%s", async (_where, events, line) => {
    const { stderr } = await reported({}, (reporter) => {
      for (const event of events) reporter.emit(event);
      expect(reporter.explained(problem).todo).toContain(line);
      reporter.problem(problem);
    });
    expect(stderr).toContain(line);
  });

  it("but for one that calls no service", async () => {
    await reported({}, (reporter) => {
      reporter.emit({ type: "connected", kind: "aws", region: "eu-west-1", unset: [] });
      expect(reporter.explained(new Problem("NoCredentials", {})).todo).toContain("`aws login`");
    });
  });
});
