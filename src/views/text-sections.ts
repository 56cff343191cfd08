import { formatDuration } from '../report/duration';
import { areKnown } from '../report/facts';
import type { Photograph, SectionOutcome } from '../report/model';
import { escapeInline, escapeLines } from './escape';
import { describeArguments, notAvailable } from './text-overview';
import { renderTree } from './tree';

/** A snapshot older than this says so: the values may have changed since. */
const FRESH_MS = 1000;

/** Configuration objects with sorted keys, then what Node itself was told. */
export function renderConfiguration(photograph: Photograph): readonly string[] {
  return [...renderObjects(photograph), '', ...renderNodeOptions(photograph)];
}

/** One registered section: its value in the order that it was given, or why there is none. */
export function renderSection({ result }: SectionOutcome): readonly string[] {
  switch (result.status) {
    case 'ok':
      return renderTree(result.value, { sortKeys: false });
    case 'failed':
      return escapeLines(`failed: ${result.reason}`);
    case 'timed-out':
      return escapeLines(`timed out: ${result.reason}`);
    case 'unavailable':
      return escapeLines(notAvailable(result.reason));
  }
}

function renderObjects(photograph: Photograph): readonly string[] {
  const { configuration } = photograph;
  if (configuration.status === 'unavailable') return escapeLines(notAvailable(configuration.reason));
  if (Object.keys(configuration.objects).length === 0)
    return ['no configuration object was given (option conf)'];
  const tree = renderTree(configuration.objects, { sortKeys: true });
  const ageMs = photograph.requestedAtMs + photograph.completeAfterMs - configuration.takenAtMs;
  if (!(ageMs > FRESH_MS)) return tree;
  return [`(as it was ${formatDuration(ageMs)} before this report; it may have changed since)`, '', ...tree];
}

function renderNodeOptions({ facts }: Photograph): readonly string[] {
  if (!areKnown(facts)) return escapeLines(`node options ${notAvailable(facts.reason)}`);
  return [
    'node options:',
    `  execArgv = ${escapeInline(describeArguments(facts.execArgv))}`,
    `  NODE_OPTIONS = ${escapeInline(facts.nodeOptions ?? '(not set)')}`,
  ];
}
