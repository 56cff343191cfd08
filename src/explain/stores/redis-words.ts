const MAX_NAME = 32;
const MAX_KEY = 60;

/** Commands whose first argument is a key. For others, it may be anything: a password, a script. */
const KEY_COMMANDS =
  /^(?:B?[LR]POP|B?[LR]MOVE|BRPOPLPUSH|RPOPLPUSH|BZ(?:POPMIN|POPMAX)|GET|GETEX|GETDEL|GETSET|SET|SETEX|SETNX|PSETEX|MGET|DEL|UNLINK|EXISTS|P?EXPIRE(?:AT)?|P?TTL|PERSIST|TYPE|INCR|INCRBY|INCRBYFLOAT|DECR|DECRBY|APPEND|STRLEN|H(?!ELLO$|OTKEYS$)[A-Z]+|L(?:LEN|RANGE|INDEX|REM|SET|TRIM|INSERT|PUSH|PUSHX)|RPUSHX?|S(?:ADD|REM|POP|CARD|ISMEMBER|MISMEMBER|MEMBERS|RANDMEMBER|SCAN)|Z(?!UNION|INTER|DIFF|MPOP)[A-Z]+|X(?:ADD|LEN|RANGE|REVRANGE|DEL|TRIM|ACK|PENDING|CLAIM|AUTOCLAIM))$/;

/**
 * `redis BLPOP jobs:?:high`, or `redis command` if the name is not known. Parts of a key that are not a short word are
 * replaced: they may be an id or an address.
 */
export function redisCommand(name: string | null, firstArgument: string | null): string {
  if (name === null || !/^[A-Za-z][\w.-]*$/.test(name) || name.length > MAX_NAME) return 'redis command';
  const command = name.toUpperCase();
  const hasKey = KEY_COMMANDS.test(command);
  const key = hasKey && firstArgument !== null ? keyWithoutIds(firstArgument) : '';
  return `redis ${command}${key === '' ? '' : ` ${key}`}`;
}

/** A part is a word if it has at most 24 letters and no digits. */
function keyWithoutIds(key: string): string {
  const parts = key.split(':').map((part) => (/^[A-Za-z_.-]{1,24}$/.test(part) ? part : '?'));
  const plain = parts.join(':');
  return plain.length > MAX_KEY ? `${plain.slice(0, MAX_KEY)}...` : plain;
}

/** ` (on 127.0.0.1:6379)`; empty when it is not known. */
export function onServer(host: string | null, port: number | null): string {
  if (host === null) return '';
  return ` (on ${host}${port === null ? '' : `:${port}`})`;
}
