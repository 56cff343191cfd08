// Which Node headers fit the Node that runs.
//
// A wrong choice compiles without a warning and dies later, inside V8: an npmrc that points `nodedir` at the
// system's headers does exactly that under any other Node. So headers count only if their ABI is the running one.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** `NODE_MODULE_VERSION` of a folder that holds `include/node`; null when it holds none. */
export function abiOfHeaders(folder) {
  const file = join(folder, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return null;
  return /^#define NODE_MODULE_VERSION (\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? null;
}

/** The first folder whose headers have the running Node's ABI; null when node-gyp has to download them. */
export function findHeaders(env = process.env) {
  const candidates = [
    env.GMR_NODEDIR,
    env.npm_config_nodedir,
    resolve(dirname(process.execPath), '..'),
    process.config.variables.node_prefix,
  ];
  const fits = (folder) => folder && abiOfHeaders(folder) === process.versions.modules;
  const found = candidates.find(fits);
  if (env.GMR_NODEDIR && found !== env.GMR_NODEDIR) {
    throw new Error(
      `GMR_NODEDIR=${env.GMR_NODEDIR} has headers of ABI ${abiOfHeaders(env.GMR_NODEDIR) ?? '(none found)'}, ` +
        `but Node ${process.version} needs ABI ${process.versions.modules}`,
    );
  }
  return found ?? null;
}

/** The environment for node-gyp. It must be by variable: node-gyp lets variables win over its own flags. */
export function nodeGypEnvironment(nodedir, env = process.env) {
  const shadowing = /^npm_(config|package_config_node_gyp)_nodedir$/i;
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !shadowing.test(name)));
  return nodedir === null ? rest : { ...rest, npm_config_nodedir: nodedir };
}
