import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const LOCAL = String.raw`127\.0\.0\.1:\d+`;

/** The client of a command is not always found. */
function onRedis(text: string, behind = ''): RegExp {
  return new RegExp(String.raw`^${text}(?: \(on 127\.0\.0\.1:6379\))?${behind}(?: \("\w+" in \S+\))?$`);
}

async function main(): Promise<void> {
  const withRedis = await needsServers('redis');
  const withClients = await needsServers();

  describeExplained({
    title: 'ioredis 5',
    script: 'ioredis.cjs',
    ...withRedis,
    waits: {
      popJob: onRedis(String.raw`redis BLPOP gmr:explain:\?:jobs`),
      readProfile: onRedis('redis GET gmr:explain:profile', ', behind BLPOP'),
      // No values of commands.
      saveSecret: onRedis('redis SET gmr:explain:word', ', behind BLPOP'),
      readPage: /^redis pipeline of 2 commands \(on 127\.0\.0\.1:6379\), 2 without a reply$/,
      readOffline: /^redis GET gmr:explain:offline(?: \(on \S+\), connected, but not ready yet)?$/,
      readMissing: /^redis HGETALL gmr:explain:missing(?: \(on \S+\), connection lost, connecting again)?$/,
      connectSilent: new RegExp(String.raw`^redis client \(on ${LOCAL}\): connected, but not ready yet$`),
    },
  });

  describeExplained({
    title: 'redis 4',
    script: 'redis.cjs',
    args: ['redis-4'],
    ...withRedis,
    waits: {
      readMissing: /^redis HGETALL gmr:explain:missing$/,
      connectRefused: /^timer 600000 ms/,
    },
  });

  describeExplained({
    title: 'redis 5',
    script: 'redis.cjs',
    args: ['redis-5'],
    ...withRedis,
    waits: {
      popJob: /^redis command \(on 127\.0\.0\.1:\d+\), sent, but not answered yet$/,
      readProfile: /^redis command \(on 127\.0\.0\.1:\d+\), sent, but not answered yet, behind 1 other$/,
      saveSecret: /^redis command \(on 127\.0\.0\.1:\d+\), sent, but not answered yet, behind 2 others$/,
      readOffline: /^redis command \(on 127\.0\.0\.1:\d+\), sent, but not answered yet, behind 2 others$/,
      readMissing:
        /^redis HGETALL gmr:explain:missing \(on 127\.0\.0\.1:1\), not sent yet, 1 command queued$/,
      connectSilent:
        /^redis command \(on 127\.0\.0\.1:\d+\), sent, but not answered yet(?:, behind \d+ others?)?$/,
      connectRefused: /^timer 600000 ms/,
    },
  });

  describeExplained({
    title: 'BullMQ 5',
    script: 'bullmq.cjs',
    args: ['jobs'],
    ...withRedis,
    waits: {
      'Worker.render': /^variable "answers" \(\S*\/bullmq\.cjs\)$/,
      // The variable is not always among what the heap still has.
      order: /^BullMQ job 1 of queue gmr-explain-\d+ to be done(?: \("events" in \S*\/bullmq\.cjs\))?$/,
      orderInTime:
        /^BullMQ job 2 of queue gmr-explain-\d+ to be done(?: \(\S+ in \S+\))?, given up after 600 s/,
      'Worker.waitForJob': /^redis BZPOPMIN bull:\?:marker(?: \(on 127\.0\.0\.1:6379\))? \| timer \d+ ms/,
      'Worker.stalledChecker': /^BullMQ Worker of queue gmr-explain-\S+ to be closed \| timer 30000 ms/,
      'AsyncFifoQueue.fetch':
        /^BullMQ Worker of queue gmr-explain-\d+: a job, or the end of one \(at most 1 at once\)$/,
      stop: /^async function Worker\.mainLoop/,
    },
  });

  describeExplained({
    title: 'BullMQ 5 without Redis',
    script: 'bullmq.cjs',
    args: ['silent'],
    ...withRedis,
    waits: {
      addOffline: new RegExp(String.raw`^redis client \(on ${LOCAL}\): connected, but not ready yet$`),
      startSilent: /^async function RedisConnection\.init/,
    },
  });

  for (const version of [6, 7]) {
    describeExplained({
      title: `mongodb ${version}`,
      script: 'mongodb.cjs',
      args: [`mongodb-${version}`],
      ...withClients,
      waits: {
        connectSilent: new RegExp(
          `^mongodb: no server of ${LOCAL} found yet, 2 waiting, given up after 30 s`,
        ),
        findSilent: new RegExp(`^mongodb: no server of ${LOCAL} found yet, 2 waiting, given up after 30 s`),
        pingUnanswered: /^mongodb command, sent, but not answered yet$/,
        findUnanswered: /^mongodb command, sent, but not answered yet$/,
        findQueued: new RegExp(`^mongodb ConnectionPool of ${LOCAL}: 2 of 2 connections in use, 2 waiting$`),
        insertQueued: new RegExp(
          `^mongodb ConnectionPool of ${LOCAL}: 2 of 2 connections in use, 2 waiting$`,
        ),
      },
    });
  }

  describeExplained({
    title: 'mongoose 9',
    script: 'mongoose.cjs',
    ...withClients,
    waits: {
      connectSilent: new RegExp(`^mongodb: no server of ${LOCAL} found yet, 1 waiting, given up after 30 s`),
      findBuffered: /^mongoose connection of collection carts is connecting, 2 operations queued/,
      saveBuffered: /^mongoose connection of collection carts is connecting, 2 operations queued/,
    },
  });
}

void main();
