import { namedSources, readSource } from '../config/sources';
import { describeError } from '../errors';
import { isThenable, whenSettled } from '../guard';
import { cutMasked } from '../mark';
import { Masker } from '../masking/mask';
import { MAX_SHOWN_LENGTH, maskEnvironment } from '../masking/mask-environment';
import type { Settings } from '../options';
import type { ConfigurationSnapshot, EnvironmentSnapshot, SectionValue } from '../report/model';
import { toSectionValue } from '../report/section-value';
import { MAX_NAME_LENGTH, MAX_VALUE_LENGTH, MAX_VARIABLES, SAFE_NAMES, safeEnvironment } from './environment';

/* This module and all that it imports become one file (`scripts/build-hot.mjs`): the runner takes masking from here. */
export { Masker };

/** What of the settings decides what the section Configuration shows. */
export type ConfigurationSettings = Pick<Settings, 'conf' | 'mask' | 'env'>;

/** The configuration and the environment as they are now, bounded and masked. Never throws. */
export function snapshotConfiguration(
  settings: ConfigurationSettings,
  environment: NodeJS.ProcessEnv = process.env,
): ConfigurationSnapshot {
  const masker = new Masker(settings.mask);
  return {
    status: 'known',
    ...readObjects(settings, masker),
    environment: snapshotEnvironment(settings, masker, environment),
    takenAtMs: Date.now(),
  };
}

/** Any value as plain bounded data without secrets. Never throws. */
export function toMaskedValue(value: unknown, masker: Masker): SectionValue {
  return masker.value(toSectionValue(value, { prepare: (text) => masker.text(text) }));
}

type Objects = Pick<ConfigurationSnapshot, 'objects' | 'failures'>;

function readObjects({ conf, mask }: ConfigurationSettings, masker: Masker): Objects {
  const objects: [string, SectionValue][] = [];
  const failures: [string, string][] = [];
  if (conf === undefined) return { objects: {}, failures: {} };
  const attempt = (name: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      failures.push([name, `'${name}' threw ${describeError(error, (text) => masker.text(text))}`]);
    }
  };
  attempt('conf', () => {
    const given: unknown = typeof conf === 'function' ? (conf as () => unknown)() : conf;
    if (typeof given !== 'object' || given === null || isUnusablePromise(given)) {
      failures.push(['conf', `expected the function 'conf' to return an object, got ${kindOf(given)}`]);
      return;
    }
    for (const [name, source] of Object.entries(namedSources(given))) {
      const member = name === 'conf' ? name : masker.text(name);
      attempt(member, () => {
        const read = { [name]: toSectionValue(readSource(source, mask !== false)) };
        objects.push(...Object.entries(masker.value(read) as Record<string, SectionValue>));
      });
    }
  });
  return { objects: Object.fromEntries(objects), failures: Object.fromEntries(failures) };
}

function snapshotEnvironment(
  { env }: ConfigurationSettings,
  masker: Masker,
  environment: NodeJS.ProcessEnv,
): EnvironmentSnapshot {
  if (env === 'safe') return maskEnvironment(safeEnvironment(environment), masker);
  if (env === 'none') return { policy: env, variables: {}, leftOut: 0 };
  const names = Object.keys(environment);
  const variables = names.slice(0, MAX_VARIABLES).map((name) => {
    const value = (environment[name] ?? '').slice(0, MAX_VALUE_LENGTH);
    const shown = env === 'all' ? value : withoutSecrets(name, value, masker);
    return [name.slice(0, MAX_NAME_LENGTH), cutMasked(shown, MAX_SHOWN_LENGTH)] as const;
  });
  return {
    policy: env,
    variables: Object.fromEntries(variables),
    leftOut: Math.max(0, names.length - MAX_VARIABLES),
  };
}

/** `PWD` says secret and is a folder. */
function withoutSecrets(name: string, value: string, masker: Masker): string {
  return SAFE_NAMES.has(name) && !masker.allows(name) ? masker.text(value) : masker.named(name, value);
}

/** An object is named by what makes it unusable here: being a promise. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'a promise; it must return the configuration at once' : typeof value;
}

const ignore = (): void => undefined;

/** Handles the rejection of the service's own promise: nothing else waits for it, so it would be unhandled. */
function isUnusablePromise(value: object): boolean {
  const isPromise = isThenable(value);
  if (isPromise) whenSettled(value, 'the configuration', ignore, ignore);
  return isPromise;
}
