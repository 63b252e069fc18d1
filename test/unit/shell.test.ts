import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { posixShell, powerShell } from "../../src/cli/shell.ts";

const AWKWARD = fc.constantFrom(...Array.from(`'"\\ \t$\`|&;%{}()#,@‘’“a1-/가🎈`));

const NASTY = [
  "",
  " ",
  "plain-word_1.0/x:y",
  "it's",
  "'",
  "''",
  'say "hi"',
  '"',
  "$HOME ${HOME} $(id) `id`",
  "$default",
  "a\nb",
  "a\tb",
  "back\\slash\\",
  "\\",
  '\\"',
  'C:\\"x" y\\',
  "!history ~home *glob? [a] {a,b} ;|&<>()#",
  "#comment",
  "=ls",
  "%PATH% %s",
  "한글 이름",
  "🎈 ‘typographic’ “quotes”",
  '{"a":"b c","d":"it\'s \\"quoted\\""}',
  "GET /items/{id}",
];

describe("POSIX quoting", () => {
  it.skipIf(process.platform === "win32")("hands every word over unchanged", () => {
    const line = ["printf", "%s\\0", ...NASTY].map((word) => posixShell.quote(word)).join(" ");
    const printed = execFileSync("sh", ["-c", line], { env: { HOME: "/nowhere", PATH: process.env["PATH"] } });
    expect(printed.toString().split("\0").slice(0, -1)).toStrictEqual(NASTY);
  });

  it("quotes only what needs it", () => {
    expect(posixShell.quote("fileb://.awsls/my-stack.zip")).toBe("fileb://.awsls/my-stack.zip");
    expect(posixShell.quote("한글")).toBe("'한글'");
    expect(posixShell.quote("it's")).toBe(String.raw`'it'\''s'`);
  });

  it("leaves to JSON what would act on the terminal", () => {
    for (const word of ["\u001b[2J", "a\rb", "\u009b31m", "\u2028"]) {
      expect(posixShell.canQuote(word)).toBe(false);
      const json = posixShell.json({ word });
      expect(posixShell.canQuote(json)).toBe(true);
      expect(JSON.parse(json)).toStrictEqual({ word });
    }
  });

  it("sets, takes away and evaluates in one line", () => {
    const variables = { AWS_PROFILE: "my profile", AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: undefined };
    expect(posixShell.setVariables(variables)).toBe(
      "unset AWS_SESSION_TOKEN; export AWS_PROFILE='my profile' AWS_REGION=eu-west-1",
    );
    expect(posixShell.evaluate("awsls local env")).toBe('eval "$(awsls local env)"');
    expect(posixShell.evaluate("awsls local env", "../my project")).toBe(
      `eval "$(cd '../my project' && awsls local env)"`,
    );
  });
});

// No PowerShell runs everywhere these tests do: what follows is how it reads a line, and how its two generations
// (NeedQuotes in its NativeCommandParameterBinder) and then a Windows program's runtime make words of it.

function wordsOfPowerShell(line: string): string[] {
  const words: string[] = [];
  const isQuote = (character = ""): boolean => /['\u2018-\u201b]/.test(character);
  for (let at = 0; at < line.length;) {
    if (line[at] === " ") {
      at++;
      continue;
    }
    let word = "";
    if (isQuote(line[at])) {
      for (at++; ; at++) {
        if (at >= line.length) throw new Error(`unclosed: ${line}`);
        if (!isQuote(line[at])) word += line[at];
        else if (isQuote(line[at + 1])) word += line[at++];
        else break;
      }
      at++;
    } else {
      // What is special outside of quotes must not be there.
      while (at < line.length && line[at] !== " ") word += line[at++];
      expect(word).toMatch(/^[\w./:+-]+$/);
    }
    words.push(word);
  }
  return words;
}

function commandLineOf(words: readonly string[], generation: 5 | 7): string {
  return words
    .filter((word) => word !== "")
    .map((word) => {
      let quotes = 0;
      let isNeeded = false;
      for (let at = 0; at < word.length; at++) {
        if (word[at] === '"' && (generation === 5 || word[at - 1] !== "\\")) quotes++;
        else if (/\s/.test(word.charAt(at)) && quotes % 2 === 0) isNeeded = true;
      }
      if (!isNeeded) return word;
      const ending = generation === 5 ? "" : (/\\*$/.exec(word)?.[0] ?? "");
      return `"${word}${ending}"`;
    })
    .join(" ");
}

/** @see https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
function wordsOfWindows(commandLine: string): string[] {
  const words: string[] = [];
  let word = "";
  let hasWord = false;
  let isQuoted = false;
  for (let at = 0; at < commandLine.length; at++) {
    const slashes = /^\\*/.exec(commandLine.slice(at))?.[0].length ?? 0;
    if (slashes > 0) {
      const isBeforeQuote = commandLine[at + slashes] === '"';
      word += "\\".repeat(isBeforeQuote ? Math.floor(slashes / 2) : slashes);
      hasWord = true;
      at += slashes - 1;
      if (isBeforeQuote && slashes % 2 === 1) {
        word += '"';
        at++;
      }
      continue;
    }
    const character = commandLine[at] ?? "";
    if (character === '"') {
      isQuoted = !isQuoted;
      hasWord = true;
    } else if (/[ \t]/.test(character) && !isQuoted) {
      if (hasWord) words.push(word);
      word = "";
      hasWord = false;
    } else {
      word += character;
      hasWord = true;
    }
  }
  return hasWord ? [...words, word] : words;
}

function throughPowerShell(words: readonly string[], generation: 5 | 7): string[] {
  const line = words.map((word) => powerShell.quote(word)).join(" ");
  return wordsOfWindows(commandLineOf(wordsOfPowerShell(line), generation));
}

describe("PowerShell quoting", () => {
  const words = NASTY.filter((word) => powerShell.canQuote(word));

  it("hands every word over unchanged that it says it can", () => {
    expect(words).toContain("it's");
    expect(words).toContain("🎈 ‘typographic’ “quotes”");
    expect(words).toContain('\\"');
    for (const generation of [5, 7] as const) {
      expect(throughPowerShell(words, generation)).toStrictEqual(words);
      fc.assert(
        fc.property(fc.array(fc.string({ unit: AWKWARD })), (all) => {
          const some = all.filter((word) => powerShell.canQuote(word));
          expect(throughPowerShell(some, generation)).toStrictEqual(some);
        }),
      );
    }
  });

  it("can write all JSON", () => {
    for (const generation of [5, 7] as const) {
      fc.assert(
        fc.property(fc.json(), fc.string({ unit: "binary" }), (json, text) => {
          const value: unknown = [JSON.parse(json), { [text]: text }];
          const word = powerShell.json(value);
          expect(powerShell.canQuote(word)).toBe(true);
          const [passed = ""] = throughPowerShell([word], generation);
          expect(JSON.parse(passed)).toStrictEqual(JSON.parse(JSON.stringify(value)));
        }),
      );
    }
  });

  it("says itself how double quotes are passed", () => {
    expect(powerShell.quote('{"a":1}')).toBe(String.raw`'{\"a\":1}'`);
    expect(powerShell.preparation).toEqual(["$PSNativeCommandArgumentPassing = 'Legacy'"]);
    expect(powerShell.evaluate("awsls local env")).toBe("awsls local env | Invoke-Expression");
    expect(powerShell.download("aws lambda get-function --function-name f", String.raw`C:\my things\f's.zip`)).toBe(
      String.raw`curl.exe -f --create-dirs -o 'C:\my things\f''s.zip' (aws lambda get-function --function-name f)`,
    );
    expect(powerShell.setVariables({ AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: undefined })).toBe(
      `$Env:AWS_REGION = 'eu-west-1'; $Env:AWS_SESSION_TOKEN = $null`,
    );
  });
});
