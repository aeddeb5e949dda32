import type { TokenView } from '@soundbite/client';
import { type Act, toRevoke, whyNot } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { useAsker } from '../../asker.tsx';
import { AskerText } from '../../parts/asker-text.tsx';
import { CommandText } from '../../parts/command-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { useNow } from '../../parts/now.ts';
import { presentTime } from '../../parts/present.ts';
import { Problem } from '../../parts/problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';
import { tokensChanged, useTokens } from '../../state.ts';
import { byHolder, tokenHolder, tokenStanding } from './tokens.ts';

/** To see who has a token, one must be allowed what the control plane asks for it, everywhere. */
const seeing = { action: 'administer', environment: [] } as const;

/** Who may do what, where, until when: by the tokens that were made. */
export function PeopleScreen() {
  const asker = useAsker();
  const refusal = asker ? whyNot(asker, seeing) : null;
  const { data, error } = useTokens(asker !== undefined && refusal === null);
  return (
    <article className="sheet wide">
      <header>
        <h1>People and tokens</h1>
        <p className="dim">
          A viewer looks; a deployer cuts, promotes and rolls back, too; an approver says yes or no; an admin may do
          all.
        </p>
        {/* Its line is there before it is known: nothing is to move. */}
        <p>You are {asker ? <AskerText asker={asker} /> : '…'}.</p>
      </header>
      {refusal !== null && (
        <p className="rule">
          Who has a token is shown to admins: <Written>{refusal}</Written>.
        </p>
      )}
      {error && <Problem error={error} what="The tokens cannot be read" />}
      {!error && refusal === null && !data && <p className="dim">Reading the records…</p>}
      {data && <Tokens all={data.tokens} />}
      {refusal === null && (data || error) && <Making />}
    </article>
  );
}

function Tokens({ all }: { readonly all: readonly TokenView[] }) {
  // When the next one ends, the list is made anew.
  const over = new Set(
    useNow((now) =>
      all
        .filter((one) => tokenStanding(one, now).isOver)
        .map(keyOf)
        .join(' '),
    ).split(' '),
  );
  const standing = byHolder(all.filter((one) => !over.has(keyOf(one))));
  const ended = all.filter((one) => over.has(keyOf(one)));
  return (
    <section>
      {standing.length === 0 && <p>Nobody has a token: only who owns the home itself gets in.</p>}
      {standing.length > 0 && <Table title="Tokens in force" tokens={standing} />}
      {ended.length > 0 && (
        <Unfolded summary={`${counted(ended.length, 'token')} that ${ended.length === 1 ? 'is' : 'are'} over`}>
          {() => <Table title="Tokens that are over" tokens={ended} />}
        </Unfolded>
      )}
    </section>
  );
}

/** A name may be had again by a later token. */
const keyOf = ({ name, created }: TokenView): string => `${name}/${created}`;

const Table = ({ title, tokens }: { readonly title: string; readonly tokens: readonly TokenView[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too.
  <section className="scrolls" aria-label={title} tabIndex={0}>
    <table className="matrix people">
      <thead>
        <tr>
          {['Who', 'Role', 'Where', 'State', 'Until', 'Last used', 'Made', ''].map((column) => (
            <th key={column} scope="col">
              {column || <span className="unseen">What may be done</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <Token key={keyOf(token)} token={token} />
        ))}
      </tbody>
    </table>
  </section>
);

function Token({ token }: { readonly token: TokenView }) {
  const { name, person, role, environments, expires, revoked, used, by, created } = token;
  // One text a second, which changes when it stands otherwise.
  const word = useNow((now) => tokenStanding(token, now).word);
  const { tone, isOver } = tokenStanding(token, presentTime());
  return (
    <tr>
      <th scope="row">
        <span>
          <Written>{tokenHolder(token)}</Written>
        </span>
        <span className="dim">{person === null ? 'a program' : <Written>{name}</Written>}</span>
      </th>
      <td data-column="Role">{role}</td>
      <td data-column="Where">{environments.length === 0 ? 'everywhere' : environments.join(', ')}</td>
      <td data-column="State">
        <StateMark tone={tone}>{word}</StateMark>
      </td>
      <td data-column="Until">
        <Moment time={revoked ?? expires} />
      </td>
      <td data-column="Last used">{used === null ? <span className="dim">never</span> : <Moment time={used} />}</td>
      <td className="dim" data-column="Made">
        <span>
          <Moment time={created} /> by <Written>{by}</Written>
        </span>
      </td>
      <td>
        {!isOver && (
          <ActButton act={revoking(name, created)}>
            <p>
              <Written>{tokenHolder(token)}</Written> gets in with it no more, at once: browsers that it let in are
              signed out, and what follows logs or events by it ends. A promotion that was asked for goes on.
            </p>
          </ActButton>
        )}
      </td>
    </tr>
  );
}

/** Nobody tells of tokens, so the list is asked for anew. */
function revoking(name: string, created: string): Act {
  const act = toRevoke(name, created);
  return {
    ...act,
    async perform(reason, key) {
      const next = await act.perform(reason, key);
      await tokensChanged();
      return next;
    },
  };
}

const Making = () => (
  <section>
    <h2>Make a token</h2>
    <p className="dim">
      It is shown once, to who makes it, so no browser makes one. Somebody with an admin’s token says at the command
      line:
    </p>
    <CommandText text="soundbite token create ana --person ana@example.com --role approver" />
  </section>
);
