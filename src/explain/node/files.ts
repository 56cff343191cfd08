import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';

/** A FileHandle is closed once the operations begun before have ended. */
function explainHandle(handle: WaitHolder): Explanation | null {
  const pending = numberAt(handle, '@kRefs');
  if (pending === null || pending < 1 || handle.member !== '[kCloseResolve]') return null;
  return { text: `FileHandle to be closed, after ${counted(pending, 'pending operation')}` };
}

/** fs.readFile() with a callback. */
function explainReadFile(context: WaitHolder, chain: Chain): Explanation | null {
  const bytes = numberAt(context, 'pos');
  if (bytes === null || context.member !== 'callback' || chain.outside('ReadFileContext') !== null)
    return null;
  return { text: `fs.readFile(), ${counted(bytes, 'byte')} read so far` };
}

/** `fs.promises.watch()` */
function explainWatch(handle: WaitHolder): Explanation | null {
  // Node's own class has no file.
  const isNodes = handle.member === 'onchange' && handle.file === null;
  return isNodes ? { text: 'change to what fs.watch() observes' } : null;
}

export const FILES: Explainer = {
  library: 'node:fs',
  classes: {
    FileHandle: { read: ['@kRefs'], explain: explainHandle },
    ReadFileContext: { read: ['pos'], explain: explainReadFile },
    FSEvent: { read: [], explain: explainWatch },
  },
};
