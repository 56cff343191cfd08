/*
 * Configuration as the usual libraries hold it. They are known by their shape and never imported: whichever version of
 * whichever copy the service uses, only the interface that all versions have is used.
 */
import { isMap } from '../kinds';
import { MASK } from '../mark';

/** What `conf` holds, by the name it is printed under. Values are read one by one, with {@link readSource}. */
export function namedSources(conf: object): Readonly<Record<string, unknown>> {
  const values = isMap(conf) || isLibrary(conf) ? [] : Object.values(conf);
  // Only libraries show that names are meant: a plain object of plain objects reads well as one configuration.
  return values.some((value) => isObject(value) && isLibrary(value)) ? { ...conf } : { conf };
}

/**
 * One source as data that is still to be copied, bounded and masked. Secrets that a schema marks are masked already,
 * unless `mask` is false. Throws what the library throws.
 */
export function readSource(source: unknown, mask: boolean): unknown {
  if (!isObject(source)) return source;
  if (isConvict(source)) {
    const properties = source.getProperties();
    return mask ? withoutSensitive(properties, propertiesOf(source.getSchema()), 0) : properties;
  }
  if (isNconf(source)) return mergeStores(Object.values(source.stores).filter(isObject));
  // node-config has its values as own properties. `get()` would freeze them for the whole process.
  return source;
}

/** True for an instance of a configuration library. */
export function isLibrary(value: object): boolean {
  return isConvict(value) || isNconf(value) || isNodeConfig(value);
}

interface Convict {
  getProperties(): unknown;
  getSchema(): unknown;
}

function isConvict(value: object): value is Convict {
  return hasMethods(value, ['getProperties', 'getSchema', 'validate', 'get', 'has']);
}

interface Nconf {
  readonly stores: object;
}

/** A Provider, or the module, which is one by itself. */
function isNconf(value: object): value is Nconf {
  if (!hasMethods(value, ['get', 'set', 'use', 'load'])) return false;
  const { stores, sources } = value as { stores?: unknown; sources?: unknown };
  return isObject(stores) && isObject(sources);
}

function isNodeConfig(value: object): boolean {
  if (!hasMethods(value, ['get', 'has'])) return false;
  const { util } = value as { util?: unknown };
  return isObject(util) && hasMethods(util, ['toObject', 'getEnv']);
}

function hasMethods(value: object, names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `***` for what the schema calls `sensitive`, at any depth. */
function withoutSensitive(value: unknown, schema: unknown, depth: number): unknown {
  if (isObject(schema) && (schema as { sensitive?: unknown }).sensitive === true) {
    return value === null || value === '' ? value : MASK;
  }
  if (!isObject(value) || Array.isArray(value) || depth >= MAX_DEPTH) return value;
  const members = propertiesOf(schema) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const member = Object.hasOwn(members, key) ? members[key] : undefined;
      return [key, member === undefined ? item : withoutSensitive(item, member, depth + 1)];
    }),
  );
}

/** Deeper than any report prints. */
const MAX_DEPTH = 32;

/** The members of a convict schema: in `_cvtProperties`, or `properties` before version 5. */
function propertiesOf(schema: unknown): object {
  if (!isObject(schema)) return {};
  const { _cvtProperties: current, properties: earlier } = schema as Readonly<Record<string, unknown>>;
  if (isObject(current)) return current;
  return isObject(earlier) ? earlier : schema;
}

/**
 * What nconf gives for each key: the store that was added first wins. Of an environment store that was not told which
 * variables to take, only those count that another store knows too; the rest is not configuration.
 */
function mergeStores(stores: readonly object[]): Record<string, unknown> {
  const known = new Set(
    stores.filter((store) => !takesAll(store)).flatMap((store) => Object.keys(dataOf(store))),
  );
  let merged: Record<string, unknown> = {};
  for (const store of stores) {
    const entries = Object.entries(dataOf(store));
    const data = Object.fromEntries(takesAll(store) ? entries.filter(([key]) => known.has(key)) : entries);
    merged = mergeUnder(merged, data, 0);
  }
  return merged;
}

function takesAll(store: object): boolean {
  const { type, whitelist } = store as { type?: unknown; whitelist?: unknown };
  return type === 'env' && !(Array.isArray(whitelist) && whitelist.length > 0);
}

/** What a store has at hand. One of a literal is the object that it was made of, with nconf's mark in it. */
function dataOf(store: object): object {
  const { store: data, type } = store as { store?: unknown; type?: unknown };
  if (!isObject(data)) return {};
  if (type !== 'literal' || (data as { type?: unknown }).type !== type) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'type'));
}

/** Adds what is not there yet. */
function mergeUnder(over: object, under: object, depth: number): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] =
      isPlain(value) && isPlain(below) && depth < MAX_DEPTH ? mergeUnder(value, below, depth + 1) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value);
}
