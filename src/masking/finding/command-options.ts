/*
 * One-letter options with which well-known programs take a password. The meaning of a letter depends on the program:
 * `-p` is a port, a path or a password.
 */

/** How a program takes its secrets. With a letter in `attached`, the secret is in the same argument: `-psecret`. */
export interface ShortOptions {
  readonly attached: string;
  /** The secret is the next argument, or the rest of this one. */
  readonly next: readonly string[];
  /** The next argument is `user:password`. */
  readonly pair: readonly string[];
  /** Beginnings of arguments that end with the secret, as in `/p:secret`. */
  readonly beginnings: readonly string[];
  /** Letters without a value, which may stand in front of the letter that takes the secret: `-sSu name:x`. */
  readonly flags: string;
}

function options(attached: string, next = '', pair = '', beginnings = ''): ShortOptions {
  const list = (text: string): string[] => text.split(' ').filter((option) => option !== '');
  return { attached, next: list(next), pair: list(pair), beginnings: list(beginnings), flags: '' };
}

/** `flags` may stand in front of the letter that takes the secret. */
function grouped(flags: string, taken: ShortOptions): ShortOptions {
  return { ...taken, flags };
}

const MYSQL = options('p');
const MONGO = options('p', '-p');
const LDAP = grouped('xLZWnvcCMuAQ', options('w', '-w'));
const MSSQL = options('P', '-P');
const ARCHIVER = options('p');
const SNMP = options('', '-A -X -c');
const MQTT = options('P', '-P');
const NEXT_P = options('p', '-p');
const REDIS = options('a', '-a --pass');
const REMOTE_DESKTOP = options('', '', '', '/p: /gp:');
/** They run another program, or take letters that mean other things. */
const NOTHING = options('');

function all(programs: string, taken: ShortOptions): readonly (readonly [string, ShortOptions])[] {
  return programs
    .trim()
    .split(/\s+/)
    .map((program) => [program, taken] as const);
}

/** The options by file name of the program. */
export const SHORT_OPTIONS: ReadonlyMap<string, ShortOptions> = new Map([
  ...all(
    `mysql mysqldump mysqladmin mysqlimport mysqlcheck mysqlshow mysqlslap mysqlsh mysqlpump mysqlbinlog mysql_upgrade
    mariadb mariadb-dump mariadb-admin mariadb-backup mariadb-import mariadb-check mariabackup xtrabackup mycli mydumper
    myloader`,
    MYSQL,
  ),
  ...all('mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles', MONGO),
  ...all(
    `ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldapcompare ldappasswd ldapmodrdn ldapexop kadmin`,
    LDAP,
  ),
  ...all('sqlcmd bcp isql osql tsql sqsh freebcp mssql-cli', MSSQL),
  ...all('7z 7za 7zr 7zz rar unrar', ARCHIVER),
  ...all('zip unzip zipcloak', grouped('rqejmuvyT9oXDlaC', options('P', '-P'))),
  ...all('curl curl.exe', grouped('sSkLfivgGIajJlNOpqRn046#', options('', '', '-u -U --user --proxy-user'))),
  ...all('lftp', options('', '-p', '-u')),
  ...all('http https xh xhs', options('', '', '-a --auth')),
  ...all('redis-cli valkey-cli keydb-cli iredis redli', REDIS),
  ...all('sshpass rabbitmqadmin evil-winrm cypher-shell couchbase-cli cbq beeline twine', NEXT_P),
  ...all('cqlsh ncftpput ncftpget ncftpls rdesktop hdbsql smbmap psexec', options('', '-p')),
  ...all('mosquitto_pub mosquitto_sub mosquitto_rr ipmitool', MQTT),
  ...all('snmpget snmpwalk snmpset snmpgetnext snmpbulkget snmpbulkwalk snmptrap', SNMP),
  ...all('smbclient rpcclient', options('', '', '-U')),
  ...all('plink pscp psftp nodetool', options('', '-pw')),
  ...all('xfreerdp xfreerdp3 wlfreerdp sdl-freerdp mstsc', REMOTE_DESKTOP),
  ...all('openssl', options('', '-k -K -passin -passout -pass')),
  ...all('keytool jarsigner', options('', '-storepass -keypass')),
  ...all('ssh scp sftp rsync docker podman', NOTHING),
]);

/** Those that log in (`docker login`, `oc login`, `helm registry login`) take `-p` by the command, not by the program. */
export const LOGIN: ShortOptions = options('p', '-p');
