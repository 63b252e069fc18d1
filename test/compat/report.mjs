// What every part of the suite reports to: a line for each check, and the counts.

export const counts = { passed: 0, failed: 0 };

/**
 * @param {string} title
 * @param {() => Promise<void>} work
 */
export async function check(title, work) {
  const started = performance.now();
  try {
    await work();
    passed(title, performance.now() - started);
  } catch (error) {
    failed(title, error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} title
 * @param {number} ms
 */
export function passed(title, ms) {
  counts.passed += 1;
  say(`✔ ${title}  ${Math.round(ms)} ms`);
}

/**
 * @param {string} title
 * @param {string} reason
 */
export function failed(title, reason) {
  counts.failed += 1;
  say(`✘ ${title}\n    ${reason.trimEnd().replaceAll("\n", "\n    ")}`);
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}
