import type { GitCommit } from '../report/model';
import type { FormatterHost } from './host';

const MAX_SMALL_FILE_BYTES = 4096;
const MAX_PACKED_REFS_BYTES = 2 * 1024 * 1024;

/** What is checked out in `root`; null when it is not the top of a git checkout. Never throws. */
export function findGitCommit(host: FormatterHost, root: string): GitCommit | null {
  try {
    const folder = `${root}/.git`;
    const headText = readTrimmed(host, `${folder}/HEAD`);
    if (headText === null) return null;
    if (isCommit(headText)) return { commit: headText, branch: null };
    if (!headText.startsWith('ref: ')) return null;
    const ref = headText.slice('ref: '.length).trim();
    // The name becomes a path: it must stay below the refs of this checkout.
    if (!ref.startsWith('refs/') || ref.includes('..')) return null;
    const commit = looseCommit(host, folder, ref) ?? packedCommit(host, folder, ref);
    return commit === null ? null : { commit, branch: ref.replace('refs/heads/', '') };
  } catch {
    return null;
  }
}

function looseCommit(host: FormatterHost, folder: string, ref: string): string | null {
  const text = readTrimmed(host, `${folder}/${ref}`);
  return text !== null && isCommit(text) ? text : null;
}

function packedCommit(host: FormatterHost, folder: string, ref: string): string | null {
  const text = host.readTextFile(`${folder}/packed-refs`, MAX_PACKED_REFS_BYTES);
  if (text === null) return null;
  const end = `${text}\n`.indexOf(` ${ref}\n`);
  if (end === -1) return null;
  const commit = text.slice(text.lastIndexOf('\n', end) + 1, end);
  return isCommit(commit) ? commit : null;
}

function readTrimmed(host: FormatterHost, path: string): string | null {
  return host.readTextFile(path, MAX_SMALL_FILE_BYTES)?.trim() ?? null;
}

/** A SHA-1 or SHA-256 in hexadecimal. */
function isCommit(text: string): boolean {
  if (text.length !== 40 && text.length !== 64) return false;
  for (const character of text) {
    if (!'0123456789abcdef'.includes(character)) return false;
  }
  return true;
}
