import type { Command } from 'commander';
import { escapeJson } from '../escape';
import { say } from './base/output';
import { listProcesses, renderList } from './processes/list';
import { requireProc } from './processes/proc';

const EXAMPLES = `
Examples:
  gmr list                         names, states, CPU and memory
  gmr list --json | jq '.[] | select(.state == "blocked")'`;

/** `gmr list` */
export function addList(program: Command): void {
  program
    .command('list')
    .description('list the processes that have gmr-native')
    .option('--json', 'print a JSON array')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { readonly json?: boolean }) => {
      requireProc();
      const processes = await listProcesses();
      if (options.json === true) process.stdout.write(`${escapeJson(JSON.stringify(processes, null, 2))}\n`);
      else if (processes.length > 0) process.stdout.write(renderList(processes));
      else say('no process with gmr-native is visible here');
    });
}
