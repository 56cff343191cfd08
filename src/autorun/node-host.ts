import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { FormatterHost } from '../formatter/host';

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What the formatter may ask of the world inside of Node. */
export const NODE_HOST: FormatterHost = {
  readTextFile(path, maxBytes) {
    try {
      // Opened first and looked at then: a name may change its file in between. Non-blocking, or a FIFO would hang.
      const descriptor = openSync(path, OPEN_FLAGS);
      try {
        const stat = fstatSync(descriptor);
        return stat.isFile() && stat.size <= maxBytes ? readFileSync(descriptor, 'utf8') : null;
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return null;
    }
  },
};
