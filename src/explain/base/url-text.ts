/** The rest of a URL is not read. */
const MAX_READ = 4096;

/** `//` or `https://`; the rest begins with the host and its port. */
const BEGINNING = /^(?:[a-z][\w+.-]*:)?[/\\]{2}/i;
/** One host, several (`db-1:27017,db-2:27017`), or none (`file:///`). */
const HOSTS = /^(?:(?:[\p{L}\p{N}._%*-]+|\[[\da-f:.%\w]+\])(?::\d{1,5})?(?:,|$))*$/iu;

/** A URL without credentials, values of the query, and fragment: `https://api.example/price?...`. */
export function urlWithoutValues(url: string): string {
  const text = url.slice(0, MAX_READ);
  if (/^\s*(?:data|javascript):/i.test(text)) return text.replace(/:[\s\S]*/, ':...');
  const [beginning = ''] = BEGINNING.exec(text) ?? [];
  const rest = text.slice(beginning.length);
  const isPath = beginning === '' && /^[/\\?#.]/.test(rest);
  const [authority] = isPath ? [''] : (/^[^/\\?#]*/.exec(rest) ?? ['']);
  const tail = rest.slice(authority.length);
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  if (mayBePassword(authority, hosts, tail, beginning)) return `${beginning}...`;
  return beginning + hosts + pathWithoutValues(tail);
}

/** A password may contain a slash or a question mark; the `@` that ends it is then in the path or later. */
function mayBePassword(authority: string, hosts: string, tail: string, beginning: string): boolean {
  const [path = ''] = tail.split(/[?#]/, 1);
  const mayEndLater = path === '' || path.includes('@') ? tail.includes('@') : false;
  if (authority.includes(':') && mayEndLater) return true;
  return beginning !== '' && !HOSTS.test(hosts);
}

function pathWithoutValues(tail: string): string {
  const path = tail.replace(/[?#][\s\S]*/, '');
  const query = /^[^?#]*\?[^#]/.test(tail) ? '?...' : '';
  return path.replace(/;[\s\S]*/, ';...') + query;
}

/** Removes punctuation that ends a sentence, but not the dots that stand for a query. */
function withoutPunctuation(url: string): string {
  return /^[^?]*\?\.\.\./.exec(url)?.[0] ?? url.replace(/[,.;:!]+$/, '');
}

const URL_IN_TEXT = /[a-z][\w+.-]*:\/\/[^\s"'()<>]+/gi;
/** `user:password@` in front of a host. */
const CREDENTIALS = /[^\s"'(),;:/@]*:[^\s"'()]+@(?=[\w.[])/g;

/** A text with the URLs in it shortened by `urlWithoutValues`, and without other credentials. */
export function textWithoutCredentials(text: string): string {
  let shown = '';
  let at = 0;
  for (const found of text.matchAll(URL_IN_TEXT)) {
    const url = withoutPunctuation(found[0]);
    shown += text.slice(at, found.index).replaceAll(CREDENTIALS, '') + urlWithoutValues(url);
    at = found.index + url.length;
  }
  return shown + text.slice(at).replaceAll(CREDENTIALS, '');
}
