import type { TestContext } from 'node:test';
import { type Service, type ServiceOptions, startService } from './service';

/** Starts `trigger-service.cjs` with these options of `setupAutorun`, and waits until it is ready. */
export async function startTriggered(
  t: TestContext,
  options: Readonly<Record<string, unknown>>,
  more: Partial<ServiceOptions> & { readonly words?: readonly string[] } = {},
): Promise<Service> {
  const args = [JSON.stringify(options), ...(more.words ?? [])];
  return await startService(t, { script: 'trigger-service.cjs', ...more, args }).ready();
}

/** The service's event loop turns: it answers. */
export async function assertAlive(service: Service): Promise<void> {
  const from = service.stdout.length;
  service.write('ping\n');
  await service.line('pong', from);
}
