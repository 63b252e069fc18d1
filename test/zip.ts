// A zip writer for tests, independent of the reader and of the command's own: stored or deflated, any mode, any damage.

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** Unix mode with file type; a plain 0644 file unless given. */
  readonly mode?: number;
  readonly deflate?: boolean;
  /** What the headers claim instead of the real size. */
  readonly claimedSize?: number;
}

export function zipOf(files: readonly ZipFile[] | Readonly<Record<string, string>>): Buffer {
  const list = Array.isArray(files) ? (files as readonly ZipFile[]) : Object.entries(files).map(toFile);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of list) {
    const content = Buffer.from(file.content);
    const packed = file.deflate ? deflateRawSync(content) : content;
    const name = Buffer.from(file.path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(file.deflate ? 8 : 0, 4);
    common.writeUInt32LE(0x00210000, 6);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.claimedSize ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    // Made on Unix, by version 3.0.
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([30, 3]), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

function toFile([path, content]: [string, string]): ZipFile {
  return { path, content };
}
