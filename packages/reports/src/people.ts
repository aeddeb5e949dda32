import { type Cell, instant, type Paint, plain, printable, table } from './text.ts';

interface ShownToken {
  readonly name: string;
  readonly person: string | null;
  readonly role: string;
  readonly environments: readonly string[];
  readonly expires: string;
}

const where = ({ environments }: Pick<ShownToken, 'environments'>): string =>
  environments.length === 0 ? 'everywhere' : environments.join(', ');

/** The answer of `token create`: the token on a line of its own, to be copied. */
export const printedTokenReport = (made: ShownToken & { readonly token: string }): string =>
  [
    made.token,
    '',
    `${made.name}${made.person === null ? '' : ` (${printable(made.person)})`} is ${made.role} ${where(made)} until ${instant(made.expires)}`,
    'It is not shown again. Use it as SOUNDBITE_TOKEN.',
  ].join('\n');

/** Tokens, newest first, as `token list` shows them. `now` in ms since 1970. */
export function tokenListReport(
  tokens: readonly (ShownToken & {
    readonly by: string;
    readonly revoked: string | null;
    readonly used: string | null;
  })[],
  now: number,
  paint: Paint = plain,
): string {
  if (tokens.length === 0) return 'there is no token: soundbite token create <name> --role <role>';
  const rows = tokens.map((one): Cell[] => [
    one.name,
    one.person ?? '',
    one.role,
    where(one),
    standing(one, now),
    one.used === null ? 'never' : instant(one.used),
    one.by,
  ]);
  return table(['token', 'person', 'role', 'where', 'until', 'last used', 'made by'], rows, paint);
}

function standing(
  { revoked, expires }: { readonly revoked: string | null; readonly expires: string },
  now: number,
): Cell {
  if (revoked !== null) return { text: `revoked ${instant(revoked)}`, tone: 'dim' };
  return Date.parse(expires) <= now ? { text: `expired ${instant(expires)}`, tone: 'dim' } : instant(expires);
}

/** Who asked for what, newest first, as `audit` shows it. */
export function accessReport(
  accesses: readonly {
    readonly minute: string;
    readonly actor: string;
    readonly token: string;
    readonly operation: string;
    readonly places: string;
    readonly allowed: boolean;
    readonly times: number;
  }[],
  paint: Paint = plain,
): string {
  if (accesses.length === 0) return 'nobody asked for anything like that';
  const rows = accesses.map((one): Cell[] => [
    instant(one.minute),
    one.actor || 'unknown',
    one.token,
    one.operation,
    one.places,
    one.allowed ? { text: 'allowed', tone: 'good' } : { text: 'refused', tone: 'bad' },
    String(one.times),
  ]);
  return table(['at', 'who', 'token', 'asked for', 'where', '', 'times'], rows, paint);
}
