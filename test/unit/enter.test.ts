// What is asked for on a terminal, and what a script hands over on stdin.

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { EntryName } from "../../src/core/problem.ts";
import { groupsOfFour, toCode } from "../../src/core/one-time-code.ts";
import { enrolmentLines } from "../../src/cli/enrolment-lines.ts";
import { entriesOf } from "../../src/cli/enter.ts";
import type { Host } from "../../src/cli/host.ts";
import type { Reporter } from "../../src/cli/reporter.ts";
import { en as text } from "../../src/cli/text/en.ts";

interface Scene {
  readonly isTerminal: boolean;
  readonly options?: Record<string, unknown>;
  readonly rows?: number;
}

function open({ isTerminal, options = {}, rows = 50 }: Scene) {
  const stop = new AbortController();
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  let screen = "";
  stderr.on("data", (chunk: Buffer) => (screen += chunk.toString()));
  Object.assign(stdin, { isTTY: isTerminal });
  Object.assign(stderr, { isTTY: isTerminal, columns: 80, rows });
  const host = { stdin, stderr, env: { NO_COLOR: "1" } } as unknown as Host;
  const reporter = { pause: () => undefined } as Reporter;
  const entries = entriesOf({ host, reporter, text, options, signal: stop.signal });
  /** Each once the words before it are on the screen. */
  const type = async (...lines: (readonly [shown: string, typed: string])[]): Promise<void> => {
    for (const [shown, typed] of lines) {
      await expect.poll(() => screen.split("\n").at(-1)).toContain(shown);
      stdin.write(typed);
    }
  };
  return { entries, stdin, stop, type, screen: () => screen };
}

const SECRET = {
  secret: "ABCDEFGHIJKLMNOP",
  uri: "otpauth://totp/alice%40example.com?issuer=awsls%20alice&secret=ABCD",
};

describe("on a terminal", () => {
  it("a password is asked for until there is one, and never seen", async () => {
    const { entries, type, screen } = open({ isTerminal: true });
    const entered = entries.enter({ of: "password" });
    await type(["Password: ", "\r"]);
    await type(["Password: ", " s3cret pässword \r"]);
    expect(await entered).toBe(" s3cret pässword ");
    expect(screen()).toBe("Password: \nPassword: \n");
  });

  it("a new password is typed twice, until both are the same", async () => {
    const { entries, type, screen } = open({ isTerminal: true });
    const entered = entries.enter({ of: "newPassword" });
    await type(["New password: ", "one\r"], ["again: ", "two\r"], ["They differ", "three\r"], ["again: ", "three\r"]);
    expect(await entered).toBe("three");
    expect(screen()).not.toMatch(/one|two|three/);
  });

  it("a code is seen, may be in groups, and is asked for until it is one", async () => {
    const { entries, type, screen } = open({ isTerminal: true });
    const entered = entries.enter({ of: "mailedCode" });
    await type(["Code from the mail: ", "12345\r"], ["six digits", "123 456\r"]);
    expect(await entered).toBe("123456");
    expect(screen()).toContain("123 456");
  });

  it.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s is an interruption", async (_, key) => {
    const { entries, type } = open({ isTerminal: true });
    const entered = entries.enter({ of: "password" });
    await Promise.all([
      expect(entered).rejects.toMatchObject({ code: "Interrupted", data: { during: "asking" } }),
      type(["Password: ", key]),
    ]);
  });

  it("--password-stdin changes nothing: what is typed is not seen", async () => {
    const { entries, type, screen } = open({ isTerminal: true, options: { passwordStdin: true } });
    const entered = entries.enter({ of: "password" });
    await type(["Password: ", "s3cret\r"]);
    expect(await entered).toBe("s3cret");
    expect(screen()).not.toContain("s3cret");
  });

  it("shows secret, URI and QR code before it asks for the first code", async () => {
    const { entries, type, screen } = open({ isTerminal: true });
    const entered = entries.enter({ of: "totpCode", secret: SECRET });
    await type(["authenticator app: ", "123456\r"]);
    expect(await entered).toBe("123456");
    expect(screen()).toContain("  ABCD EFGH IJKL MNOP\n");
    expect(screen()).toContain(`  ${SECRET.uri}\n`);
    expect(screen()).toMatch(/[█▀▄ ]{33}\n/);
  });

  it("with --json nobody is asked for the first code: the secret is in the document", async () => {
    const { entries, screen } = open({ isTerminal: true, options: { json: true } });
    expect(await entries.enter({ of: "totpCode", secret: SECRET })).toBeUndefined();
    expect(screen()).toBe("");
  });
});

describe("without a terminal", () => {
  it("nobody is asked, and nothing read", async () => {
    const { entries, screen, stdin } = open({ isTerminal: false });
    stdin.end("s3cret\n");
    for (const of of ["password", "newPassword", "mailedCode", "totpCode"] satisfies EntryName[]) {
      expect(await entries.enter({ of })).toBeUndefined();
    }
    expect(screen()).toBe("");
    expect(stdin.read()?.toString()).toBe("s3cret\n");
  });

  it("--password-stdin gives a line a password, whole, and says which is missing", async () => {
    const { entries, stdin } = open({ isTerminal: false, options: { passwordStdin: true } });
    stdin.end("\uFEFF old one \r\nnew\r\n");
    expect(await entries.enter({ of: "currentPassword" })).toBe(" old one ");
    expect(await entries.enter({ of: "newPassword" })).toBe("new");
    await expect(entries.enter({ of: "newPassword" })).rejects.toMatchObject({
      code: "ValueMissing",
      data: { value: "newPassword", option: "--password-stdin", line: 3 },
    });
    expect(await entries.enter({ of: "totpCode" })).toBeUndefined();
  });

  it("takes a line before the pipe is closed, an empty one for none, and ends with the command", async () => {
    const { entries, stdin, stop } = open({ isTerminal: false, options: { passwordStdin: true } });
    stdin.write("first\n\n");
    expect(await entries.enter({ of: "password" })).toBe("first");
    await expect(entries.enter({ of: "newPassword" })).rejects.toMatchObject({
      code: "ValueMissing",
      data: { line: 2 },
    });
    const waiting = entries.enter({ of: "newPassword" });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "Interrupted" });
  });
});

describe("the QR code", () => {
  it.each([
    [80, 24, true],
    [30, 24, false],
    [80, 12, false],
    [0, 0, false],
  ])("on %i columns and %i rows: %s", (columns, rows, isThere) => {
    const lines = enrolmentLines(SECRET, text, { columns, rows, wantsColor: false });
    const code = lines.filter((line) => /^[█▀▄ ]+$/.test(line));
    expect(code.length > 0).toBe(isThere);
    expect(code.length).toBeLessThan(rows + 1);
    for (const line of code) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines).toContain(`  ${SECRET.uri}`);
  });

  it("is black and white on every terminal that may have colours", () => {
    const lines = enrolmentLines(SECRET, text, { columns: 80, rows: 50, wantsColor: true });
    expect(lines.filter((line) => line.startsWith("\u001b[97m\u001b[40m")).length).toBeGreaterThan(10);
  });
});

describe("a code", () => {
  it("is six digits, in groups or not", () => {
    expect(["123456", "123 456", " 123-456 "].map(toCode)).toEqual(["123456", "123456", "123456"]);
    expect(["", "12345", "1234567", "12345a", "１２３４５６"].map(toCode)).toEqual(Array(5).fill(undefined));
  });

  it("its secret is shown in groups of four", () => {
    expect(groupsOfFour("ABCDEFGHI")).toBe("ABCD EFGH I");
  });
});
