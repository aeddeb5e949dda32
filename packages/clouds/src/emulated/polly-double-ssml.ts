import { PollyError } from './polly-double-error.ts';

/** A stretch of text at one speed (1 is normal), or a silence in milliseconds. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly speed: number }
  | { readonly kind: 'silence'; readonly milliseconds: number };

/** What is said, and how many characters of it are billed. */
export interface Script {
  readonly segments: readonly Segment[];
  readonly billed: number;
}

/** Tags of Polly's reference that change nothing here. */
const WITHOUT_EFFECT = new Set(
  'speak emphasis lang mark phoneme say-as w amazon:effect amazon:domain amazon:auto-breaths amazon:breath desc audio'.split(
    ' ',
  ),
);
const PAUSES: Record<string, number> = { none: 0, 'x-weak': 0, weak: 150, medium: 350, strong: 600, 'x-strong': 1_000 };
const RATES: Record<string, number> = { 'x-slow': 0.5, slow: 0.75, medium: 1, default: 1, fast: 1.25, 'x-fast': 1.5 };
/** Polly's slowest rate (20 %); rates within each other come to no less. */
const SLOWEST = 0.2;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A plain text as a script. */
export function plainScript(text: string): Script {
  return { segments: [{ kind: 'text', text, speed: 1 }], billed: [...text].length };
}

interface Open {
  readonly tag: string;
  readonly speed: number;
  readonly muted: boolean;
}

/**
 * Reads SSML.
 * @throws PollyError `InvalidSsmlException` when it is not well-formed, has no `<speak>` root, or has an unknown tag.
 */
export function readSsml(ssml: string): Script {
  const segments: Segment[] = [];
  const open: Open[] = [];
  let billed = 0;
  let rooted = false;
  const silence = (milliseconds: number) => segments.push({ kind: 'silence', milliseconds });

  for (const token of tokens(ssml)) {
    const inner = open.at(-1);
    if (token.kind === 'text') {
      if (inner === undefined) {
        if (token.text.trim() !== '') throw invalid('text outside of <speak>');
        continue;
      }
      billed += [...token.text].length;
      if (!inner.muted) segments.push({ kind: 'text', text: token.text, speed: inner.speed });
      continue;
    }
    if (token.kind === 'close') {
      if (inner?.tag !== token.tag) throw invalid(`</${token.tag}> closes <${inner?.tag ?? 'nothing'}>`);
      open.pop();
      if (token.tag === 'p') silence(500);
      if (token.tag === 's') silence(300);
      continue;
    }
    const { tag, attributes, closed } = token;
    if (inner === undefined && (tag !== 'speak' || rooted)) throw invalid('the root must be one <speak>');
    rooted = true;
    const speed = Math.max(SLOWEST, (inner?.speed ?? 1) * (tag === 'prosody' ? rateOf(attributes.rate) : 1));
    if (tag === 'break') silence(pauseOf(attributes));
    else if (tag === 'sub') segments.push({ kind: 'text', text: attributes.alias ?? '', speed });
    else if (!['prosody', 'p', 's'].includes(tag) && !WITHOUT_EFFECT.has(tag)) throw invalid(`<${tag}> is unknown`);
    if (!closed) open.push({ tag, speed, muted: tag === 'sub' || inner?.muted === true });
  }
  if (!rooted || open.length > 0) throw invalid(rooted ? `<${open.at(-1)?.tag}> is not closed` : 'there is no <speak>');
  return { segments, billed };
}

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly tag: string }
  | {
      readonly kind: 'open';
      readonly tag: string;
      readonly attributes: Record<string, string>;
      readonly closed: boolean;
    };

const MARKUP =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([\w:-]+)\s*>|<([\w:-]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/gy;

function* tokens(ssml: string): Generator<Token> {
  let at = 0;
  while (at < ssml.length) {
    const next = ssml.indexOf('<', at);
    const end = next < 0 ? ssml.length : next;
    if (end > at) yield { kind: 'text', text: decode(ssml.slice(at, end)) };
    if (next < 0) return;
    MARKUP.lastIndex = next;
    const match = MARKUP.exec(ssml);
    if (match === null) throw invalid(`no tag at character ${next}`);
    at = next + match[0].length;
    const [, close, tag, attributes, closed] = match;
    if (close !== undefined) yield { kind: 'close', tag: close };
    if (tag !== undefined)
      yield { kind: 'open', tag, attributes: readAttributes(attributes ?? ''), closed: closed === '/' };
  }
}

function readAttributes(source: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, double, single] of source.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (name !== undefined) found[name] = decode(double ?? single ?? '');
  }
  return found;
}

function decode(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+)?;?/gi, (entity, name: string | undefined) => {
    if (!entity.endsWith(';') || name === undefined) throw invalid(`a bare & (write &amp;)`);
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    const character = ENTITIES[name];
    if (character === undefined) throw invalid(`&${name}; is unknown`);
    return character;
  });
}

function pauseOf(attributes: Record<string, string>): number {
  const { time, strength = 'medium' } = attributes;
  if (time === undefined) {
    const pause = PAUSES[strength];
    if (pause === undefined) throw invalid(`strength "${strength}"`);
    return pause;
  }
  const [, number, unit] = /^\+?(\d+(?:\.\d+)?)(s|ms)$/.exec(time) ?? [];
  const milliseconds = Number(number) * (unit === 's' ? 1_000 : 1);
  if (!(milliseconds <= 10_000)) throw invalid(`a break of "${time}" (at most 10s)`);
  return milliseconds;
}

function rateOf(rate: string | undefined): number {
  if (rate === undefined) return 1;
  const speed = RATES[rate] ?? (/^\d+(\.\d+)?%$/.test(rate) ? Number.parseFloat(rate) / 100 : Number.NaN);
  if (!(speed >= SLOWEST)) throw invalid(`rate "${rate}"`);
  return speed;
}

function invalid(what: string): PollyError {
  return new PollyError('InvalidSsmlException', `Invalid SSML request: ${what}`);
}
