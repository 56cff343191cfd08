import type { AsyncFrame } from '../../report/model';
import type { Wait } from '../../report/waits';

/** What functions of Node wait for that only native code ends, so that no object in the heap leads there. */
const WAITS: ReadonlyMap<string, string> = new Map([
  ['node:internal/modules/esm/module_job run', 'the evaluation of an ES module'],
  ['node:internal/locks request', 'a Web Lock of navigator.locks, or the end of the callback that has it'],
]);
/** The beginning of what is said where nothing was found. */
const NOTHING_FOUND = 'a promise that nothing in the heap can resolve';

/** Where nothing was found that ends the wait: what the innermost function says of it. */
export function explainNativeWait(wait: Wait, innermost: AsyncFrame | undefined): Wait {
  const isUnknown = wait.answers.length === 0 && (wait.rest === '' || wait.rest.startsWith(NOTHING_FOUND));
  if (!isUnknown || innermost === undefined) return wait;
  const text = WAITS.get(`${innermost.file ?? ''} ${innermost.functionName}`);
  return text === undefined ? wait : { ...wait, rest: text };
}
