import { formatDuration } from '../report/duration';
import { areKnown } from '../report/facts';
import type { ConfigurationSnapshot, Photograph, SectionOutcome } from '../report/model';
import { boundedName, escapeInline, escapeMessage } from '../escape';
import { describeArguments, notAvailable } from './text-overview';
import { renderTree } from './tree';

/** A snapshot older than this says so: the values may have changed since. */
const FRESH_MS = 1000;

/** Configuration objects with sorted keys, then what Node itself was told, then the environment. */
export function renderConfiguration(photograph: Photograph): readonly string[] {
  const { configuration } = photograph;
  const nodeOptions = ['', ...renderNodeOptions(photograph)];
  if (configuration.status === 'unavailable') {
    return [...escapeMessage(notAvailable(configuration.reason)), ...nodeOptions];
  }
  const ageMs = photograph.requestedAtMs - configuration.takenAtMs;
  const age = ageMs > FRESH_MS ? `as it was ${formatDuration(ageMs)} before this report` : '';
  return [
    ...renderObjects(configuration, age),
    ...nodeOptions,
    '',
    ...renderEnvironment(configuration.environment, age),
  ];
}

/** One registered section: its value in the order that it was given, or why there is none. */
export function renderSection({ result }: SectionOutcome): readonly string[] {
  switch (result.status) {
    case 'ok':
      return renderTree(result.value, { sortKeys: false });
    case 'failed':
      return escapeMessage(`failed: ${result.reason}`);
    case 'timed-out':
      return escapeMessage(`timed out: ${result.reason}`);
    case 'unavailable':
      return escapeMessage(notAvailable(result.reason));
  }
}

function renderObjects({ objects, failures }: ConfigurationSnapshot, age: string): readonly string[] {
  const failed = Object.entries(failures).flatMap(([name, reason]) =>
    escapeMessage(`${shownName(name)} is ${notAvailable(reason)}`),
  );
  if (Object.keys(objects).length === 0) {
    return failed.length > 0 ? failed : ['no configuration object was given (option conf)'];
  }
  const tree = [...renderTree(objects, { sortKeys: true }), ...failed];
  return age === '' ? tree : [`(${age}; it may have changed since)`, '', ...tree];
}

function renderEnvironment(
  environment: ConfigurationSnapshot['environment'],
  age: string,
): readonly string[] {
  const { policy, variables, leftOut } = environment;
  if (policy === 'none') return ["environment: not shown (option env is 'none')"];
  const names = Object.keys(variables).sort();
  const hidden = names.filter((name) => variables[name] === null).map(shownName);
  const shown = names.filter((name) => variables[name] !== null);
  return [
    `environment (option env is '${policy}'${age === '' ? '' : `; ${age}`}):`,
    ...shown.map((name) => `  ${shownName(name)} = ${escapeInline(variables[name] ?? '')}`),
    ...(hidden.length > 0 ? ['  values not shown:', ...wrap(hidden, '    ')] : []),
    ...(leftOut > 0 ? [`  ${leftOut} more omitted`] : []),
  ];
}

function shownName(name: string): string {
  return escapeInline(boundedName(name));
}

/** As many words on each line as fit. */
function wrap(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line.length > indent.length && line.length + word.length >= LINE_LENGTH) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

const LINE_LENGTH = 100;

function renderNodeOptions({ facts }: Photograph): readonly string[] {
  if (!areKnown(facts)) return escapeMessage(`node options ${notAvailable(facts.reason)}`);
  return [
    'node options:',
    `  execArgv = ${escapeInline(describeArguments(facts.execArgv))}`,
    `  NODE_OPTIONS = ${escapeInline(facts.nodeOptions ?? '(not set)')}`,
  ];
}
