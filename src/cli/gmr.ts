#!/usr/bin/env node
/* The command `gmr`. It runs beside the processes that it examines, and loads nothing into them. */
import { EXIT } from './base/exit-codes';
import { main } from './main';

// `gmr view report | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`gmr: the output cannot be written (${error.code})\n`);
  process.exitCode = EXIT.failed;
});
process.stderr.on('error', () => undefined);

void main(process.argv.slice(2)).then((exitCode) => {
  // Output that could not be written is a failure, whatever else went well.
  process.exitCode ??= exitCode;
});
