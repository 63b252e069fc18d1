import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCodeStore } from "../../src/local/lambda/code-store.ts";
import { openCollection } from "../../src/local/store.ts";
import { zipOf } from "../zip.ts";

describe("openCollection", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "awsls-store-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("has on disk whatever was set when set returns", () => {
    const first = openCollection<{ size: number }>(folder, "iam/roles");
    first.set("a", { size: 1 });
    first.set("__proto__", { size: 2 });
    const second = openCollection<{ size: number }>(folder, "iam/roles");
    expect([...second.entries()]).toEqual([
      ["a", { size: 1 }],
      ["__proto__", { size: 2 }],
    ]);
    expect(second.size).toBe(2);
    expect(first.delete("a")).toBe(true);
    expect(first.delete("a")).toBe(false);
    expect([...openCollection(folder, "iam/roles").values()]).toEqual([{ size: 2 }]);
    first.clear();
    expect(openCollection(folder, "iam/roles").size).toBe(0);
  });

  it.skipIf(process.platform === "win32")("is readable by its owner alone and leaves no temporary file", async () => {
    openCollection<number>(folder, "secrets").set("a", 1);
    expect((await stat(join(folder, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["secrets.json"]);
  });

  it("says which file is damaged instead of taking it for empty", async () => {
    for (const text of ["", "{", "[]", "null"]) {
      await writeFile(join(folder, "broken.json"), text);
      expect(() => openCollection(folder, "broken")).toThrow(/broken\.json is damaged/);
    }
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "remembers what the disk says when writing fails",
    async () => {
      const collection = openCollection<number>(folder, "numbers");
      collection.set("a", 1);
      await chmod(folder, 0o500);
      expect(() => collection.set("a", 2)).toThrow("EACCES");
      await chmod(folder, 0o700);
      expect(collection.get("a")).toBe(1);
    },
  );

  it("keeps the old value when the new one cannot be written", async () => {
    const collection = openCollection<number>(folder, "numbers");
    collection.set("a", 1);
    // A folder in the temporary file's place makes the write fail, also for root.
    await mkdir(join(folder, `numbers.json.${process.pid}.tmp`));
    expect(() => collection.set("a", 2)).toThrow();
    expect(collection.get("a")).toBe(1);
    expect(await readFile(join(folder, "numbers.json"), "utf8")).toBe('{"a":1}');
  });

  it.each(["iam/roles", "settings"])("%s does not bring back a data folder that somebody deleted", async (name) => {
    const collection = openCollection<number>(folder, name);
    collection.set("a", 1);
    await rm(folder, { recursive: true });
    expect(() => collection.set("a", 2)).toThrow("ENOENT");
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("makes a service's folder again that somebody deleted", async () => {
    const collection = openCollection<number>(folder, "iam/roles");
    collection.set("a", 1);
    await rm(join(folder, "iam"), { recursive: true });
    collection.set("b", 2);
    expect(openCollection<number>(folder, "iam/roles").size).toBe(2);
  });
});

describe("openCodeStore", () => {
  it("does not bring back a data folder that somebody deleted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "awsls-code-"));
    const code = openCodeStore(folder);
    const zip = zipOf({ "index.mjs": "" });
    code.add(zip);
    code.addScratch();
    await rm(folder, { recursive: true });
    expect(() => code.addScratch()).toThrow("ENOENT");
    expect(() => code.add(zip)).toThrow("ENOENT");
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });
});
