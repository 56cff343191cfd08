#!/usr/bin/env node
/* The command `gmr`. It runs beside the processes that it examines, and loads nothing into them. */
import { main } from './main';

// `gmr view report | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
