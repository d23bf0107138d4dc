import { acceptedBy, notAcceptable, takes } from '../negotiation.ts';
import type { TransactionRow } from '../transaction.ts';
import { rootUrl } from '../uri.ts';
import { describeInWadl } from './wadl.ts';

const WADL = 'application/vnd.sun.wadl+xml';

/**
 * Retrieve Capabilities (PS3.18 8.9) of the service and, as the editions to 2017 have it, of each of its resources: what `rows` say.
 * It tells nothing of what is stored, so no permission is needed.
 */
export function capabilitiesRows(rows: readonly TransactionRow[]): TransactionRow[] {
  const templates = new Set(['', ...rows.map(({ template }) => template)]);
  return [...templates].map((template) => ({
    method: 'OPTIONS',
    template,
    transaction: 'Retrieve Capabilities',
    section: 'PS3.18 8.9',
    permission: 'public',
    query: ['accept'],
    consumes: [],
    produces: [WADL],
    run: async (service, context) => {
      const methods = new Set(rows.filter((row) => row.template === template).map(({ method }) => method));
      const allowed = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
      if (!acceptedBy(context).some((range) => takes(range, WADL))) throw notAcceptable([WADL]);
      context.set('Allow', allowed.join(', '));
      context.body = describeInWadl(rows, rootUrl(context, service.publicUrl), template);
      context.set('Content-Type', WADL);
    },
  }));
}
