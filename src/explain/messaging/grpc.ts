import type { WaitHolder } from '../../report/waits';
import { numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** Indexed by ConnectivityState. */
const STATES = ['not connected', 'connecting', null, 'connection failed, trying again', 'shut down'];

function peer(target: string | null): string {
  return target === null ? '' : ` (to ${target})`;
}

/** `prefix` leads to the ResolvingCall. */
function callText(holder: WaitHolder, prefix: string, waitsFor: string): Explanation | null {
  const method = textAt(holder, `${prefix}method`);
  const state = numberAt(holder, `${prefix}channel.connectivityState`);
  if (method === null || state === null) return null;
  const target = textAt(holder, `${prefix}channel.target.path`);
  return { text: `gRPC call ${method}${peer(target)}, ${STATES[state] ?? waitsFor}` };
}

function valuesOf(prefix: string): readonly string[] {
  return ['method', 'channel.connectivityState', 'channel.target.path'].map((path) => prefix + path);
}

function explainStream(stream: WaitHolder): Explanation | null {
  return stream.member === '_events'
    ? callText(stream, 'call.call.', 'waiting for more of the stream')
    : null;
}

function explainChannel(channel: WaitHolder): Explanation | null {
  const state = STATES[numberAt(channel, 'connectivityState') ?? -1];
  if (channel.member !== 'connectivityStateWatchers' || state === undefined) return null;
  return { text: `gRPC channel${peer(textAt(channel, 'target.path'))}: ${state ?? 'connected'}` };
}

export const GRPC: Explainer = {
  library: '@grpc/grpc-js',
  classes: {
    ResolvingCall: {
      read: valuesOf(''),
      explain: (call) => callText(call, '', 'not answered yet'),
    },
    ClientReadableStreamImpl: { read: valuesOf('call.call.'), explain: explainStream },
    ClientDuplexStreamImpl: { read: valuesOf('call.call.'), explain: explainStream },
    InternalChannel: { read: ['connectivityState', 'target.path'], explain: explainChannel },
  },
};
