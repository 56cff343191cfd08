import type { CensusGroup } from '../base/census';
import type { Described, OpenRow } from '../base/open-row';
import { functionsOf, known, textOf } from '../base/read';

type RowOfOne = Omit<OpenRow, 'name'>;

/** Where the callback of the program is, by how Node's modules pass it on. */
const CALLBACKS = [
  'callback',
  'context.callback',
  'oncomplete',
  'oncomplete.()cb',
  'oncomplete.()callback',
  'ondone',
  'ondone.()callback',
] as const;

const CALLBACK_WORDS = CALLBACKS.map((path) => `&${path}`);

/** The callback of the program rather than the function of Node that calls it in the end. */
function callbackOf(group: CensusGroup): NonNullable<Described['functions']> {
  const all = functionsOf(group, 'calls', ...CALLBACKS);
  const own = all.find(({ file }) => file !== null && !file.startsWith('node:'));
  return own === undefined ? all.slice(0, 1) : [own];
}

function operation(text: string, words: readonly string[] = []): RowOfOne {
  return {
    isRequest: true,
    words: ['=native', '?%alive', ...words, ...CALLBACK_WORDS],
    describe: (group) => {
      const hostname = textOf(group, 'hostname');
      const address = textOf(group, 'address');
      const of = hostname ?? address;
      return {
        kind: 'operation',
        text: `${text}${of === null ? '' : ` ${of}`}`,
        details: known({ operation: group.class, hostname, address }),
        functions: callbackOf(group),
        // A request that runs keeps the loop alive, whatever was unreferenced.
        keepsAlive: true,
      };
    },
  };
}

/** A job of a synchronous call has no such function. It is over, but its object stays until it is collected. */
const IN_BACKGROUND = ['?ondone'];

/** Classes that Node makes for one operation each: the object ends with it. */
const OPERATIONS: Readonly<Record<string, RowOfOne>> = {
  FSReqCallback: operation('file operation'),
  FSReqPromise: operation('file operation of fs/promises'),
  FileHandleCloseReq: operation('file operation of fs/promises'),
  GetAddrInfoReqWrap: operation('DNS lookup of', ['hostname']),
  GetNameInfoReqWrap: operation('DNS lookup of address', ['address']),
  // c-ares asks by sockets of its own.
  QueryReqWrap: { ...operation('DNS query for', ['hostname']), isRequest: false },
  ...Object.fromEntries(
    [
      'CheckPrimeJob',
      'DHBitsJob',
      'DHKeyExportJob',
      'ECDHBitsJob',
      'HashJob',
      'HKDFJob',
      'HmacJob',
      'PBKDF2Job',
      'RandomBytesJob',
      'RandomPrimeJob',
      'ScryptJob',
      'SignJob',
      'RSACipherJob',
      'AESCipherJob',
      'RsaKeyPairGenJob',
      'EcKeyPairGenJob',
      'NidKeyPairGenJob',
      'SecretKeyGenJob',
    ].map((name) => [name, operation(`crypto ${name.replace(/Job$/, '')}`, IN_BACKGROUND)]),
  ),
};

/** The handle of a compressor lives as long as its stream; it has a chunk while it works on it. */
const COMPRESSORS = ['Zlib', 'BrotliEncoder', 'BrotliDecoder', 'ZstdCompress', 'ZstdDecompress'];

export const OPERATION_ROWS: readonly OpenRow[] = [
  ...Object.entries(OPERATIONS).map(([name, row]) => ({ name, ...row })),
  ...COMPRESSORS.map((name) => ({ name, ...operation(`compression of a chunk (${name})`, ['?buffer']) })),
];
