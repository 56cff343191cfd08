import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { counted } from '../base/words';
import { STREAM_VALUES } from './stream-state';
import { explainStream } from './streams';

/** A zlib object, for one buffer or as a stream. */
function explainZlib(engine: WaitHolder, chain: Chain): Explanation | null {
  if (engine.member !== 'cb') return explainStream(engine, chain);
  const bytes = numberAt(engine, 'nread');
  if (bytes === null || !hasAt(engine, '_handle')) return null;
  return { text: `zlib ${engine.className ?? ''} job, ${counted(bytes, 'byte')} of output so far` };
}

export const ZLIB: Explainer = {
  library: 'node:zlib',
  classes: { ZlibBase: { read: ['nread', '_handle', ...STREAM_VALUES], explain: explainZlib } },
};

/** Node's own classes, and the functions that start them. */
const JOBS: Readonly<Record<string, string>> = {
  AESCipherJob: 'AES cipher',
  Argon2Job: 'argon2',
  ChaCha20Poly1305CipherJob: 'ChaCha20-Poly1305 cipher',
  CheckPrimeJob: 'checkPrime',
  DHBitsJob: 'Diffie-Hellman',
  DhKeyPairGenJob: 'generateKeyPair',
  DsaKeyPairGenJob: 'generateKeyPair',
  ECDHBitsJob: 'ECDH',
  EcKeyPairGenJob: 'generateKeyPair',
  HKDFJob: 'hkdf',
  HashJob: 'hash',
  HmacJob: 'hmac',
  NamedKeyPairGenJob: 'generateKeyPair',
  NidKeyPairGenJob: 'generateKeyPair',
  PBKDF2Job: 'pbkdf2',
  RSACipherJob: 'RSA cipher',
  RandomBytesJob: 'randomBytes',
  RandomPrimeJob: 'generatePrime',
  RsaKeyPairGenJob: 'generateKeyPair',
  ScryptJob: 'scrypt',
  SecretKeyGenJob: 'generateKey',
  SignJob: 'signature',
};

function jobOf(name: string): KnownClass {
  return {
    read: [],
    // Node's own classes have no file.
    explain: ({ member, file }) =>
      member === 'ondone' && file === null ? { text: `crypto ${name} job` } : null,
  };
}

export const CRYPTO: Explainer = {
  library: 'node:crypto',
  classes: Object.fromEntries(Object.entries(JOBS).map(([name, called]) => [name, jobOf(called)])),
};
