// Where the statements of a policy document are in its text.

/** Both count from 1. A type, not an interface: it is JSON. */
export type Position = { Line: number; Column: number };

export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/**
 * One span a statement, in their order. As AWS counts: a statement starts right behind the sign before it and ends right
 * behind its own brace.
 * @param document a policy that was parsed before
 */
export function statementSpans(document: string): Span[] {
  const spans: Span[] = [];
  let [member, depth, before, start] = ["", 0, 0, 0];
  /** How deep the statement is that was begun. */
  let begun: number | undefined;
  for (const { text, end } of tokensOf(document)) {
    if (text === "{" && member === '"Statement"' && begun === undefined) [begun, start] = [depth, before];
    if (text === "{" || text === "[") depth += 1;
    if (text === "}" || text === "]") depth -= 1;
    if (text === "}" && depth === begun) {
      spans.push({ start: positionAt(document, start), end: positionAt(document, end) });
      begun = undefined;
    }
    if (depth === 1 && text.startsWith('"')) member = text;
    before = end;
  }
  return spans;
}

interface Token {
  readonly text: string;
  /** Where the next character is. */
  readonly end: number;
}

/** Texts whole, and the signs between them; numbers and words mean nothing here. */
function* tokensOf(document: string): Generator<Token> {
  for (const match of document.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) {
    yield { text: match[0], end: match.index + match[0].length };
  }
}

function positionAt(document: string, offset: number): Position {
  const lines = document.slice(0, offset).split("\n");
  return { Line: lines.length, Column: (lines.at(-1)?.length ?? 0) + 1 };
}
