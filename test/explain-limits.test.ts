import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

async function main(): Promise<void> {
  const packages = await needsServers();

  describeExplained({
    title: 'p-limit 7',
    script: 'p-limit.mjs',
    ...packages,
    waits: {
      queued: /^p-limit: 2 of 2 slots in use, 5 waiting \("slots" in \S+p-limit\.mjs\)$/,
      writeNext: /^p-limit: 1 of 1 slot in use, 1 waiting$/,
      inner: /^p-limit: 1 of 1 slot in use, 1 waiting \("deep" in \S+p-limit\.mjs\)$/,
      upload: /^async function uploading \(/,
      nested: /^async function outer \(/,
    },
  });

  describeExplained({
    title: 'p-limit 7 and generic-pool 3, long queues',
    script: 'long-queues.mjs',
    ...packages,
    waits: {
      print:
        /^generic-pool Pool: 1 of 1 resource in use, 3000 waiting \("printers" in \S*\/long-queues\.mjs\)$/,
      upload: /^p-limit: 1 of 1 slot in use, 3000 waiting \("limit" in \S*\/long-queues\.mjs\)$/,
    },
  });

  describeExplained({
    title: 'p-queue 9',
    script: 'p-queue.mjs',
    ...packages,
    waits: {
      queued: /^p-queue: 2 of 2 slots in use, 5 waiting \("uploads" in \S*\/p-queue\.mjs\)$/,
      later: /^p-queue: 0 of 4 slots in use, 1 waiting, paused \("paused" in \S*\/p-queue\.mjs\)$/,
      tooMany:
        /^p-queue: 0 slots in use, 2 waiting, rate limit of 1 in 600000 ms reached \("limited" in \S*\/p-queue\.mjs\)$/,
    },
  });

  describeExplained({
    title: 'async 3',
    script: 'async.cjs',
    ...packages,
    waits: {
      publish: /^async\.queue of makeThumbnail: 2 of 2 running, 5 waiting; drain\(\)/,
      later: /^async\.queue of makeThumbnail: 0 of 3 running, 1 waiting, paused; drain\(\)/,
    },
  });

  describeExplained({
    title: 'bottleneck 2',
    script: 'bottleneck.cjs',
    ...packages,
    waits: {
      inner: /^bottleneck: 2 of 2 slots in use, 3 waiting \("crm" in \S*\/bottleneck\.cjs\)$/,
      outer: /^bottleneck: a job that was started \(2 of 2 slots in use, 3 waiting\)/,
    },
  });

  describeExplained({
    title: 'async-mutex 0.5',
    script: 'async-mutex.cjs',
    ...packages,
    waits: {
      withdraw: /^async-mutex Mutex: locked, 3 waiting \("accounts" in \S*\/async-mutex\.cjs\)$/,
      deposit: /^async-mutex Mutex: locked, 3 waiting \("accounts" in \S*\/async-mutex\.cjs\)$/,
      watch: /^async-mutex Mutex: locked, 3 waiting; waitForUnlock\(\) \("accounts" in /,
      convertNext:
        /^async-mutex Semaphore: 1 free, 4 waiting, the next one for 2 \("slots" in \S*\/async-mutex\.cjs\)$/,
      timed: /, given up after 1073742 s \(/,
    },
  });

  describeExplained({
    title: 'async-lock 1.5',
    script: 'async-lock.cjs',
    ...packages,
    waits: {
      queued: /^async-lock AsyncLock: key "user:\?" locked, 4 waiting \("lock" in \S*\/async-lock\.cjs\)$/,
      both: /^async-lock AsyncLock: key "user:\?" locked, 4 waiting \("lock" in \S*\/async-lock\.cjs\)$/,
      afterCallback: /^async-lock AsyncLock: key "report" locked, 1 waiting \("lock" in /,
      waitsWithLimit:
        /^async-lock AsyncLock: key "orders" locked, 1 waiting \("timed" in .* \| timer \d+ ms /,
      holder: /^async function writing \(/,
    },
  });

  describeExplained({
    title: 'RxJS 7',
    script: 'rxjs.cjs',
    ...packages,
    waits: {
      firstOrder: /^RxJS firstValueFrom\(\): no value yet$/,
      largeOrder: /^RxJS firstValueFrom\(\): no value yet$/,
      event: /^RxJS firstValueFrom\(\): no value yet$/,
      lastSetting: /^RxJS lastValueFrom\(\): not completed yet$/,
      ownObservable: /^RxJS lastValueFrom\(\): not completed yet$/,
      everySecond: /^RxJS lastValueFrom\(\): not completed yet$/,
      each: /^RxJS Subscriber: not completed yet$/,
    },
  });
}

void main();
