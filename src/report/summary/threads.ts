import type { OtherThread } from '../model';
import { isOwnThread, rolesOf } from '../thread-roles';
import { workKind } from '../work-kind';
import { simpleSymbol } from './place';

/** Part of a CPU from which on a thread is worth a sentence. */
const MUCH_CPU = 0.5;
/** The same for a thread that neither Node nor gmr-native started and that is running: on a busy machine it gets less. */
const MUCH_FOR_OTHERS = 0.1;
const MAX_LISTED = 4;

/** Threads without JavaScript of ours that used much CPU while the report was made, those that are alike together. */
export function describeBusyThreads(threads: readonly OtherThread[]): readonly string[] {
  const roleOf = rolesOf(threads);
  const groups = new Map<string, OtherThread[]>();
  for (const thread of threads) {
    const role = roleOf(thread);
    if (!isBusy(thread, role)) continue;
    const key = `${role}\0${describeNativePlace(thread)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thread]);
    else group.push(thread);
  }
  return [...groups.values()].map((group) => describeGroup(group, roleOf));
}

function isBusy(thread: OtherThread, role: string): boolean {
  const { cpuShare, cpuWaitShare, state } = thread;
  if (cpuShare === null || isOwnThread(thread)) return false;
  if (state !== 'R' || role !== '') return cpuShare > MUCH_CPU;
  return cpuShare > MUCH_FOR_OTHERS || cpuShare + (cpuWaitShare ?? 0) > MUCH_CPU;
}

function describeGroup(group: readonly OtherThread[], roleOf: (thread: OtherThread) => string): string {
  const [first] = group;
  if (first === undefined) return '';
  const role = roleOf(first);
  const name = role === '' ? '' : ` (${role})`;
  const place = describeNativePlace(first);
  const each = group.length === 1 ? '' : ' each';
  const share = `used ${describeShares(group)} of a CPU${each} while the report was made`;
  const tids = group.slice(0, MAX_LISTED).map(({ tid }) => tid);
  const more = group.length > tids.length ? `, and ${group.length - tids.length} more` : '';
  const who = group.length === 1 ? `thread ${first.tid}` : `threads ${tids.join(', ')}${more}`;
  return `${who}${name} ${share}${describeQueue(group)}${place === '' ? '' : `, ${place}`}.`;
}

/** Where threads had to share the CPUs with others, what they used says little of what they wanted. */
function describeQueue(group: readonly OtherThread[]): string {
  const least = Math.min(...group.map(({ cpuWaitShare }) => cpuWaitShare ?? 0));
  return least > MUCH_CPU ? `, and waited for one ${Math.round(least * 100)} % of the time` : '';
}

function describeShares(group: readonly OtherThread[]): string {
  const shares = group.map(({ cpuShare }) => Math.round((cpuShare ?? 0) * 100));
  const least = Math.min(...shares);
  const most = Math.max(...shares);
  return least === most ? `${most} %` : `${least} % to ${most} %`;
}

/** Libraries whose functions say nothing about what a thread does. */
const SYSTEM_LIBRARIES = /^(libc|libpthread|libstdc\+\+|libm|ld-linux|ld-musl|libgcc_s)[.-]/;

/** `in SHA512_Update of node`, `collecting garbage`; empty without a stack. */
function describeNativePlace({ stack }: OtherThread): string {
  if (stack.status !== 'captured') return '';
  const work = workKind(stack.frames);
  if (work !== null) return work;
  for (const { kind, file, functionName } of stack.frames) {
    if (kind !== 'native' || file === null || SYSTEM_LIBRARIES.test(file)) continue;
    if (functionName.includes('<')) continue;
    const name = simpleSymbol(functionName);
    if (name !== '' && !name.startsWith(file)) return `in ${name} of ${file}`;
  }
  return '';
}
