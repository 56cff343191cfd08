import { frameName } from '../report/frames';
import type { OtherThread } from '../report/model';
import { syscallName } from '../report/os-state';
import { isIdleHelper, rolesOf } from '../report/thread-roles';
import { cpuBetween, elapsedBefore } from './cpu';
import type { ComparedOtherThread } from './model';
import { lastOf, type Scene } from './scene';

/** Compares the threads without JavaScript, by the order of their first appearance. */
export function compareOtherThreads({ reports }: Scene): readonly ComparedOtherThread[] {
  const threads = new Map<string, (OtherThread | null)[]>();
  const roles = reports.map(({ photograph }) => rolesOf(photograph.otherThreads));
  for (const [index, { photograph }] of reports.entries()) {
    for (const thread of photograph.otherThreads) {
      const key = `${thread.tid} ${thread.startTicks}`;
      const found = threads.get(key) ?? reports.map(() => null);
      found[index] = thread;
      threads.set(key, found);
    }
  }
  const photographs = reports.map(({ photograph }) => photograph);
  return [...threads.values()].flatMap((sightings) => {
    const last = lastOf(sightings);
    if (last === null) return [];
    const role = roles[sightings.lastIndexOf(last)]?.(last) ?? '';
    const cpuPercent = reports.slice(1).map((_, index) => {
      const [before, after] = [sightings[index], sightings[index + 1]];
      return cpuBetween(before ?? undefined, after ?? undefined, elapsedBefore(photographs, index + 1));
    });
    return [
      {
        tid: last.tid,
        role,
        present: sightings.map((sighting) => sighting !== null),
        cpuPercent,
        sameCall: isInSameCall(sightings) && cpuPercent.every((percent) => percent === 0),
        call: last.syscall === null ? null : syscallName(last.syscall),
      },
    ];
  });
}

/** Sleeping at the same place each time, and not only waiting for work. */
function isInSameCall(sightings: readonly (OtherThread | null)[]): boolean {
  const present = sightings.filter((sighting) => sighting !== null);
  const [first] = present;
  if (first === undefined || present.length < sightings.length || first.syscall === null) return false;
  const key = placeKey(first);
  return present.every((thread) => thread.state !== 'R' && !isIdleHelper(thread) && placeKey(thread) === key);
}

function placeKey({ syscall, stack }: OtherThread): string {
  const frames = stack.status === 'captured' ? stack.frames.map((frame) => frameName(frame)) : [];
  return [syscall === null ? '' : syscallName(syscall), ...frames].join('\0');
}
