import { builtin } from '../deferred';
import { guarded } from '../guard';

type DiagnosticsChannel = typeof import('node:diagnostics_channel');
type Channel = ReturnType<DiagnosticsChannel['channel']>;

const NAME = 'gmr-native:report';

/** Kept, because Node forgets a channel that nothing refers to. */
let own: Channel | undefined;

/** The channel on which reports are published. Nothing else of Node is loaded for it. */
export function reportChannel(): Channel {
  return (own ??= (builtin('node:diagnostics_channel') as DiagnosticsChannel).channel(NAME));
}

/**
 * Calls `notice` once, when the channel gets a subscriber. Node tells the owner of a channel only whether there is one, so the
 * channel has a `subscribe` of its own until then.
 */
export function watchSubscribers(notice: () => void): void {
  const channel = reportChannel();
  const { subscribe } = builtin('node:diagnostics_channel') as DiagnosticsChannel;
  const noticed = guarded('a subscriber of gmr-native:report', notice);
  const value = (listener: Parameters<Channel['subscribe']>[0]): void => {
    unwatchSubscribers();
    subscribe(NAME, listener);
    noticed();
  };
  Object.defineProperty(channel, 'subscribe', { value, configurable: true, writable: true });
}

/** The channel is as Node made it. */
export function unwatchSubscribers(): void {
  if (own !== undefined) Reflect.deleteProperty(own, 'subscribe');
}
