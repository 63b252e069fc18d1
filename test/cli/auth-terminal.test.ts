// Sign-in on a real terminal: what is asked for, what is seen of it, and how the terminal is left.

import { TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./awsls.ts";
import { CTRL_C, onTerminal, PYTHON, type Typing } from "./terminal.ts";

const EMAIL = "alice@example.com";
const SIGNED_IN = "bob@example.com";
const PASSWORD = "C0rrect-horse!";

describe.skipIf(PYTHON === undefined)("on a terminal", () => {
  let place: Workplace;
  beforeAll(async () => {
    place = openWorkplace();
    await place.awsls("up", "--local");
    await place.awsls("auth", "enable");
    await place.awslsFed(`${PASSWORD}\n`, "auth", "users", "create", SIGNED_IN, "--password-stdin");
  });
  beforeEach(() => place.awslsFed(`${PASSWORD}\n`, "auth", "sign-in", SIGNED_IN, "--password-stdin"));
  afterAll(() => place.close());

  const type = (when: string, typed: string): Typing => ({ when, type: `${typed}\r` });
  const auth = (typed: readonly Typing[], ...args: string[]): ReturnType<typeof onTerminal> =>
    onTerminal(place.folder, typed, "auth", ...args);

  it("passwords are asked for and not seen, codes are seen, and the terminal shows typing afterwards", async () => {
    const signUp = await auth(
      [
        type("New password:", PASSWORD),
        type("again:", "something else"),
        type("differ", PASSWORD),
        type("again:", PASSWORD),
      ],
      "sign-up",
      EMAIL,
    );
    expect(signUp.code, signUp.text).toBe(0);
    expect(signUp.text).toContain("is signed up");
    const { mails } = await place.lever<{ mails: { code: string }[] }>("GET", "inbox");
    const code = mails.at(-1)?.code ?? "";
    const confirmed = await auth([type("Code from the mail:", "12345"), type("six digits", code)], "confirm", EMAIL);
    expect(confirmed.text).toContain("is confirmed");
    expect(confirmed.text).toContain(code);
    const signIn = await auth([type("Password:", PASSWORD)], "sign-in", EMAIL);
    expect(signIn.text).toContain(`Signed in as ${EMAIL}`);
    for (const { text } of [signUp, signIn]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain("shows no typing");
    }
  });

  it("Ctrl-C at a password ends with 130, changes nothing, and gives the terminal back", async () => {
    for (const at of [[type("Current password:", PASSWORD)], []]) {
      const when = at.length === 0 ? "Current password:" : "New password:";
      const { code, text } = await auth([...at, { when, type: `abc${CTRL_C}` }], "change-password");
      expect(code).toBe(130);
      expect(text).toContain("Interrupted; nothing was changed.");
      expect(text).not.toMatch(/abc|bug|shows no typing/);
    }
    expect(await place.awslsFed(`${PASSWORD}\n`, "auth", "sign-in", SIGNED_IN, "--password-stdin")).toMatchObject({
      code: 0,
    });
  });

  it("a second factor: secret and QR code on the screen, whole, and the code of it", async () => {
    const first = await auth([{ when: "authenticator app:", type: CTRL_C, columns: "100" }], "mfa", "enable");
    expect(first.code).toBe(130);
    const [, uri = ""] = /(otpauth:\/\/\S+)/.exec(first.text) ?? [];
    expect(uri).toContain("issuer=awsls%20http-crud-tutorial");
    const rows = first.text.split("\r\n").filter((line) => /^[█▀▄ ]{30,}$/.test(line));
    expect(rows.length).toBeGreaterThan(18);
    expect(rows.length).toBeLessThan(24);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    const small = await auth([{ when: "Code of your", type: CTRL_C, columns: "30" }], "mfa", "enable");
    expect(small.text).toContain("too small");
    expect(small.text).not.toContain("█");
    // The newest secret counts; its code goes in by the option.
    const [, newest = ""] = /secret=([A-Z2-7]+)/.exec(small.text.replaceAll(/\r\n/g, "")) ?? [];
    const code = new TOTP({ secret: newest }).generate();
    const enabled = await place.awsls("auth", "mfa", "enable", "--code", code);
    expect(enabled, enabled.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("is on") as string });
    expect((await place.awsls("auth", "mfa", "disable")).code).toBe(0);
  });
});
