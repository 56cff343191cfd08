import { closeSync, openSync, readSync } from 'node:fs';

/** C library that a Linux binary is linked to. */
export type Libc = 'glibc' | 'musl';

/** Where the program headers of a 64-bit ELF file are described, and what they look like. */
const ELF = { magic: 0x7f454c46, tableOffset: 32, entrySize: 54, entryCount: 56, interpreter: 3 } as const;

/** Of the file's beginning this much is read: program headers come first, and the interpreter's name soon after. */
const HEAD_BYTES = 16_384;

/**
 * The C library of the running Node, by the loader that its executable names (`/lib/ld-musl-x86_64.so.1`).
 * Nothing else tells: a Debian can have musl installed, an Alpine glibc's loader, and other systems than Alpine
 * have no /etc/alpine-release.
 */
export function libcOf(executable: string): Libc {
  const loader = loaderOf(executable);
  // Where the executable cannot be read: glibc, as nearly everywhere. A binary for the other one does not load.
  return loader?.includes('musl') ? 'musl' : 'glibc';
}

/** Path of the dynamic loader that an executable requires; null when it names none or is not a 64-bit ELF file. */
export function loaderOf(executable: string): string | null {
  try {
    const head = readHead(executable);
    if (head.readUInt32BE(0) !== ELF.magic) return null;
    const table = Number(head.readBigUInt64LE(ELF.tableOffset));
    const size = head.readUInt16LE(ELF.entrySize);
    for (let at = 0; at < head.readUInt16LE(ELF.entryCount); at += 1) {
      const entry = head.subarray(table + at * size);
      if (entry.readUInt32LE(0) !== ELF.interpreter) continue;
      const from = Number(entry.readBigUInt64LE(8));
      const length = Number(entry.readBigUInt64LE(32));
      return head.toString('latin1', from, from + length).replace(/\0.*$/s, '');
    }
  } catch {
    // Not readable, or shorter than it says.
  }
  return null;
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
