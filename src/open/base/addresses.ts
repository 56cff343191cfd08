/** `127.0.0.1:8080` from what Node calls a server's connection key, `4:127.0.0.1:8080`; null when it is none. */
export function addressOfKey(key: string | null): string | null {
  const found = /^(-?\d+):(.*):(-?\d+)$/.exec(key ?? '');
  if (found === null) return null;
  const [, family, address = '', port = ''] = found;
  // With port 0, the system chooses the port; a path in the file system has none.
  const behind = Number(port) > 0 ? `:${port}` : '';
  if (address === '') return null;
  return family === '6' ? `[${address}]${behind}` : address + behind;
}
