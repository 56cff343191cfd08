import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const LOCAL = String.raw`127\.0\.0\.1:\d+`;
/** The variable of the program is not always found. */
const VARIABLE = String.raw`(?: \("\w+" in \S+\))?`;

function matching(text: string): RegExp {
  return new RegExp(`^${text}${VARIABLE}$`);
}

async function main(): Promise<void> {
  const withClients = await needsServers();

  describeExplained({
    title: 'amqplib 2',
    script: 'amqplib.cjs',
    ...(await needsServers('rabbitmq')),
    waits: {
      getMessage: matching('amqplib channel 1: reply of the broker, 1 request queued behind it'),
      checkQueue: matching(
        String.raw`amqplib channel 1: request not sent yet, behind one without a reply \(1 queued\)`,
      ),
      confirm: /^(?:Promise\.all: )?amqplib channel 3: messages to be confirmed, at most 2/,
      publishAll: matching(String.raw`amqplib channel 1: room in its write buffer \(event "drain"\)`),
      openChannel: matching('amqplib channel 4: reply of the broker'),
      closeChannel: matching('amqplib channel 2: the broker to confirm that it is closed'),
      closeConnection: matching('amqplib connection: the broker to confirm that it is closed'),
    },
  });

  describeExplained({
    title: 'nats 2',
    script: 'nats.cjs',
    ...(await needsServers('nats')),
    waits: {
      requestPriceAlone: matching(
        String.raw`nats request gmr\.explain\.price \(on 127\.0\.0\.1:4222\), not answered yet`,
      ),
      connectSilent: /^async function in connect \(/,
    },
  });

  describeExplained({
    title: 'kafkajs 2',
    script: 'kafkajs.cjs',
    ...withClients,
    waits: {
      connectProducer: matching(
        String.raw`kafkajs request ApiVersions \(to ${LOCAL}\), sent, but not answered yet`,
      ),
      listTopics: matching(
        String.raw`kafkajs request ApiVersions \(to ${LOCAL}\), sent, but not answered yet`,
      ),
      subscribeFirst: matching(
        String.raw`kafkajs request ApiVersions \(to ${LOCAL}\), sent, but not answered yet`,
      ),
      subscribeAgain: /^kafkajs Lock, held, 1 waiting \| timer 600000 ms/,
      connectAgain: /^async function/,
    },
  });

  describeExplained({
    title: '@grpc/grpc-js 1',
    script: 'grpc.cjs',
    ...withClients,
    waits: {
      getPrice: matching(String.raw`gRPC call /shop\.Prices/Get \(to ${LOCAL}\), not answered yet`),
      getPriceInTime: matching(String.raw`gRPC call /shop\.Prices/Get \(to ${LOCAL}\), not answered yet`),
      readPrices: matching(
        String.raw`gRPC call /shop\.Prices/Get \(to ${LOCAL}\), waiting for more of the stream`,
      ),
      getSilent: matching(String.raw`gRPC call /shop\.Prices/Get \(to ${LOCAL}\), connecting`),
      getMissing: matching(
        String.raw`gRPC call /shop\.Prices/Get \(to 127\.0\.0\.1:1\), connection failed, trying again`,
      ),
      waitUntilReady: new RegExp(String.raw`^gRPC channel \(to ${LOCAL}\): connecting \| timer \d+ ms`),
    },
  });

  describeExplained({
    title: 'ws 8',
    script: 'ws.cjs',
    ...withClients,
    waits: {
      askPrice: /^Prices\.#answers \(\S*\/ws\.cjs\)$/,
      // No credentials, and no values of the query.
      nextMessage: matching(String.raw`WebSocket ws://${LOCAL}/prices\?\.\.\., open: a message`),
      waitForPong: matching(String.raw`WebSocket ws://${LOCAL}/prices\?\.\.\., open: a pong`),
      openSilent: matching(String.raw`WebSocket ws://${LOCAL}/prices\?\.\.\., connecting: to open`),
      close: matching(String.raw`WebSocket ws://${LOCAL}/orders, closing: to be closed`),
      nextClient: matching('WebSocketServer, 2 clients connected: the next client'),
    },
  });

  describeExplained({
    title: 'socket.io 4',
    script: 'socket-io.cjs',
    ...withClients,
    waits: {
      saveCart: matching(
        String.raw`socket\.io acknowledgement of http://${LOCAL} \(connected, namespace /shop\)`,
      ),
      saveCartInTime: new RegExp(
        String.raw`^socket\.io acknowledgement of http://${LOCAL} \(connected, namespace /shop\).* \| timer 600000 ms`,
      ),
      saveOffline: matching(
        String.raw`socket\.io acknowledgement of http://${LOCAL} \(connecting, namespace /shop\), 1 event not sent yet`,
      ),
      connectSilent: matching(
        String.raw`event "connect" of the socket\.io connection to http://${LOCAL} \(connecting, namespace /shop\), 1 event not sent yet`,
      ),
      askClient: matching(
        String.raw`socket\.io acknowledgement of a client \(connected, namespace /shop\), 2 events without one`,
      ),
      askRoom:
        /^socket\.io acknowledgement of a client \(connected, namespace \/shop\), 2 events without one.* \| timer 600000 ms/,
    },
  });
}

void main();
