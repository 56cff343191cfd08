import { maskUrls, maskValue } from '../config/mask';
import type {
  ContextValue,
  GreenThreadGroup,
  GreenThreads,
  IsolateThread,
  Photograph,
} from '../report/model';

/**
 * The photograph without the secrets that the native side cannot recognise: what an await waits for may name a URL,
 * and values of an `AsyncLocalStorage` may be secret. All other texts that a service has chosen were masked where they were collected.
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
  return { ...found, groups: found.groups.map(maskGroup) };
}

function maskGroup(group: GreenThreadGroup): GreenThreadGroup {
  const waitsFor = group.waitsFor === null ? null : maskUrls(group.waitsFor);
  return { ...group, waitsFor, context: group.context.map(maskContext) };
}

/** By the name of the key, like a member of the configuration. */
function maskContext(value: ContextValue): ContextValue {
  const { key, kind, text } = value;
  if (kind === 'boolean' || kind === 'null') return value;
  const [masked] = Object.values(maskValue({ [key]: text }) as object) as [string];
  return { ...value, text: masked };
}
