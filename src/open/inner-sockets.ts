import type { CensusGroup } from './base/census';
import { classOf, has, textOf } from './base/read';

/*
 * A TLS connection has two handles: that of TLS, and that of TCP inside it. Most of the inner ones are recognised by
 * their owner; those that were given to TLS later have another owner or none. Node replaces their property `reading` by
 * an accessor, so that it has no value. As many of them as there are TLS connections with the same peer and state are
 * not listed.
 */

const TLS_ROWS = new Set(['TLSWrap/accepted', 'TLSWrap/outgoing']);
const TCP_ROWS = new Set(['TCP/accepted', 'TCP/other']);

/** The groups without the TCP handles that are inside TLS connections of the list. */
export function withoutInnerSockets(groups: readonly CensusGroup[]): readonly CensusGroup[] {
  const inner = new Map<string, number>();
  for (const group of groups) {
    if (!TLS_ROWS.has(group.row) || isRecognised(group)) continue;
    const key = addressesOf(group, '_parent.');
    inner.set(key, (inner.get(key) ?? 0) + group.count);
  }
  return groups.flatMap((group) => {
    if (!TCP_ROWS.has(group.row) || has(group, 'reading')) return [group];
    const key = addressesOf(group, '');
    const hidden = Math.min(inner.get(key) ?? 0, group.count);
    inner.set(key, (inner.get(key) ?? 0) - hidden);
    return hidden === group.count ? [] : [{ ...group, count: group.count - hidden }];
  });
}

/** Rows of their own leave these inner handles out: an accepting server of TLS, or a TLSSocket that owns both. */
function isRecognised(group: CensusGroup): boolean {
  return has(group, 'owner.server._sharedCreds') || classOf(group, '_parent.owner') === 'TLSSocket';
}

function addressesOf(group: CensusGroup, at: string): string {
  const parts = ['%peerHost', '%peer', '%state'].map((fact) => textOf(group, at + fact));
  return parts.join(' ');
}
