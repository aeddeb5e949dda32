import { useEffect } from 'react';
import { goTo } from '../../navigation.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useSettled } from '../../parts/settled.ts';
import { counted } from '../../parts/text.ts';
import { ledgerChanged, useLedger, useLedgerHead } from '../../state.ts';
import { Chain } from './chain.tsx';
import { LedgerFact } from './ledger-fact.tsx';

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
            <LedgerFact key={entry.sequence} entry={entry} />
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
