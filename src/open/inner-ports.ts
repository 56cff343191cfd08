import type { CensusGroup } from './base/census';
import { keepsAlive } from './base/handle';

/*
 * A BroadcastChannel has a MessagePort, which nothing tells apart from those of the program. As many ports as there are
 * channels with the same state are not listed.
 */

/** The groups without the ports that are inside channels of the list. */
export function withoutInnerPorts(groups: readonly CensusGroup[]): readonly CensusGroup[] {
  const inner = new Map<boolean, number>();
  for (const group of groups) {
    if (group.row !== 'BroadcastChannel') continue;
    const isAlive = keepsAlive(group, '@kHandle.');
    inner.set(isAlive, (inner.get(isAlive) ?? 0) + group.count);
  }
  return groups.flatMap((group) => {
    if (group.row !== 'MessagePort') return [group];
    const isAlive = keepsAlive(group);
    const hidden = Math.min(inner.get(isAlive) ?? 0, group.count);
    inner.set(isAlive, (inner.get(isAlive) ?? 0) - hidden);
    return hidden === group.count ? [] : [{ ...group, count: group.count - hidden }];
  });
}
