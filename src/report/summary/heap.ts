import { boundedName } from '../../escape';
import { counted } from '../async-frames';
import { formatMegabytes } from '../duration';
import type { HeapClass } from '../heap-classes';
import type { IsolateThread } from '../model';
import { isCollectingOldGeneration } from '../work-kind';
import type { Naming } from './place';
import { isolateLabel } from './states';

/** Above this part of its limit a heap is worth a sentence: V8 then spends its time in garbage collection. */
const HEAP_ALARM = 0.85;

/**
 * A sentence for a heap that is nearly full; null for all others. V8 ends the process when the old generation reaches
 * its own limit; the limit of the whole heap, which includes the young generation, is never reached.
 */
export function describeFullHeap(isolate: IsolateThread): string | null {
  const { heap, stack } = isolate;
  if (heap.status === 'unavailable') {
    const collects = stack.status === 'captured' && isCollectingOldGeneration(stack.frames);
    // A heap that is nearly full is collected nearly all the time, and only the thread itself knows its size.
    return collects ? `${isolateLabel(isolate)}: ${describeUnknown(isolate)}.` : null;
  }
  const { oldUsedBytes, oldLimitBytes } = heap;
  if (oldUsedBytes === null || oldLimitBytes === null || !(oldLimitBytes > 0)) return null;
  const part = oldUsedBytes / oldLimitBytes;
  if (!(part >= HEAP_ALARM)) return null;
  const used = `${formatMegabytes(oldUsedBytes)} of ${formatMegabytes(oldLimitBytes)}`;
  return `${isolateLabel(isolate)}: its heap is ${Math.floor(part * 100)} % full: ${used} in the old generation (limit: ${settingOf(isolate)}).`;
}

/** Classes that are named where a heap is nearly full. */
const NAMED_CLASSES = 3;

/** What a heap that is nearly full consists of, largest first; null where that is not known. */
export function describeLargestClasses(isolate: IsolateThread, { files }: Naming): string | null {
  const { heapClasses } = isolate;
  if (heapClasses.status === 'unavailable' || heapClasses.classes.length === 0) return null;
  const nameOf = ({ name, file }: HeapClass): string => {
    const isOfService = file !== '' && !file.startsWith('node:');
    return `${boundedName(name)}${isOfService ? ` of ${files.shortName(file)}` : ''}`;
  };
  const largest = heapClasses.classes
    .slice(0, NAMED_CLASSES)
    .map((each) => `${nameOf(each)} (${formatMegabytes(each.bytes)} in ${counted(each.count, 'object')})`);
  return `${isolateLabel(isolate)}: the largest classes of its heap: ${largest.join(', ')}.`;
}

/** Memory outside a heap that is worth a sentence, if it is also more than this many times the heap. */
const MUCH_EXTERNAL = 256 * 1_048_576;
const TIMES_HEAP = 2;

/** A sentence for a thread most of whose memory is not in its heap, and so in no count of objects; null for all others. */
export function describeExternal(isolate: IsolateThread): string | null {
  const { heap } = isolate;
  if (heap.status === 'unavailable') return null;
  const { externalBytes, usedBytes } = heap;
  if (externalBytes < MUCH_EXTERNAL || externalBytes < TIMES_HEAP * usedBytes) return null;
  const [external, used] = [formatMegabytes(externalBytes), formatMegabytes(usedBytes)];
  return `${isolateLabel(isolate)}: ${external} outside its heap, in Buffers, ArrayBuffers and the like; ${used} in it.`;
}

function settingOf({ kind }: IsolateThread): string {
  return kind === 'main' ? '--max-old-space-size' : 'resourceLimits.maxOldGenerationSizeMb';
}

function describeUnknown(isolate: IsolateThread): string {
  const limit = isolate.resourceLimits?.maxOldGenerationSizeMb;
  const known = limit === undefined ? '' : `, ${limit} MB`;
  const size = 'its size is not available because the thread did not answer';
  return `collecting garbage, so its heap may be nearly full (limit: ${settingOf(isolate)}${known}); ${size}`;
}
