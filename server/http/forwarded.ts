import ipaddr from 'ipaddr.js';
import type { Context, Middleware } from 'koa';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type TrustedNetwork = [Address, number];

/** `10.0.0.0/8` or one address. Throws where `text` is neither. */
export function networkOf(text: string): TrustedNetwork {
  if (text.includes('/')) return ipaddr.parseCIDR(text) as TrustedNetwork;
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isTrusted(text: string, trusted: readonly TrustedNetwork[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return trusted.some(
    (network) => network[0].kind() === address.kind() && address.match(network as [never, number]),
  );
}

/** What one proxy says of the request that came to it. */
interface Hop {
  /** Who sent it the request; without port and brackets. */
  for: string | undefined;
  proto: string | undefined;
  host: string | undefined;
}

/**
 * Believes what `Forwarded` (RFC 7239) or, without that, the `X-Forwarded-` headers say of the client's address, protocol and host: as
 * far as those who say it are `trusted`, beginning with the one who connected. Anything else they hold was written by somebody.
 */
export function believeProxies(trusted: readonly TrustedNetwork[]): Middleware {
  if (trusted.length === 0) return (_, next) => next();
  return (context, next) => {
    const peer = context.req.socket.remoteAddress ?? '';
    if (isTrusted(peer, trusted)) {
      const hop = clientHop(hopsOf(context), trusted);
      if (hop?.for !== undefined && ipaddr.isValid(hop.for)) context.request.ip = hop.for;
      if (hop?.proto === 'http' || hop?.proto === 'https') give(context, 'protocol', hop.proto);
      if (hop?.host !== undefined) give(context, 'host', hop.host);
    }
    return next();
  };
}

/** Koa reads these off the connection; this request's were told. */
function give(context: Context, name: 'protocol' | 'host', value: string): void {
  Object.defineProperty(context.request, name, { value });
}

/** The hop at which the client came in: that of the last proxy that is trusted, counted from us. */
function clientHop(hops: readonly Hop[], trusted: readonly TrustedNetwork[]): Hop | undefined {
  for (let i = hops.length - 1; i > 0; i -= 1) {
    const hop = hops[i];
    if (!hop?.for || !isTrusted(hop.for, trusted)) return hop;
  }
  return hops[0];
}

/** Nearest to the client first. */
function hopsOf(context: Context): Hop[] {
  const forwarded = context.get('Forwarded');
  if (forwarded !== '') return forwarded.split(',').map(forwardedHop);
  const lists = ['For', 'Proto', 'Host'].map((name) => {
    const text = context.get(`X-Forwarded-${name}`);
    return text === '' ? [] : text.split(',').map((part) => part.trim());
  });
  const [addresses = [], protocols = [], hosts = []] = lists;
  const length = Math.max(addresses.length, protocols.length, hosts.length);
  // Most proxies append to the addresses and set the others once; what is not there for a hop is what the nearest one said.
  const at = (list: readonly string[], i: number) => list[i - length + list.length] ?? list[0];
  return Array.from({ length }, (_, i) => ({
    for: withoutPort(addresses[i - length + addresses.length]),
    proto: at(protocols, i)?.toLowerCase(),
    host: at(hosts, i),
  }));
}

function forwardedHop(text: string): Hop {
  const hop: Hop = { for: undefined, proto: undefined, host: undefined };
  for (const pair of text.split(';')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map((part) => part.trim());
    const bare = value.replace(/^"(.*)"$/, '$1');
    if (/^for$/i.test(name)) hop.for = withoutPort(bare);
    else if (/^proto$/i.test(name)) hop.proto = bare.toLowerCase();
    else if (/^host$/i.test(name)) hop.host = bare;
  }
  return hop;
}

/** `[2001:db8::1]:4711` and `192.0.2.1:4711` without what is not the address. */
function withoutPort(text: string | undefined): string | undefined {
  return text?.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}
