import { Role, roleNames } from '@soundbite/model/people/roles.ts';
import { Person, TokenName } from '@soundbite/model/people/token.ts';
import { printedTokenReport } from '@soundbite/reports';
import type { CommandAction, Options } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';

export const run: CommandAction = async (shell, [name = ''], options) => {
  const order = {
    name: said(TokenName, name, 'the name'),
    role: roleOf(options.role),
    ...(options.person === undefined ? {} : { person: said(Person, options.person, '--person') }),
    ...(options.days === undefined ? {} : { days: daysOf(options.days) }),
    environments: listOf(options.environment),
  };
  const made = await connectTo(shell).createToken(order);
  return { document: made, text: printedTokenReport(made) };
};

function roleOf(typed: unknown): Role {
  const role = Role.safeParse(typed);
  if (role.success) return role.data;
  const found = typed === undefined ? 'a token has a role' : `--role ${String(typed)} is none`;
  throw usageError(found, `add --role ${roleNames.join('|')}`);
}

function said(schema: typeof TokenName | typeof Person, typed: unknown, what: string): string {
  const read = schema.safeParse(typed);
  if (read.success) return read.data;
  throw usageError(
    `${what} ${JSON.stringify(typed)} ${read.error.issues[0]?.message}`,
    'soundbite token create --help',
  );
}

function daysOf(typed: Options[string]): number {
  const days = Number(typed);
  if (typeof typed === 'string' && /^\d{1,3}$/.test(typed) && days >= 1 && days <= 366) return days;
  throw usageError(`--days ${String(typed)} is not between 1 and 366`, 'a token lasts 90 days unless told');
}

const listOf = (typed: Options[string]): string[] => (Array.isArray(typed) ? [...typed] : []);
