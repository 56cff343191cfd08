/** Variables of the environment, from `process.env` or from outside the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about the service: OpenTelemetry's variables and those of PM2. */
export interface Deployment {
  /** Name that an operator gave to the service; null when there is none. */
  readonly serviceName: string | null;
  readonly version: string | null;
  /** What reports show, by name: attributes of OpenTelemetry (`k8s.pod.name`) and of PM2 (`pm2.name`). */
  readonly shown: { readonly [name: string]: string };
  /** Script and working directory of a service of PM2; null when there are none. */
  readonly script: string | null;
  readonly folder: string | null;
}

/** Longer values are not shown at all: part of a secret might no longer look like one. */
const MAX_LENGTH = 255;
const MAX_ATTRIBUTES = 40;

/** Reads the variables. Never throws: what is malformed is ignored. */
export function readDeployment(packed: Environment): Deployment {
  const environment = unpackEnvironment(packed);
  const attributes = parseAttributes(environment['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const ownName = nonEmpty(environment['OTEL_SERVICE_NAME']);
  // The variable of its own takes precedence, as OpenTelemetry specifies.
  if (ownName !== null) attributes.set('service.name', ownName);
  // Without PM2's id, a variable called `name` belongs to another program.
  const pm2 = environment['pm_id'] === undefined ? {} : environment;
  const name = nonEmpty(pm2['name']);
  const shown = new Map([...attributes].slice(0, MAX_ATTRIBUTES));
  for (const [key, value] of Object.entries({
    'pm2.name': name,
    'pm2.id': nonEmpty(pm2['pm_id']),
    'pm2.instance': nonEmpty(pm2['NODE_APP_INSTANCE']),
  })) {
    if (value !== null) shown.set(key, value);
  }
  return {
    serviceName: nonEmpty(attributes.get('service.name')) ?? name,
    version: nonEmpty(attributes.get('service.version')),
    shown: Object.fromEntries([...shown].map(([key, value]) => [key, bounded(value)])),
    script: nonEmpty(pm2['pm_exec_path']),
    folder: nonEmpty(pm2['pm_cwd']),
  };
}

/**
 * `key1=value1,key2=value2`, with `,`, `=` and all else that is not ASCII as `%2C`. As OpenTelemetry specifies, an error
 * in one of them discards all.
 */
function parseAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  try {
    for (const pair of text.split(',')) {
      if (pair.trim() === '') continue;
      const equals = pair.indexOf('=');
      const key = decodeURIComponent(pair.slice(0, Math.max(equals, 0)).trim());
      if (key === '') return new Map();
      attributes.set(key, decodeURIComponent(pair.slice(equals + 1).trim()));
    }
    return attributes;
  } catch {
    return new Map();
  }
}

/**
 * The environment with the variables of a service of PM2. In cluster mode, PM2 packs them into `pm2_env`, and its main
 * script unpacks them, which is later than a preload runs.
 */
export function unpackEnvironment(environment: Environment): Environment {
  const packed = environment['pm2_env'];
  if (packed === undefined) return environment;
  try {
    const unpacked: unknown = JSON.parse(packed);
    if (typeof unpacked !== 'object' || unpacked === null) return environment;
    const texts: Record<string, string> = {};
    for (const [key, value] of Object.entries(unpacked)) {
      if (typeof value === 'string' || typeof value === 'number') texts[key] = String(value);
    }
    return { ...environment, ...texts };
  } catch {
    return environment;
  }
}

function bounded(value: string): string {
  return value.length <= MAX_LENGTH ? value : `(not shown: ${value.length} characters)`;
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
