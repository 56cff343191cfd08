import type { WaitHolder } from '../../report/waits';
import { type Chain, isTrueAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { emitted, passedEvent } from '../base/passed';
import { eventOf } from './listener';
import { inputName, inputText, stateValues } from './stream-state';

function explainInterface(lines: WaitHolder, chain: Chain): Explanation | null {
  const input = inputText(lines, 'input');
  const awaited = awaitedOf(lines, chain);
  if (input === null || awaited === null || lines.file === null || !lines.file.startsWith('node:'))
    return null;
  if (eventOf(lines, chain) === 'close' && isTrueAt(lines, 'closed')) {
    return {
      text: passedEvent('close', `readline Interface on ${inputName(lines, 'input')}`, emitted('is closed')),
    };
  }
  return { text: `${awaited}${isTrueAt(lines, 'closed') ? ', which is closed,' : ''} on ${input}` };
}

function awaitedOf(lines: WaitHolder, chain: Chain): string | null {
  if (lines.member === '[_questionCallback]') return 'answer to readline question()';
  const event = eventOf(lines, chain);
  return event === null ? null : `event "${event}" of readline Interface`;
}

export const READLINE: Explainer = {
  library: 'node:readline',
  classes: {
    Interface: {
      read: ['input', 'input.fd', 'closed', ...stateValues('input._readableState.')],
      explain: explainInterface,
    },
  },
};
