// Commander's program from the command table: from arguments to a command and its options, or to help.

import { Command as Program, CommanderError } from "commander";
import type { Command, OptionValues } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./commands.ts";
import { type Host, writeJson, writeOut } from "./host.ts";
import { packageVersion } from "./package-root.ts";
import { isRemoving } from "./purpose.ts";
import type { GroupName, OptionFlags } from "./text/catalogue.ts";
// Not the whole catalogue: `--help` is to be there at once.
import * as help from "./text/en/help.ts";

/** Exit code of a command line that is none (DESIGN §1.3). */
const USAGE = 2;

/** @returns the exit code */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  // A reader such as `head` may close its end; that is its right.
  for (const stream of [host.stdout, host.stderr]) stream.on("error", () => undefined);
  let exitCode: number | undefined;
  try {
    exitCode = await runCommand(argv, host);
    return exitCode;
  } finally {
    if (exitCode !== 0 && isForShell(argv, host)) await failInShell(host);
  }
}

/**
 * Whether a shell evaluates what is printed, as far as the words tell: a mistake in them is one, too. On a terminal
 * nobody evaluates it.
 */
function isForShell(argv: readonly string[], { stdout }: Host): boolean {
  if (argv.includes("--json") || stdout.isTTY) return false;
  const isAsked = (by: Command["isForShell"]): boolean => by === true || (by !== undefined && argv.includes(by));
  return COMMANDS.some((command) => isAsked(command.isForShell) && isNamedIn(argv, command));
}

function isNamedIn(argv: readonly string[], { name }: Command): boolean {
  let at = -1;
  return name.split(" ").every((word) => (at = argv.indexOf(word, at + 1)) !== -1);
}

/** `eval` of nothing succeeds, and what comes after it would go wherever the shell went before. */
async function failInShell(host: Host): Promise<void> {
  const { shellOf } = await import("./shell.ts");
  await writeOut(host, `${shellOf(process.platform).failing}\n`).catch(() => undefined);
}

async function runCommand(argv: readonly string[], host: Host): Promise<number> {
  let exitCode = 0;
  const said = { out: "", err: "" };
  const program = createProgram(argv, said, async (command, options) => {
    // Only now: `--help` and `--version` are to be there at once.
    const { execute } = await import("./execute.ts");
    exitCode = await execute(command, options, host);
  });
  const isJson = argv.includes("--json");
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Nothing but a noun is no mistake, it is a question; a program that asks for JSON has forgotten something.
    if (error.code === "commander.help" && !isJson) return reply(host, 0, said.err);
    if (error.exitCode !== 0) {
      host.stderr.write(said.err);
      const what = error.code === "commander.help" ? help.program.incomplete : error.message.replace(/^error: /, "");
      const usage = { code: "Usage", data: {}, what, todo: help.program.see };
      return isJson ? reply(host, USAGE, { error: usage }) : USAGE;
    }
  }
  return said.out === "" ? exitCode : reply(host, exitCode, said.out);
}

/** @returns the exit code: the given one when it could be written */
async function reply(host: Host, exitCode: number, said: string | object): Promise<number> {
  try {
    await (typeof said === "string" ? writeOut(host, said) : writeJson(host, said));
    return exitCode;
  } catch (error) {
    return (await import("./execute.ts")).failWithoutCommand(error, host);
  }
}

function optionWordsOf(command: Command): Readonly<Record<OptionFlags, string>> {
  if (command.on !== "stack") return help.options;
  if (isRemoving(command.purpose)) return { ...help.options, ...help.ofDeletions };
  if (command.arguments?.includes("[name]")) return { ...help.options, ...help.ofRows };
  return command.purpose === "change" ? { ...help.options, ...help.ofDetaching } : help.options;
}

/** What commander would print. */
interface Said {
  out: string;
  err: string;
}

type Act = (command: Command, options: OptionValues) => Promise<void>;

/** Of groups that are not in `argv` the summaries alone: to make all their commands takes longer than `--help` itself. */
function createProgram(argv: readonly string[], said: Said, act: Act): Program {
  const program = new Program("awsls")
    .description(help.program.description)
    .version(packageVersion(), "-v, --version")
    .helpCommand(false)
    .showHelpAfterError(help.program.see)
    .configureOutput({ writeOut: (out) => (said.out += out), writeErr: (err) => (said.err += err) })
    .exitOverride();
  for (const flags of GLOBAL_OPTIONS) program.option(flags, help.options[flags]);
  for (const command of COMMANDS) {
    const nouns = command.name.split(" ");
    const verb = nouns.pop() ?? "";
    const [top] = nouns;
    if (top !== undefined && !argv.includes(top)) {
      groupOf(program, [top]);
      continue;
    }
    const sub = groupOf(program, nouns)
      .command(verb)
      .description(help.commands[command.name])
      .allowExcessArguments(false)
      .showHelpAfterError(help.program.see)
      .addHelpText("after", `\n${help.program.globals}`);
    const words = optionWordsOf(command);
    for (const flags of command.options ?? []) sub.option(flags, words[flags]);
    const named = command.arguments ?? [];
    for (const argument of named) sub.argument(argument, help.positionals[argument]);
    const given = (): OptionValues =>
      Object.fromEntries(named.map((argument, at) => [argument.replaceAll(/\W/g, ""), sub.args[at]]));
    sub.action(() => act(command, { ...sub.optsWithGlobals(), ...given() }));
  }
  program
    .command("help [command...]")
    .description(help.program.help)
    .action((words: string[]) => commandOf(program, words).outputHelp());
  return program;
}

/** Of no noun the program itself; `auth mfa` is a group of the group `auth`. */
function groupOf(program: Program, nouns: readonly string[]): Program {
  return nouns.reduce((group, noun, at) => {
    const known = group.commands.find((command) => command.name() === noun);
    if (known !== undefined) return known;
    const { groups: summaries } = help;
    const name = nouns.slice(0, at + 1).join(" ");
    return group
      .command(noun)
      .description(name in summaries ? summaries[name as GroupName] : name)
      .helpCommand(false);
  }, program);
}

/** The command of `help table create`; a word too many is an unknown command. */
function commandOf(program: Program, words: readonly string[]): Program {
  let found = program;
  for (const word of words) {
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) return found.error(`error: unknown command '${words.join(" ")}'`);
    found = next;
  }
  return found;
}
