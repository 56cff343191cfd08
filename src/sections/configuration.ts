import { maskUrls, maskValue } from '../config/mask';
import { describeError } from '../errors';
import type { ConfigurationOption } from '../options';
import type { ConfigurationSnapshot, SectionValue, Unavailable } from '../report/model';
import { toSectionValue } from '../report/section-value';

/** The configuration as it is now, bounded and masked. Never throws. */
export function snapshotConfiguration(
  conf: ConfigurationOption | undefined,
): ConfigurationSnapshot | Unavailable {
  if (conf === undefined) return { status: 'known', objects: {}, takenAtMs: Date.now() };
  try {
    const value: unknown = typeof conf === 'function' ? (conf as () => unknown)() : conf;
    if (typeof value !== 'object' || value === null || isThenable(value)) {
      return unavailable(`expected the function 'conf' to return an object, got ${kindOf(value)}`);
    }
    return { status: 'known', objects: { conf: toMaskedValue(value) }, takenAtMs: Date.now() };
  } catch (error) {
    return unavailable(maskUrls(`'conf' threw ${describeError(error)}`));
  }
}

/** Any value as plain bounded data without secrets. Never throws. */
export function toMaskedValue(value: unknown): SectionValue {
  return maskValue(toSectionValue(value));
}

function unavailable(reason: string): Unavailable {
  return { status: 'unavailable', reason };
}

/** An object is named by what makes it unusable here: being a promise. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'a promise, which nobody could wait for' : typeof value;
}

function isThenable(value: object): boolean {
  const isPromise = 'then' in value && typeof value.then === 'function';
  // Nobody else waits for it, so its failure must not become an unhandled rejection.
  if (isPromise) Promise.resolve(value).catch(() => undefined);
  return isPromise;
}
