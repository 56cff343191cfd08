import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const ORIGIN = String.raw`http:\/\/127\.0\.0\.1:\d+`;
const SECURE = ORIGIN.replace('http', 'https');

/** Of the whole text: nothing that is behind a question mark must appear. */
const whole = (text: string): RegExp => new RegExp(`^${text}$`);

/** Between a body and the program, functions of the library may be suspended. */
const bodyOf = (path: string): RegExp =>
  new RegExp(
    String.raw`^(?:async function \S+ \(\S+\), which may settle it and waits for )?body of fetch GET ${ORIGIN}\/${path}\?\.\.\., waiting for data$`,
  );

const FETCH: Readonly<Record<string, RegExp>> = {
  stock: whole(String.raw`fetch GET ${ORIGIN}\/stock\/17\?\.\.\., waiting for headers`),
  price: whole(String.raw`fetch POST ${ORIGIN}\/price, waiting for headers`),
  connection: whole(String.raw`fetch GET ${SECURE}\/tls\?\.\.\., (?:waiting for a connection|connecting)`),
  receipt: bodyOf('receipt'),
  invoice: bodyOf('invoice'),
  rows: bodyOf('rows'),
  intoBuffer: bodyOf('parts'),
  upload: new RegExp(String.raw`fetch PUT ${ORIGIN}\/upload, waiting for headers`),
  allOf: new RegExp(String.raw`fetch GET ${ORIGIN}\/[ab], waiting for headers`),
};

const REQUESTS: Readonly<Record<string, RegExp>> = {
  stock: whole(String.raw`undici request GET ${ORIGIN}\/stock\/17\?\.\.\., waiting for headers`),
  // What else it names is a callback that was called already.
  receipt: /^body of 100 bytes of an undici response, waiting for data(?: \||$)/,
  chunks: whole('body of 100 bytes of an undici response, waiting for data'),
  fileBody: whole(String.raw`undici request GET ${ORIGIN}\/file\?\.\.\., waiting for data`),
  busyPool: whole(String.raw`undici request GET ${ORIGIN}\/busy\?\.\.\., waiting for headers`),
  queuedPool: whole(
    String.raw`undici request GET ${ORIGIN}\/queued\?\.\.\., in the queue of its Pool \(2 of 2 connections in use, 4 waiting\)`,
  ),
  queuedSingle: whole(
    String.raw`undici request PUT ${ORIGIN}\/next\?\.\.\., in the queue of its Pool \(1 of 1 connection in use, 1 waiting: busy with GET \/report\?\.\.\.\)(?: \("single" in \S+\))?`,
  ),
  queuedFetch: whole(String.raw`undici Pool ${ORIGIN}: 2 of 2 connections in use, 4 waiting`),
  busyClient: whole(String.raw`undici request GET ${ORIGIN}\/first\?\.\.\., waiting for headers`),
  queuedClient: whole(
    String.raw`undici request POST ${ORIGIN}\/single\?\.\.\., waiting for the connection of its Client \(\d+ waiting\)`,
  ),
  connectingClient: whole(String.raw`undici request GET ${SECURE}\/slow\?\.\.\., connecting`),
  file: whole(String.raw`undici request GET ${ORIGIN}\/file\?\.\.\., waiting for headers`),
  closing: whole(String.raw`undici Client ${ORIGIN} that closes when its 3 requests end`),
  closingPool:
    /^undici Pool http:\/\/127\.0\.0\.1:\d+ that closes when its requests end \(4 waiting for a connection\)/,
};

const HTTP: Readonly<Record<string, RegExp>> = {
  queuedSocket: whole(
    String.raw`http request GET ${ORIGIN}\/queued\?\.\.\., waiting for a socket \(http Agent: 2 of 2 sockets in use\)`,
  ),
  busySocket: whole(String.raw`http request GET ${ORIGIN}\/busy\?\.\.\., waiting for headers`),
  answer: whole(String.raw`http request GET ${ORIGIN}\/stock\/17\?\.\.\., waiting for headers`),
  answerByOnce: whole(String.raw`http request POST ${ORIGIN}\/price\?\.\.\., waiting for headers`),
  handshake: whole(String.raw`http request GET ${SECURE}\/tls\?\.\.\., TLS handshake`),
  lookup: whole(String.raw`http request GET http:\/\/api\.example:8123\/far\?\.\.\., connecting`),
  throughFile: whole(
    String.raw`http request GET http:\/\/localhost\/containers\/json\?\.\.\. through \S+\/daemon\.sock, waiting for headers`,
  ),
  notEnded: whole(
    String.raw`http request PUT ${ORIGIN}\/upload\?\.\.\., waiting for headers; end\(\) of the request was not called`,
  ),
  chunks: whole(String.raw`body of http response 200 to GET ${ORIGIN}\/rows\?\.\.\., waiting for data`),
  bodyByEnd: whole(String.raw`body of http response 200 to GET ${ORIGIN}\/receipt\?\.\.\., waiting for data`),
  unreadEnd: whole(
    String.raw`body of http response 200 to GET ${ORIGIN}\/unread\?\.\.\., of which 17 bytes are not read`,
  ),
  requestBody: whole(String.raw`body of http request PUT \/upload\?\.\.\., waiting for data`),
  responseDrain: whole(String.raw`http response to GET \/large\?\.\.\., waiting for drain, \d+ bytes queued`),
  requestDrain: whole(
    String.raw`http request PUT ${ORIGIN}\/large\?\.\.\., waiting for drain, \d{7,} bytes queued`,
  ),
  responseClose: whole(String.raw`http response to GET \/events\?\.\.\., waiting for its end`),
};

const HTTP2: Readonly<Record<string, RegExp>> = {
  connecting: whole(String.raw`http2 session to http:\/\/api\.example:8123, connecting`),
  handshake: whole(String.raw`http2 session to ${SECURE}, TLS handshake`),
  headers: whole(String.raw`http2 request GET ${ORIGIN}\/stock\/17\?\.\.\., waiting for headers`),
  lastHeaders: whole(String.raw`http2 request POST ${ORIGIN}\/last\?\.\.\., waiting for headers`),
  body: whole(String.raw`http2 request GET ${ORIGIN}\/rows\?\.\.\., waiting for data`),
  requestBody: whole(String.raw`body of http2 request PUT \/upload\?\.\.\., waiting for data`),
  streamBody: whole(String.raw`http2 stream \d+ at the server, waiting for data`),
  streamDrain: whole(String.raw`http2 stream \d+ at the server, waiting for drain, \d+ bytes queued`),
  closing: whole(String.raw`http2 session to ${ORIGIN} with 1 open stream, waiting for its end`),
};

const NET: Readonly<Record<string, RegExp>> = {
  connecting: whole(String.raw`net Socket connecting to db\.example`),
  greeting: whole('net Socket, waiting for data'),
  lines: whole('net Socket, waiting for data'),
  hungUp: whole(
    'event "data" of net Socket, which has ended: it will not come unless it connects anew(?: \\("kept" in .*)?',
  ),
  halfClosed: whole(
    'event "data" of net Socket, which has ended: it will not come unless it connects anew(?: \\("kept" in .*)?',
  ),
  drained: whole(String.raw`net Socket, waiting for drain, \d{8} bytes queued`),
  handshake: whole(String.raw`TLS handshake with 127\.0\.0\.1:\d+`),
  served: whole(String.raw`net Socket accepted by 127\.0\.0\.1, waiting for data`),
  childOutput: whole(String.raw`output of child process \d+ \(cat\), running`),
  ended: whole('net Socket, waiting for its end'),
  copied: whole('net Socket, waiting for its end'),
  closing: whole(String.raw`net Server 127\.0\.0\.1:\d+ that closes when its 2 connections end`),
  closingByEvent: whole(String.raw`net Server 127\.0\.0\.1 that closes when its 1 connection ends`),
  closingHttp: whole(String.raw`http Server 127\.0\.0\.1 that closes when its 1 connection ends`),
  stillListening: whole(String.raw`net Server 127\.0\.0\.1 that is still listening`),
};

/** The only thread of libuv's pool is blocked. */
function onPool(text: string): RegExp {
  return whole(
    String.raw`${text} \((?:libuv pool: 1 of 1 thread busy|no thread of the libuv pool is idle), in openat\)`,
  );
}

const DNS: Readonly<Record<string, RegExp>> = {
  records: whole(String.raw`DNS query A stock\.example`),
  mailServers: whole(String.raw`DNS query MX mail\.example`),
  byCallback: whole(String.raw`DNS query TXT text\.example`),
  reverse: whole(String.raw`DNS query PTR 192\.0\.2\.17`),
  lookup: onPool(String.raw`DNS lookup shop\.example`),
  service: onPool(String.raw`DNS lookup of the name of 192\.0\.2\.17, port 5432`),
  lookupByCallback: onPool(String.raw`DNS lookup cart\.example`),
};

const NAMESAKES: Readonly<Record<string, RegExp>> = {
  onRequest: /^Request\.waiting \("request" in /,
  onClient: /^Client\.waiting \("client" in /,
  onPool: /^Pool\.waiting \("pool" in /,
  onServer: /^Server\._events \("server" in /,
  onSocket: /^Socket\._events \("socket" in /,
  onClientRequest: /^ClientRequest\._events \("clientRequest" in /,
  onMessage: /^IncomingMessage\._events \("message" in /,
};

async function main(): Promise<void> {
  const packages = await needsServers();
  describeExplained({ title: 'fetch of Node', script: 'fetch.cjs', skip: false, waits: FETCH });
  for (const name of ['undici-6', 'undici-7']) {
    const common = { args: [name], ...packages };
    describeExplained({ title: `fetch of ${name}`, script: 'fetch.cjs', ...common, waits: FETCH });
    describeExplained({ title: name, script: 'undici-request.cjs', ...common, waits: REQUESTS });
  }
  describeExplained({
    title: 'axios and got',
    script: 'http-clients.cjs',
    ...packages,
    waits: {
      withAxios: whole(String.raw`http request GET ${ORIGIN}\/rates\?\.\.\., waiting for headers`),
      withAxiosPost: whole(String.raw`http request POST ${ORIGIN}\/orders, waiting for headers`),
      withGot: whole(String.raw`http request GET ${ORIGIN}\/catalogue\?\.\.\., waiting for headers`),
      withGotJson: whole(String.raw`http request PUT ${ORIGIN}\/stock, waiting for headers`),
    },
  });
  describeExplained({ title: 'node:http', script: 'http.cjs', skip: false, waits: HTTP });
  describeExplained({ title: 'node:http2', script: 'http2.cjs', skip: false, waits: HTTP2 });
  describeExplained({ title: 'node:net and node:tls', script: 'net.cjs', skip: false, waits: NET });
  describeExplained({
    title: 'the program, whose classes have names of Node and undici',
    script: 'network-namesakes.cjs',
    skip: false,
    waits: NAMESAKES,
  });
  describeExplained({ title: 'node:dns', script: 'dns.cjs', skip: false, waits: DNS });
}

void main();
