import { type Command, Option } from 'commander';
import { say } from './base/output';
import { printReport } from './base/pager';
import { VIEW_FORMATS, viewFile, type ViewFormat } from './view';

const EXAMPLES = `
Examples:
  gmr view report.json             the text that the process would have written
  gmr view service.log --format json > report.json
  gmr view report.json --format collapsed | flamegraph.pl > stacks.svg`;

interface ViewOptions {
  readonly format: ViewFormat;
  readonly report?: string;
}

/** `gmr view <file>` */
export function addView(program: Command): void {
  program
    .command('view')
    .description('print a report from a file or a log')
    .argument('<file>', "text or JSON report, or a log with lines of the format 'log'; - is standard input")
    .addOption(new Option('-f, --format <format>', 'how to print it').choices(VIEW_FORMATS).default('text'))
    .option('-r, --report <id>', 'which report of a log (default: the newest)')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { format, report }: ViewOptions) => {
      const { text, note, failure } = viewFile({ file, format, reportId: report });
      if (note !== '') say(note);
      if (format === 'text') await printReport(text);
      else process.stdout.write(text);
      if (failure !== null) throw failure;
    });
}
