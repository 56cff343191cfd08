/*
 * Colours of a text report on a terminal. They are added to the finished text, which has no control characters, so that
 * it is the same text without them.
 */

const RESET = '\u001b[0m';
const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';
const RED = '\u001b[1;31m';
const GREEN = '\u001b[32m';
const YELLOW = '\u001b[33m';
const CYAN = '\u001b[1;36m';

/** How the state of a thread looks, in its heading and at the beginning of the summary. */
const STATES: readonly (readonly [string, string])[] = [
  ['blocked', RED],
  ['not answering', RED],
  ['running', YELLOW],
  ['not registered', YELLOW],
  ['exited', YELLOW],
  ['waiting for this report', YELLOW],
  ['waiting', GREEN],
  ['idle', GREEN],
];

const RULE = /^={72}$/;
const TITLE = /^====(\s.*\s)====$/;
const HEAD = /^------\s.*\s------$/;
/** The state of a thread in its heading: at the end, with a time or without. */
const HEAD_STATE = new RegExp(
  `^(.* {3})((?:${words((state) => state.toUpperCase())})(?: [\\d.]+ \\w+(?: [\\d.]+ \\w+)?)?)( +------)$`,
);
const SUMMARY_STATE = new RegExp(
  `^( {2}(?:main thread|worker|\\d+ workers)[^:]*: )(${words((state) => state)})\\b`,
);
const DEADLOCK = /^( +(?:(?:main thread|worker)[^:]*: )?)(DEADLOCK|deadlock)(:?)/;
const ALARM = /^ {2,}\*\*\* .*$/;
/** A line of source below a frame, which no other line looks like. */
const SOURCE = /^ +(?:running: )?`.*`$/;
const UNKNOWN = /^ +(?:\w+: )?not available: .*$/;

function words(spell: (state: string) => string): string {
  return STATES.map(([state]) => spell(state)).join('|');
}

/** The text report with colours for banners, headings and states. */
export function withColours(report: string): string {
  return report.split('\n').map(colourLine).join('\n');
}

function colourLine(line: string): string {
  if (RULE.test(line)) return paint(line, DIM);
  if (TITLE.test(line)) return line.startsWith('==== End of report ') ? paint(line, DIM) : colourTitle(line);
  if (HEAD.test(line)) return colourHead(line);
  if (ALARM.test(line)) return paint(line, RED);
  if (SOURCE.test(line) || UNKNOWN.test(line)) return paint(line, DIM);
  if (DEADLOCK.test(line)) return line.replace(DEADLOCK, `$1${RED}$2${RESET}$3`);
  return line.replace(SUMMARY_STATE, (_, label: string, state: string) => label + paintState(state, state));
}

function colourTitle(line: string): string {
  return line.replace(TITLE, `${DIM}====${RESET}${CYAN}$1${RESET}${DIM}====${RESET}`);
}

function colourHead(line: string): string {
  const [, before, state, after] = HEAD_STATE.exec(line) ?? [];
  if (before === undefined || state === undefined || after === undefined) return paint(line, BOLD);
  const name = STATES.find(([word]) => state.startsWith(word.toUpperCase()))?.[0] ?? '';
  return `${paint(before, BOLD)}${paintState(state, name)}${paint(after, BOLD)}`;
}

function paintState(text: string, state: string): string {
  return paint(text, STATES.find(([word]) => word === state)?.[1] ?? BOLD);
}

function paint(text: string, colour: string): string {
  return `${colour}${text}${RESET}`;
}

/** Whether output may have colours: NO_COLOR and FORCE_COLOR of the environment, else whether it is a terminal. */
export function wantsColours(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}
