'use strict';
// Starts a service that hangs, sends it the signal, and looks for the hanging function in the report.
//
//   node scripts/smoke.cjs <path of the service>
//
// Without dependencies: it runs where nothing but the packed package is installed.

const { spawn } = require('node:child_process');

const LIMIT_MS = 60_000;

// The pipe to its standard input is what it hangs on.
const child = spawn(process.execPath, [process.argv[2]], { stdio: ['pipe', 'pipe', 'pipe'] });
const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
let report = '';

child.stdout.once('data', () => child.kill('SIGUSR2'));
child.stderr.setEncoding('utf8').on('data', (text) => {
  report += text;
  if (report.includes('==== End of report')) child.kill('SIGKILL');
});
child.on('close', () => {
  clearTimeout(limit);
  const found =
    report.includes('Guru Meditation') && /captured \w+/.test(report) && report.includes('consumer');
  if (!found) process.stderr.write(`${report}\nsmoke: no report\n`);
  process.exitCode = found ? 0 : 1;
  if (found)
    process.stdout.write(`smoke: Node ${process.version}, ${process.platform}-${process.arch}: a report\n`);
});
