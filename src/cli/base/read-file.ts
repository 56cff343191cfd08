import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/**
 * The UTF-8 text of a regular file, as of this moment; null when it is something else, larger, or unreadable. Files of other
 * processes may be anything: reading a FIFO could wait forever.
 */
export function readRegularFile(path: string, maxBytes: number): string | null {
  try {
    // Opening a device may have effects, so this comes first; the name may change its file in between.
    if (!statSync(path).isFile()) return null;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(fd);
      if (!facts.isFile() || facts.size > maxBytes) return null;
      const bytes = Buffer.alloc(facts.size);
      let have = 0;
      while (have < bytes.length) {
        const length = readSync(fd, bytes, have, bytes.length - have, have);
        if (length === 0) break;
        have += length;
      }
      return bytes.toString('utf8', 0, have);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

const CHUNK_BYTES = 65_536;

/**
 * The UTF-8 text of a file that the user named, which may be a FIFO, as of `<(command)`.
 *
 * @throws Error when it cannot be read, or is larger.
 */
export function readNamedFile(path: string, maxBytes: number): string {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    const chunks: Buffer[] = [];
    let have = 0;
    // A regular file is read in one piece.
    let next = Math.max(CHUNK_BYTES, Math.min(fstatSync(fd).size, maxBytes) + 1);
    for (;;) {
      const chunk = Buffer.allocUnsafe(next);
      const length = readSync(fd, chunk, 0, next, null);
      if (length === 0) return Buffer.concat(chunks, have).toString('utf8');
      have += length;
      if (have > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
      chunks.push(chunk.subarray(0, length));
      next = CHUNK_BYTES;
    }
  } finally {
    closeSync(fd);
  }
}
