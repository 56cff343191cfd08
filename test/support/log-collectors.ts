/*
 * What log collectors make of the lines of a service.
 */

/** Where Docker's `json-file` splits a line. */
const DOCKER_PIECE_BYTES = 16 * 1024;

/** The log as Docker's driver `json-file` writes it: one JSON object per line, or per piece of a long one. */
export function asJsonFile(log: string, time = '2026-11-21T01:55:06.123456789Z'): string {
  return piecesOf(log, DOCKER_PIECE_BYTES)
    .map(
      ({ text, isEnd }) => `${JSON.stringify({ log: isEnd ? `${text}\n` : text, stream: 'stderr', time })}\n`,
    )
    .join('');
}

/** The log as containerd and CRI-O write it, `bytes` at most in one piece. */
export function asCri(log: string, bytes = 8 * 1024): string {
  return piecesOf(log, bytes)
    .map(({ text, isEnd }) => `2026-11-21T01:55:06.123456789Z stderr ${isEnd ? 'F' : 'P'} ${text}\n`)
    .join('');
}

interface Piece {
  readonly text: string;
  /** The line ends behind it. */
  readonly isEnd: boolean;
}

function piecesOf(log: string, limit: number): readonly Piece[] {
  return log
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const bytes = Buffer.from(line);
      const count = Math.max(1, Math.ceil(bytes.length / limit));
      return Array.from({ length: count }, (_, index) => ({
        text: bytes.subarray(index * limit, (index + 1) * limit).toString('utf8'),
        isEnd: index === count - 1,
      }));
    });
}

/** The lines of `one` between those of `other`. */
export function interleaved(one: string, other: string): string {
  const lines = one.split('\n').slice(0, -1);
  const others = other.split('\n').slice(0, -1);
  const longest = Math.max(lines.length, others.length);
  return Array.from({ length: longest }, (_, index) => [lines[index], others[index]])
    .flat()
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}
