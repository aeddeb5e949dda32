import type { LedgerEntry } from '@soundbite/client';
import { useEffect } from 'react';
import { Go, goTo } from '../../navigation.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useSettled } from '../../parts/settled.ts';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';
import { ledgerChanged, useLedger, useLedgerHead } from '../../state.ts';
import { Chain } from './chain.tsx';
import { saidBy, subjectOfEntry } from './said-by.ts';

/** Everything that was decided and done, newest first: searched, and each entry down to its hashes. */
export function LedgerScreen({ find }: { readonly find: string }) {
  const settled = useSettled(find, 250);
  return (
    <article className="sheet wide">
      <header>
        <h1>Ledger</h1>
        <p className="dim">Every fact, once, in order; nothing in it is changed or removed.</p>
        <Chain />
      </header>
      <section>
        <search className="finder">
          <input
            type="search"
            aria-label="Find a kind, a promotion, a release, a person or a word of a reason"
            placeholder="Kind, promotion, release, person, reason"
            maxLength={200}
            value={find}
            onChange={({ target }) => goTo({ screen: 'ledger', find: target.value }, true)}
          />
        </search>
        <Entries find={settled.trim()} />
      </section>
    </article>
  );
}

function Entries({ find }: { readonly find: string }) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useLedger(find);
  const all = data?.pages.flatMap(({ entries }) => entries) ?? [];
  if (!data) return isPending ? <p className="dim">Reading the ledger…</p> : <Problem error={error} />;
  return (
    <>
      <Newer find={find} pages={data.pages.length} newest={data.pages[0]?.newest ?? 0} />
      {all.length === 0 ? (
        <p className="nothing">{nothingText(find, hasNextPage)}</p>
      ) : (
        <ol className="entries">
          {all.map((entry) => (
            <Entry key={entry.sequence} entry={entry} />
          ))}
        </ol>
      )}
      {error && <Problem error={error} />}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {find === '' ? 'Older ones' : `Look further back, before entry ${data.pages.at(-1)?.next}`}
        </button>
      )}
    </>
  );
}

const nothingText = (find: string, isMore: boolean): string => {
  if (find === '') return 'Nothing was done yet.';
  return isMore ? 'Nothing of that among the newest entries.' : 'Nothing in the whole ledger says that.';
};

interface NewerProps {
  readonly find: string;
  readonly pages: number;
  /** The newest entry when these were asked for. */
  readonly newest: number;
}

/** What came since. It moves nothing away from whoever reads further down. */
function Newer({ find, pages, newest }: NewerProps) {
  const head = useLedgerHead().data ?? 0;
  const isAtTop = find === '' && pages === 1;
  useEffect(() => {
    if (isAtTop && head > newest) ledgerChanged();
  }, [isAtTop, head, newest]);
  if (isAtTop || head <= newest) return null;
  return (
    <button type="button" onClick={ledgerChanged}>
      {counted(head - newest, 'entry')} since
    </button>
  );
}

function Entry({ entry }: { readonly entry: LedgerEntry }) {
  const { sequence, at, kind, previous, hash, payload } = entry;
  const { text, route } = subjectOfEntry(entry);
  const { environment, by, why } = saidBy(entry);
  const shown = <Written most={80}>{text}</Written>;
  return (
    <li className="entry">
      <span className="number dim">{sequence}</span>
      <span className="dim">
        <Moment time={at} />
      </span>
      <div>
        <p>
          <strong>
            <Written>{kind}</Written>
          </strong>{' '}
          {route ? (
            <Go to={route} title={entry.subject}>
              {shown}
            </Go>
          ) : (
            shown
          )}
          {environment && (
            <>
              {' '}
              in <Written>{environment}</Written>
            </>
          )}
          {by && (
            <span className="dim">
              {' '}
              by <Written>{by}</Written>
            </span>
          )}
        </p>
        {why && (
          <p>
            <Written>{why}</Written>
          </p>
        )}
        <Unfolded summary="Payload and hashes">
          {() => (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too. */}
              <pre tabIndex={0}>
                <Written most={50_000}>{JSON.stringify(payload, null, 2)}</Written>
              </pre>
              <dl className="facts">
                <dt>at</dt>
                <dd>{at}</dd>
                <dt>hash</dt>
                <dd>
                  <code>{hash}</code>
                </dd>
                <dt>of the one before</dt>
                <dd>{previous === null ? 'none: it is the first' : <code>{previous}</code>}</dd>
              </dl>
            </>
          )}
        </Unfolded>
      </div>
    </li>
  );
}
