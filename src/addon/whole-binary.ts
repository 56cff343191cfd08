import { closeSync, fstatSync, openSync, readvSync } from 'node:fs';

/** The header of a 64-bit ELF file. It has the offset of the table of sections, which linkers put at the end. */
const ELF = { magic: 0x464c457f, bytes: 64, tableOffset: 0x28, entrySize: 0x3a, entryCount: 0x3c } as const;

/** `O_RDONLY | O_NONBLOCK` of Linux: without the latter, opening a FIFO would wait for its writer. */
const OPEN_FLAGS = 0o4000;

/** Where the header describes the target of the file: 32 or 64 bits, little or big endian, and the machine. */
const ELF_TARGET = { width: 0x4, machine: 0x12 } as const;
/** EM_X86_64 and EM_AARCH64, which are 64-bit and little endian. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const WIDE_LITTLE_ENDIAN = 0x0102;

/**
 * Refuses a file that ends early, for instance because a disk ran full while it was copied. The loader of the system
 * would map it anyway, and the process would die of SIGBUS at the first missing page. Also refuses a file for another
 * processor, because the loader only reports that it cannot be opened or does not exist.
 *
 * It uses `readvSync` and typed arrays because they take half as long here as `readSync` and the methods of `Buffer`: V8
 * compiles each function of Node when it first runs.
 *
 * @throws Error when the file cannot be read, is for another processor, or is shorter than its own header says.
 */
export function checkWhole(path: string): void {
  if (process.platform !== 'linux') return;
  const file = openSync(path, OPEN_FLAGS);
  try {
    const head = new Uint32Array(ELF.bytes / 4);
    if (readvSync(file, [head]) < ELF.bytes) throw new Error('truncated: there is not even a header');
    checkTarget(head);
    const size = wantedSize(head);
    if (size > 0 && readvSync(file, [new Uint8Array(1)], size - 1) === 0) {
      throw new Error(`truncated: ${fstatSync(file).size} of ${size} bytes`);
    }
  } finally {
    closeSync(file);
  }
}

/** Accepts files that are not ELF: the loader reports those itself. */
function checkTarget(head: Uint32Array): void {
  const machine = MACHINES[process.arch];
  if (machine === undefined || head[0] !== ELF.magic) return;
  const halves = new Uint16Array(head.buffer);
  const isOurs =
    halves[ELF_TARGET.machine / 2] === machine && halves[ELF_TARGET.width / 2] === WIDE_LITTLE_ENDIAN;
  if (!isOurs) throw new Error(`built for another architecture than ${process.arch}`);
}

/**
 * The size that the file must have; 0 when the header does not state it. The loader itself reports a file that is not
 * ELF. Both the file and the processor are little-endian, or the magic number does not match.
 */
function wantedSize(head: Uint32Array): number {
  const { [0]: magic = 0, [ELF.tableOffset / 4]: low = 0, [ELF.tableOffset / 4 + 1]: high = 0 } = head;
  const halves = new Uint16Array(head.buffer);
  const { [ELF.entrySize / 2]: entrySize = 0, [ELF.entryCount / 2]: entryCount = 0 } = halves;
  const offset = low + high * 2 ** 32;
  return magic !== ELF.magic || offset === 0 ? 0 : offset + entrySize * entryCount;
}
