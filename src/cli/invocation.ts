// How a suggested command is written, so that it can be typed as it stands: as this one was called, for the same stack.

import { posixShell } from "./shell.ts";

/** `test` → `npx awsls test --stack alice`. */
export type Invocation = (command: string) => string;

/** Needed by every later command. */
const ALWAYS = { stack: "--stack", state: "--state", profile: "--profile" } as const;
/** Needed until the state file says where the stack lives. */
const UNTIL_RECORDED = { local: "--local", endpointUrl: "--endpoint-url", region: "--region" } as const;

export interface InvocationOptions {
  readonly env: NodeJS.ProcessEnv;
  /** As commander parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The state file says where the stack lives. */
  isRecorded(): boolean;
}

export function invocationOf({ env, options, isRecorded }: InvocationOptions): Invocation {
  const awsls = env["npm_command"] === "exec" ? "npx awsls" : "awsls";
  return (command) => {
    // `local …`, `help …` and `--help` are about no stack.
    if (/^(local|help|--)/.test(command)) return `${awsls} ${command}`;
    // Where the stack lives does not matter to whose its code is.
    const namesTarget =
      command.startsWith("function eject") || command.includes("--local") || command.includes("--endpoint-url");
    const kept = { ...ALWAYS, ...(namesTarget || isRecorded() ? {} : UNTIL_RECORDED) };
    const flags = Object.entries(kept).flatMap(([name, flag]) => {
      const value = options[name];
      if (value === undefined || value === false || command.includes(flag)) return [];
      return value === true ? [flag] : [flag, quote(String(value))];
    });
    return [awsls, command, ...flags].join(" ");
  };
}

/** A sentence of the catalogue with the commands in it, `awsls …` between backticks, as they can be typed. */
export function withCommands(text: string, awsls: Invocation): string {
  return text.replaceAll(/`awsls ([^`]+)`/g, (_, command: string) => `\`${awsls(command)}\``);
}

/** A word behind a command; an address may have signs in it that mean something to a shell. */
export function word(value: string): string {
  return value.startsWith("-") ? `-- ${quote(value)}` : quote(value);
}

/** On Windows in double quotes, which cmd and PowerShell both take for what a path or URL holds. */
function quote(value: string): string {
  if (process.platform !== "win32") return posixShell.quote(value);
  return /^[\w@%+=:,./~\\-]+$/.test(value) ? value : `"${value}"`;
}
