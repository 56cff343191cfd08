import type { WaitHolder } from '../../report/waits';
import type { Chain } from '../base/chain';

/** The event of an emitter that leads to the promise; null: it was not reached through a listener. */
export function eventOf({ member }: WaitHolder, chain: Chain): string | null {
  if (member !== '_events') return null;
  const events = chain.holders[chain.at - 1];
  return events?.kind === 'plain-object' ? events.member : null;
}

/** Whether a function of this file of Node is between the promise and this object; with `name`, one of that name. */
export function passes(chain: Chain, file: string, name: string | null = null): boolean {
  return chain.holders
    .slice(0, chain.at)
    .some(
      (holder) =>
        holder.kind === 'callback' && holder.file === file && (name === null || holder.functionName === name),
    );
}
