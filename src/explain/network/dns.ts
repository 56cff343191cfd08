import type { WaitHolder } from '../../report/waits';
import { numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** `queryMx` asks for MX records, `getHostByAddr` for the names of an address. */
function recordsOf(binding: string | null): string {
  if (binding === 'getHostByAddr') return ' PTR';
  const type = /^query([A-Z][a-z]*)$/.exec(binding ?? '')?.[1];
  return type === undefined ? '' : ` ${type.toUpperCase()}`;
}

function explainQuery(query: WaitHolder): Explanation | null {
  const hostname = textAt(query, 'hostname');
  return hostname === null
    ? null
    : { text: `DNS query${recordsOf(textAt(query, 'bindingName'))} ${hostname}` };
}

function explainService(lookup: WaitHolder): Explanation | null {
  const host = textAt(lookup, 'hostname');
  const port = numberAt(lookup, 'port');
  return host === null || port === null ? null : { text: `DNS lookup of the name of ${host}, port ${port}` };
}

function explainLookup(lookup: WaitHolder): Explanation | null {
  const hostname = textAt(lookup, 'hostname');
  return hostname === null ? null : { text: `DNS lookup ${hostname}` };
}

export const DNS: Explainer = {
  library: 'node:dns',
  classes: {
    QueryReqWrap: { read: ['hostname', 'bindingName'], explain: explainQuery },
    GetNameInfoReqWrap: { read: ['hostname', 'port'], explain: explainService },
    GetAddrInfoReqWrap: { read: ['hostname'], explain: explainLookup },
  },
};
