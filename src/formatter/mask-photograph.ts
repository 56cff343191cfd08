import { maskUrls } from '../config/mask';
import type { GreenThreads, IsolateThread, Photograph } from '../report/model';

/**
 * The photograph without the secrets that the native side cannot recognise: what an await waits for may name a URL.
 * All other texts that a service has chosen were masked where they were collected.
 */
export function maskPhotograph(photograph: Photograph): Photograph {
  return { ...photograph, isolates: photograph.isolates.map(maskIsolate) };
}

function maskIsolate(isolate: IsolateThread): IsolateThread {
  const { greenThreads } = isolate;
  return greenThreads.status === 'unavailable'
    ? isolate
    : { ...isolate, greenThreads: maskGreenThreads(greenThreads) };
}

function maskGreenThreads(found: GreenThreads): GreenThreads {
  const groups = found.groups.map((group) =>
    group.waitsFor === null ? group : { ...group, waitsFor: maskUrls(group.waitsFor) },
  );
  return { ...found, groups };
}
