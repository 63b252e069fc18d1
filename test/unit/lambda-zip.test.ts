// The zip reader: what it unpacks, and that nothing but sound zips gets through.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readZip, ZipError, ZipTooLarge } from "../../src/local/lambda/zip.ts";
import { zipOf } from "../zip.ts";
import type { ZipFile } from "../zip.ts";

const LIMIT = 1_000_000;
const path = fc
  .array(fc.stringMatching(/^[a-z가-힣_-]{1,8}$/), { minLength: 1, maxLength: 3 })
  .map((parts) => `${parts.join("/")}.js`);
const files: fc.Arbitrary<ZipFile[]> = fc.uniqueArray(
  fc.record({
    path,
    content: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    deflate: fc.boolean(),
  }),
  { selector: (file) => file.path, maxLength: 5 },
);

test("gives back what was zipped, stored or deflated", () => {
  fc.assert(
    fc.property(files, (zipped) => {
      const entries = readZip(zipOf(zipped), LIMIT);
      expect(entries.map(({ path: name, content }) => [name, content.toString("hex")])).toEqual(
        zipped.map((file) => [file.path, Buffer.from(file.content).toString("hex")]),
      );
      expect(entries.every(({ mode }) => mode === 0o644)).toBe(true);
    }),
  );
});

test("damage is found or harmless, and never another error", () => {
  fc.assert(
    fc.property(files, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (zipped, at, flip, cut) => {
      const bytes = zipOf(zipped);
      bytes.writeUInt8((bytes[at % bytes.length] ?? 0) ^ flip, at % bytes.length);
      for (const damaged of [bytes, bytes.subarray(0, cut % bytes.length)]) {
        try {
          readZip(damaged, LIMIT);
        } catch (error) {
          expect(error).toBeInstanceOf(ZipError);
        }
      }
    }),
  );
});

test.each(["../x", "a/../../x", "/x", "C:/x", "a\\x", "a\0x", ""])("refuses the path %j", (name) => {
  expect(() => readZip(zipOf([{ path: name, content: "" }]), LIMIT)).toThrow(ZipError);
});

test("counts all entries together, and does not believe a size that is too small", () => {
  const half = { content: Buffer.alloc(600_000), deflate: true };
  const two = zipOf([
    { path: "a", ...half },
    { path: "b", ...half },
  ]);
  expect(() => readZip(two, LIMIT)).toThrow(ZipTooLarge);
  expect(() => readZip(zipOf([{ path: "a", ...half, claimedSize: 10 }]), LIMIT)).toThrow(ZipError);
});

test("refuses the same path twice", () => {
  const twice = zipOf([
    { path: "a", content: "1" },
    { path: "a", content: "2" },
  ]);
  expect(() => readZip(twice, LIMIT)).toThrow(ZipError);
});

test.each([[["a", "a/b"]], [["a/b/c", "x", "a/b"]], [["a", "a/"]], [["a/", "./a"]], [["a/b", "a//b"]], [["."]]])(
  "refuses %j: one place for two things",
  (paths) => {
    const zip = zipOf(paths.map((name) => ({ path: name, content: "" })));
    expect(() => readZip(zip, LIMIT)).toThrow(ZipError);
  },
);

test("takes names that only begin alike, and folders named twice", () => {
  const paths = ["a", "a.js", "a-b/c", "b/", "b/c/", "b/c/d", "b/cd"];
  const zip = zipOf(paths.map((name) => ({ path: name, content: "" })));
  expect(readZip(zip, LIMIT).map((entry) => entry.path)).toEqual(paths);
});
