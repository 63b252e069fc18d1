// Words on a terminal of so many columns: broken between them, not where the terminal would.

/**
 * One line as several. A command between backticks is one word, to be copied whole, unless it is too long for a line; a
 * word that is too long is the terminal's to break.
 * @param columns of the terminal; none where nobody looks at one
 * @param first what the first line begins with, `further` every other one
 */
export function wrapped(words: string, columns: number | undefined, first = "", further = first): string[] {
  // A terminal that does not know its size says 0.
  const most = columns === undefined || columns <= 0 ? Infinity : columns;
  if (first.length + words.length <= most) return [first + words];
  const [word = "", ...others] = piecesOf(words, most - further.length);
  const lines: string[] = [];
  let line = `${first}${word}`;
  for (const other of others) {
    const longer = line === further ? `${further}${other}` : `${line} ${other}`;
    const isTooLong = longer.length > most && line !== further;
    if (isTooLong) lines.push(line.trimEnd());
    line = isTooLong ? `${further}${other}` : longer;
  }
  return [...lines, line];
}

/** Each line of a text, below its own indent. */
export function wrappedText(text: string, columns: number | undefined, more = ""): string {
  const lines = text.split("\n").flatMap((line) => {
    const [indent = ""] = /^ */.exec(line) ?? [];
    return wrapped(line.slice(indent.length), columns, indent, indent + more);
  });
  return lines.join("\n");
}

/** Behind a sign that is so many characters wide, painted or not. */
export function behind(sign: string, width: number, words: string, columns: number | undefined): string {
  return sign + wrapped(words, columns, " ".repeat(width), "  ").join("\n").slice(width);
}

function piecesOf(words: string, room: number): string[] {
  const pieces: string[] = [];
  for (const word of words.split(" ")) {
    const last = pieces.at(-1);
    if (last !== undefined && isOpen(last)) pieces[pieces.length - 1] = `${last} ${word}`;
    else pieces.push(word);
  }
  return pieces.flatMap((piece) => (piece.length > room ? piece.split(" ") : [piece]));
}

/** A backtick waits for its other. */
function isOpen(piece: string): boolean {
  return piece.split("`").length % 2 === 0;
}
