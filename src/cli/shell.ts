// How a word of a command is written so that the shell hands it over unchanged: POSIX shells, and PowerShell on Windows.

export interface Shell {
  /** The word as it is typed. */
  quote(word: string): string;
  /** Whether `quote` can write it; what it cannot is sent as JSON, in which every character can be escaped. */
  canQuote(word: string): boolean;
  /** JSON that `quote` can always write. */
  json(value: unknown): string;
  /** Sets variables for this session; undefined takes one away. */
  setVariables(variables: Readonly<Record<string, string | undefined>>): string;
  /** What words need that `quote` has written; once for a session. */
  readonly preparation: readonly string[];
  /** Runs, in this session, what a command prints, in a folder when one is given. */
  evaluate(command: string, folder?: string): string;
  /** Saves in a file, whose folder may be missing, what is at the URL that a command prints; a server's refusal is not saved. */
  download(command: string, path: string): string;
  /** Fails, so that a script that evaluates it does not go on. */
  readonly failing: string;
}

/** Escapes, line feeds and the like would act on the terminal that shows the line. */
// oxlint-disable-next-line no-control-regex
const ACTS_ON_TERMINAL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/;

/** sh, bash, zsh, ksh. */
export const posixShell: Shell = {
  quote: (word) =>
    // zsh takes a `=` in front for a command's path.
    /^(?!=)[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  canQuote: (word) => !ACTS_ON_TERMINAL.test(word),
  json: (value) => escapeIn(JSON.stringify(value), ACTS_ON_TERMINAL),
  setVariables(variables) {
    const all = Object.entries(variables);
    const gone = all.flatMap(([name, value]) => (value === undefined ? [name] : []));
    const set = all.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${this.quote(value)}`]));
    return [
      ...(gone.length === 0 ? [] : [`unset ${gone.join(" ")}`]),
      ...(set.length === 0 ? [] : [`export ${set.join(" ")}`]),
    ].join("; ");
  },
  preparation: [],
  evaluate(command, folder) {
    return `eval "$(${folder === undefined ? "" : `cd ${this.quote(folder)} && `}${command})"`;
  },
  download(command, path) {
    return `curl -f --create-dirs -o ${this.quote(path)} "$(${command})"`;
  },
  failing: "false",
};

/** PowerShell takes typographic quotes for quotes, too. */
const SINGLE_QUOTES = /['\u2018-\u201b]/g;

/**
 * Windows PowerShell 5.1 and PowerShell 7. Both put words into one command line, and up to 7.2 PowerShell leaves double quotes in
 * them as they are, so the backslash that a Windows program wants before one is written here. From 7.3 on PowerShell writes it
 * itself unless `$PSNativeCommandArgumentPassing` is Legacy: `preparation` says so, and 5.1 does not mind.
 * What 5.1 does not get right is not written: white space in a word that has double quotes or ends with a backslash.
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing#passing-arguments-that-contain-quote-characters
 */
export const powerShell: Shell = {
  quote(word) {
    if (/^([a-z_/-][\w./:+-]*|\d{1,9})$/i.test(word)) return word;
    const escaped = word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replaceAll(SINGLE_QUOTES, "$&$&");
    return `'${escaped}'`;
  },
  canQuote: (word) => word !== "" && !ACTS_ON_TERMINAL.test(word) && !(/\s/.test(word) && /"|\\$/.test(word)),
  json(value) {
    return escapeIn(JSON.stringify(value), /\s/, ACTS_ON_TERMINAL);
  },
  setVariables(variables) {
    return Object.entries(variables)
      .map(
        ([name, value]) =>
          `$Env:${name} = ${value === undefined ? "$null" : `'${value.replaceAll(SINGLE_QUOTES, "$&$&")}'`}`,
      )
      .join("; ");
  },
  preparation: ["$PSNativeCommandArgumentPassing = 'Legacy'"],
  evaluate(command, folder) {
    const there = folder === undefined ? [] : [`Push-Location '${folder.replaceAll(SINGLE_QUOTES, "$&$&")}'`];
    const back = folder === undefined ? [] : ["Pop-Location"];
    return [...there, `${command} | Invoke-Expression`, ...back].join("; ");
  },
  // In 5.1 `curl` is another command.
  download(command, path) {
    return `curl.exe -f --create-dirs -o ${this.quote(path)} (${command})`;
  },
  failing: "throw",
};

export function shellOf(platform: NodeJS.Platform): Shell {
  return platform === "win32" ? powerShell : posixShell;
}

/** Between its tokens `JSON.stringify` writes no white space: whatever is found stands in a string. */
function escapeIn(json: string, ...characters: readonly RegExp[]): string {
  return characters.reduce(
    (text, each) =>
      text.replaceAll(
        new RegExp(each, "g"),
        (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    json,
  );
}
