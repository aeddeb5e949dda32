import ipaddr from 'ipaddr.js';

/** Which callbacks an environment allows: `loopback` allows http(s)://127.0.0.1, ::1 and localhost too. */
export type CallbackPolicy = 'public' | 'loopback';

const MAX_LENGTH = 2_048;

/** Names that never lead to a public host (RFC 6761, RFC 8375, and what clouds and routers answer to). */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home',
  'home.arpa',
  'corp',
  'private',
  'test',
  'invalid',
  'onion',
];

/**
 * Whether a callback may be sent to an IP address. Only ordinary global unicast addresses count as public: no private, link-local
 * (so no cloud metadata), carrier-grade, multicast or reserved ones, and no IPv6 form that carries an IPv4 address.
 */
export function isAllowedAddress(address: string, policy: CallbackPolicy): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (bare.includes('%') || !ipaddr.isValid(bare)) return false;
  const range = ipaddr.parse(bare).range();
  return range === 'unicast' || (policy === 'loopback' && range === 'loopback');
}

/**
 * What is wrong with a callback URL, or undefined. Names are checked again when they are resolved: this look sees spellings only
 * (WHATWG's URL turns 0x7f.1, 2130706433, 127.0.0.1. and full-width digits into 127.0.0.1).
 */
export function callbackUrlProblem(text: string, policy: CallbackPolicy): string | undefined {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  // URL drops tabs and line breaks and trims: what was checked would not be what was written.
  if (/[\p{Cc}\s\\]/u.test(text)) return 'has a space, a backslash or a control character in it';
  if (!URL.canParse(text)) return 'is no URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither http nor https';
  if (url.username !== '' || url.password !== '') return 'has a user name or password in it';
  if (url.port === '0') return 'has the port 0';
  return isAllowedHost(url.hostname, policy) ? undefined : `has a host that is not public: ${url.hostname}`;
}

function isAllowedHost(hostname: string, policy: CallbackPolicy): boolean {
  const host = hostname.toLowerCase().replace(/\.+$/, '');
  if (isLiteral(host)) return isAllowedAddress(host, policy);
  if (policy === 'loopback' && host === 'localhost') return true;
  const isPrivate = PRIVATE_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  return host.includes('.') && !isPrivate;
}

/** Whether a host is an IP address written out, for which no name is resolved. */
function isLiteral(hostname: string): boolean {
  return hostname.startsWith('[') || ipaddr.IPv4.isValidFourPartDecimal(hostname);
}
