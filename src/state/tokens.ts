// The tokens of whoever is signed in: a file of their own beside the state, which never holds one.

import { rmSync } from "node:fs";
import * as v from "valibot";
import { toError } from "../core/clock.ts";
import { Problem, type StateDamage } from "../core/problem.ts";
import { readIfThere, removeTemporaries, save } from "./store.ts";

const VERSION = 1;

/** A JWT, as far as it is read here: who signed it is Cognito's and API Gateway's business. */
const jwtSchema = v.pipe(
  v.string(),
  v.check((token) => {
    try {
      const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
      return typeof claims === "object" && claims !== null && !Array.isArray(claims);
    } catch {
      return false;
    }
  }),
);

const tokensSchema = v.strictObject({
  version: v.literal(VERSION),
  /** Whose they are: those of another pool or client are of no use. */
  userPoolId: v.string(),
  clientId: v.string(),
  idToken: jwtSchema,
  accessToken: jwtSchema,
  refreshToken: v.string(),
  /** When ID and access token came, by this machine's clock, in milliseconds: their `iat` is the server's. */
  receivedAt: v.number(),
});

export type Tokens = Readonly<Omit<v.InferOutput<typeof tokensSchema>, "version">>;

/** `alice.tokens` beside `alice.json`. */
export function tokensPathOf(statePath: string): string {
  return statePath.replace(/(\.json)?$/, ".tokens");
}

/**
 * @returns undefined when nobody is signed in
 * @throws {Problem} `TokensDamaged`, `Unwritable`
 */
export function readTokens(statePath: string): Tokens | undefined {
  const path = tokensPathOf(statePath);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const { version: _, ...tokens } = parse(text, path);
  return tokens;
}

/** @throws {Problem} `Unwritable`, `DiskFull` */
export function saveTokens(statePath: string, tokens: Tokens): void {
  save(tokensPathOf(statePath), `${JSON.stringify({ version: VERSION, ...tokens }, null, 2)}\n`);
}

export function forgetTokens(statePath: string): void {
  const path = tokensPathOf(statePath);
  rmSync(path, { force: true });
  removeTemporaries(path);
}

/** What is wrong with it must not be told by what is in it. */
function parse(text: string, path: string): v.InferOutput<typeof tokensSchema> {
  const damaged = (is: StateDamage | "newer", details = ""): Problem =>
    new Problem("TokensDamaged", { path, is, details });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw text.trim() === "" ? damaged("empty") : damaged("notJson", toError(error).name);
  }
  const header = v.safeParse(v.looseObject({ version: v.number() }), json);
  if (!header.success) throw damaged("notState");
  if (header.output.version > VERSION) throw damaged("newer");
  const parsed = v.safeParse(tokensSchema, json);
  if (parsed.success) return parsed.output;
  throw damaged("misshapen", v.getDotPath(parsed.issues[0]) ?? "");
}
