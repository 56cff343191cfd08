import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted, usage } from '../base/words';

const ON_DATA = /[\\/]cmap[\\/]wire_protocol[\\/]on_data\.[cm]?js$/;

/** An operation that waits until the topology has a server for it. */
function explainTopology(topology: WaitHolder): Explanation | null {
  const seeds = numberAt(topology, 's.seedlist.length');
  const waiting = numberAt(topology, 'waitQueue.count');
  if (topology.member !== 'waitQueue' || seeds === null || waiting === null) return null;
  const host = textAt(topology, 's.seedlist.0.host');
  const port = numberAt(topology, 's.seedlist.0.port');
  const first = host === null || port === null ? '' : `${host}:${port}`;
  const others = seeds > 1 && first !== '' ? ` and ${counted(seeds - 1, 'other')}` : '';
  const servers = first === '' ? '' : ` of ${first}${others}`;
  const isFound = textAt(topology, 's.description.type') !== 'Unknown';
  return {
    text: `mongodb: no ${isFound ? 'suitable server' : 'server'}${servers} found yet, ${waiting} waiting`,
    counts: { inUse: null, limit: null, waiting },
  };
}

function explainPool(pool: WaitHolder): Explanation | null {
  const inUse = numberAt(pool, 'checkedOut.size');
  const limit = numberAt(pool, 'options.maxPoolSize');
  const waiting = numberAt(pool, 'waitQueue.count');
  if (inUse === null || limit === null || waiting === null) return null;
  const host = textAt(pool, 'options.hostAddress.host');
  const port = numberAt(pool, 'options.hostAddress.port');
  const server = host === null || port === null ? '' : ` of ${host}:${port}`;
  // 0: no limit.
  const most = limit === 0 ? null : limit;
  const connecting = numberAt(pool, 'pending') ?? 0;
  return {
    text:
      `mongodb ConnectionPool${server}: ${usage(inUse, most, 'connection', waiting)}` +
      (connecting > 0 ? `, ${connecting} connecting` : ''),
    counts: { inUse, limit: most, waiting },
  };
}

/** The messages of a connection, as an iterator. */
function explainMessages(list: WaitHolder, { holders, at }: Chain): Explanation | null {
  const scope = holders[at + 1];
  if (scope?.kind !== 'scope' || scope.member !== 'unconsumedPromises') return null;
  if (!ON_DATA.test(scope.file ?? '') || numberAt(list, 'count') === null) return null;
  return { text: 'mongodb command, sent, but not answered yet' };
}

export const MONGODB: Explainer = {
  library: 'mongodb',
  classes: {
    Topology: {
      read: [
        's.seedlist.length',
        's.seedlist.0.host',
        's.seedlist.0.port',
        's.description.type',
        'waitQueue.count',
      ],
      explain: explainTopology,
    },
    ConnectionPool: {
      read: [
        'options.maxPoolSize',
        'options.hostAddress.host',
        'options.hostAddress.port',
        'checkedOut.size',
        'waitQueue.count',
        'pending',
      ],
      explain: explainPool,
    },
    List: { read: ['count'], explain: explainMessages },
  },
};
