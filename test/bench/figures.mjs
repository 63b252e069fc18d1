// The figures of a run, beside their limits.

/** @typedef {{ figure: string, value: string, limit?: string, within?: boolean, raw: unknown }} Figure */
/** @type {Figure[]} */
const figures = [];

/**
 * @param {string} figure
 * @param {string} value
 * @param {unknown} raw
 * @param {string} [limit]
 * @param {boolean} [within]
 */
export function note(figure, value, raw, limit, within) {
  figures.push({ figure, value, raw, ...(limit !== undefined && { limit, within: within === true }) });
}

export function print() {
  if (process.argv.includes("--json")) {
    process.stdout.write(
      `${JSON.stringify({ node: process.version, platform: process.platform, figures }, null, 2)}\n`,
    );
    return;
  }
  const width = Math.max(...figures.map(({ figure }) => figure.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  for (const { figure, value, limit, within } of figures) {
    const mark = within === undefined ? " " : within ? "✔" : "✘";
    process.stdout.write(`${mark} ${figure.padEnd(width)}  ${value.padEnd(valueWidth)}  ${limit ?? ""}\n`);
  }
}
