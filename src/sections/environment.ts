import type { EnvironmentSnapshot } from '../report/model';

/**
 * What the policy `safe` shows of the environment: all names, and the values of some. They are not masked yet; whoever
 * formats the report does that, so that setup has no work with it.
 */
export function safeEnvironment(environment: NodeJS.ProcessEnv): EnvironmentSnapshot {
  const names = Object.keys(environment);
  const variables: Record<string, string | null> = {};
  for (const name of names.slice(0, MAX_VARIABLES)) {
    const value = SAFE_NAMES.has(name) ? environment[name] : undefined;
    variables[name.slice(0, MAX_NAME_LENGTH)] = value === undefined ? null : value.slice(0, MAX_VALUE_LENGTH);
  }
  return { policy: 'safe', variables, leftOut: Math.max(0, names.length - MAX_VARIABLES) };
}

/** Variables that are kept of one environment. */
export const MAX_VARIABLES: number = 1000;
/** Characters that are kept of the value of one variable; fewer are shown. */
export const MAX_VALUE_LENGTH: number = 8192;
/** Characters that are kept of the name of one variable. */
export const MAX_NAME_LENGTH: number = 200;

/** Variables that tell how a process was started, and are no place for secrets. */
export const SAFE_NAMES: ReadonlySet<string> = new Set([
  'APP_ENV',
  'CI',
  'COLORTERM',
  'CONTAINER',
  'DEBUG',
  'ENVIRONMENT',
  'FORCE_COLOR',
  'HOME',
  'HOST',
  'HOSTNAME',
  'INVOCATION_ID',
  'KUBERNETES_PORT',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'LOGNAME',
  'LOG_LEVEL',
  'MALLOC_ARENA_MAX',
  'NODE_APP_INSTANCE',
  'NODE_CHANNEL_FD',
  'NODE_CONFIG_DIR',
  'NODE_CONFIG_ENV',
  'NODE_DEBUG',
  'NODE_DISABLE_COLORS',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'NODE_ICU_DATA',
  'NODE_NO_WARNINGS',
  'NODE_PATH',
  'NODE_PENDING_DEPRECATION',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_UNIQUE_ID',
  'NODE_USE_SYSTEM_CA',
  'NODE_V8_COVERAGE',
  'NODE_VERSION',
  'NO_COLOR',
  'NO_PROXY',
  'OLDPWD',
  'PATH',
  'POD_NAME',
  'POD_NAMESPACE',
  'PORT',
  'PWD',
  'SHELL',
  'SHLVL',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'TEMP',
  'TERM',
  'TMP',
  'TMPDIR',
  'TZ',
  'USER',
  'UV_THREADPOOL_SIZE',
  'UV_USE_IO_URING',
  'npm_lifecycle_event',
  'npm_package_name',
  'npm_package_version',
]);
