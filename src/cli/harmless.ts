// What anybody may have written – logs, names, tags, descriptions, answers – as it may be shown: nothing in it commands the terminal.

/** Control characters but for line feeds and tabs are written out. */
export function harmless(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(/[^\P{Cc}\n\t]/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** Line feeds as well, so that it cannot pass for lines of ours. */
export function harmlessOnOneLine(text: string): string {
  return harmless(text).replaceAll("\n", String.raw`\n`);
}

/** JSON, in which the few control characters that it leaves as they are, are escaped, too. */
export function harmlessJson(document: unknown, indent = 0): string {
  return JSON.stringify(document, null, indent).replaceAll(/[\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
