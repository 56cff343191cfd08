// Writes an archive of the form "newc" (cpio(5)), which Linux takes as its first file system.

import { closeSync, lstatSync, openSync, readFileSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = 0o100755;
const FOLDER = 0o040755;

/** An archive that is being written. Names are relative to its root; all belongs to root. */
export class CpioWriter {
  #fd;
  #count = 0;
  #folders = new Set();

  constructor(path) {
    this.#fd = openSync(path, 'w');
  }

  /** A file or a folder of this machine, with all in it for which `filter(path)` holds. */
  addTree(path, name, filter = () => true) {
    const stat = lstatSync(path);
    if (!filter(path)) return;
    if (stat.isSymbolicLink()) this.#add(name, stat.mode, Buffer.from(readlinkSync(path)), stat);
    else if (stat.isFile()) this.#add(name, stat.mode, readFileSync(path), stat);
    else if (stat.isDirectory()) {
      this.#addFolder(name, stat);
      for (const entry of readdirSync(path)) this.addTree(join(path, entry), join(name, entry), filter);
    }
  }

  addProgram(name, text) {
    this.#add(name, PROGRAM, Buffer.from(text));
  }

  close() {
    this.#add('TRAILER!!!', 0, Buffer.alloc(0));
    closeSync(this.#fd);
  }

  #addFolder(name, stat) {
    if (name === '' || this.#folders.has(name)) return;
    this.#folders.add(name);
    this.#write(name, stat?.mode ?? FOLDER, Buffer.alloc(0), stat);
  }

  /** The folders above come first: Linux does not make them. */
  #add(name, mode, data, stat) {
    const parts = name.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) this.#addFolder(parts.slice(0, depth).join('/'));
    this.#write(name, mode, data, stat);
  }

  #write(name, mode, data, stat) {
    this.#count += 1;
    const modified = Math.floor((stat?.mtimeMs ?? 0) / 1000);
    // Inode, mode, owner, group, links, time, size, two devices of two numbers, length of the name, no checksum.
    const fields = [
      this.#count,
      mode,
      0,
      0,
      1,
      modified,
      data.length,
      0,
      0,
      0,
      0,
      Buffer.byteLength(name) + 1,
      0,
    ];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    this.#writePadded(Buffer.from(header));
    this.#writePadded(data);
  }

  #writePadded(data) {
    for (let done = 0; done < data.length;) done += writeSync(this.#fd, data, done);
    writeSync(this.#fd, Buffer.alloc(-data.length & 3));
  }
}
