import type { Frame, IsolateThread } from '../model';
import { shownName } from '../positions';
import { ownerOf, type Naming } from './place';

/**
 * `between attempts of sonic-boom to write to fd 24 -> /run/audit.fifo`: what a thread really does that sleeps in
 * `Atomics.wait` because a library tries again and again; null for all others.
 */
export function describeRetries({ open, stack }: IsolateThread, naming: Naming): string | null {
  if (stack.status !== 'captured') return null;
  const [innermost, caller] = stack.frames.filter(({ kind }) => kind === 'js');
  // It only sleeps when a write has failed.
  const isSleep = isOf(innermost, 'atomic-sleep', naming) && shownName(innermost) === 'sleep';
  if (!isSleep || !isOf(caller, 'sonic-boom', naming)) return null;
  const outputs =
    open.status === 'unavailable'
      ? []
      : open.groups.filter(({ details }) => details['output'] === 'sonic-boom');
  const [only] = outputs;
  const isOne = outputs.length === 1 && only?.count === 1;
  const target = isOne ? ` to ${only.details['target'] ?? 'its file'}` : '';
  return `between attempts of sonic-boom to write${target}`;
}

function isOf(frame: Frame | undefined, name: string, naming: Naming): frame is Frame {
  if (frame === undefined) return false;
  const owner = ownerOf(frame, naming);
  return owner.kind === 'package' && owner.name === name;
}
