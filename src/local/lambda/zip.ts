// Reads a zip file: the central directory, then each entry, stored or deflated, its checksum verified.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

import { crc32, inflateRawSync } from "node:zlib";

export interface ZipEntry {
  /** With `/`; a folder's ends in one. */
  readonly path: string;
  /** Unix permission bits; undefined when the zip was made elsewhere. */
  readonly mode: number | undefined;
  readonly content: Buffer;
}

/** The bytes are not a zip file that can be unpacked safely. */
export class ZipError extends Error {}

/** Unpacked, the entries would be larger than allowed. */
export class ZipTooLarge extends ZipError {}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UNIX = 3;
const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

/**
 * @param limit bytes that all entries together may have
 * @throws {ZipError} for anything but a sound zip whose paths stay inside the folder it is unpacked to
 */
export function readZip(bytes: Buffer, limit: number): ZipEntry[] {
  try {
    return readEntries(bytes, limit);
  } catch (error) {
    // Offsets that point beyond the end, deflate data that is none.
    throw error instanceof ZipError ? error : new ZipError(error instanceof Error ? error.message : String(error));
  }
}

function readEntries(bytes: Buffer, limit: number): ZipEntry[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  let room = limit;
  const entries: ZipEntry[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== CENTRAL) throw new ZipError("damaged central directory");
    const nameLength = bytes.readUInt16LE(at + 28);
    const path = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    requireSafe(path);
    if (seen.has(path)) throw new ZipError(`two entries named ${path}`);
    seen.add(path);
    const unixMode = bytes.readUInt8(at + 5) === UNIX ? bytes.readUInt16LE(at + 40) : undefined;
    if (unixMode !== undefined && (unixMode & FILE_TYPE) === SYMLINK) throw new ZipError(`${path} is a symbolic link`);
    const content = path.endsWith("/") ? Buffer.alloc(0) : contentAt(bytes, at, room);
    room -= content.length;
    entries.push({ path, mode: unixMode === undefined ? undefined : unixMode & 0o777, content });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  requirePlaces(entries);
  return entries;
}

/** One name cannot be a file and a folder, nor two files. Sorted, what lies below a file would come right behind it. */
function requirePlaces(entries: readonly ZipEntry[]): void {
  const places = entries
    .map(({ path }) => {
      const parts = path.split("/").filter((part) => part !== "" && part !== ".");
      return { place: `${parts.join("/")}/`, isFile: !path.endsWith("/") };
    })
    .toSorted((a, b) => (a.place < b.place ? -1 : Number(a.place > b.place)));
  places.forEach(({ place, isFile }, index) => {
    const next = places[index + 1];
    const isBelow = isFile && (place === "/" || next?.place.startsWith(place) === true);
    if (isBelow || (next?.isFile && next.place === place)) throw new ZipError(`${place} is a file and something else`);
  });
}

/** The end record is the last thing in the file, but for a comment of at most 65,535 bytes. */
function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 0xffff; at--) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  throw new ZipError("no end of central directory");
}

function requireSafe(path: string): void {
  const parts = path.split("/");
  const outside = path === "" || path.startsWith("/") || parts.includes("..") || /^[a-z]:/i.test(path);
  if (outside || path.includes("\\") || path.includes("\0")) throw new ZipError(`unsafe path ${path}`);
}

function contentAt(bytes: Buffer, central: number, room: number): Buffer {
  const flags = bytes.readUInt16LE(central + 8);
  const method = bytes.readUInt16LE(central + 10);
  const sum = bytes.readUInt32LE(central + 16);
  const packedSize = bytes.readUInt32LE(central + 20);
  const size = bytes.readUInt32LE(central + 24);
  const local = bytes.readUInt32LE(central + 42);
  if ((flags & 1) !== 0) throw new ZipError("encrypted entry");
  if (bytes.readUInt32LE(local) !== LOCAL) throw new ZipError("damaged local header");
  if (size > room) throw new ZipTooLarge("too large unpacked");
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (start + packedSize > bytes.length) throw new ZipError("truncated entry");
  const packed = bytes.subarray(start, start + packedSize);
  const content = unpacked(packed, method, size);
  if (content.length !== size || crc32(content) !== sum) throw new ZipError("damaged entry");
  return content;
}

function unpacked(packed: Buffer, method: number, size: number): Buffer {
  if (method === 0) return packed;
  if (method !== 8) throw new ZipError(`compression method ${method}`);
  // Never inflates beyond what the directory declared: a bomb ends here.
  return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
}
